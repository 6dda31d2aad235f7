/* `listenas log` as an operator uses it: which records are printed, of which servers, in which form. */
#include "child.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include "../../shim/ring/append.h"

#define ASSERT_LACKS(given, text)                                                                                      \
    do {                                                                                                               \
        const struct answer lacking = (given);                                                                         \
        ck_assert_msg(!strstr(lacking.out, text), "\"%s\" is in:\n%.4000s", text, lacking.out);                        \
    } while (0)

/* --- a real server --- */

/* Listens, finds no client, accepts one, and asks for what is no socket. */
static const char server[] =
    "#include <netinet/in.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"
    "static void serve(int fd)\n{\n"
    "    accept(fd, 0, 0);\n"
    "    __asm__ volatile(\"\");\n}\n"
    "int main(void)\n{\n"
    "    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};\n"
    "    socklen_t length = sizeof address;\n"
    "    int fd = dup2(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), 9);\n"
    "    int client = dup2(socket(AF_INET, SOCK_STREAM, 0), 8);\n"
    "    bind(fd, (struct sockaddr *)&address, length);\n"
    "    listen(fd, 100);\n"
    "    getsockname(fd, (struct sockaddr *)&address, &length);\n"
    "    serve(fd);\n"
    "    connect(client, (struct sockaddr *)&address, length);\n"
    "    serve(fd);\n"
    "    accept(-1, 0, 0);\n"
    "    write(1, &address.sin_port, 2);\n"
    "    if (getenv(\"WAIT\"))\n"
    "        pause();\n"
    "    return 0;\n}\n";

static const char *ring_path(void)
{
    return in_directory("a.ring");
}

/* Runs the server; returns the port that it listened on. */
static unsigned int record(const char *profile, const char *setting)
{
    ck_assert(compile("server", server, "-g"));
    struct answer answer = RUN("-p", profile, "-r", ring_path(), "-o", setting, in_directory("server"));
    ASSERT_QUIET(answer, 0);
    return (unsigned int)(unsigned char)answer.out[0] << 8 | (unsigned char)answer.out[1];
}

static const char *word_of(const char *form, unsigned int number)
{
    static char words[4][64];
    static unsigned int turn;
    char *word = words[turn++ % 4];
    snprintf(word, sizeof words[0], "%s%u", form, number);
    return word;
}

START_TEST(words_select_calls)
{
    unsigned int port = record("bsd", "listen.backlog_floor=0");
    struct answer log = LOG(ring_path(), "call=accept", "err=EAGAIN", word_of("port=", port));
    ASSERT_QUIET(log, 0);
    ck_assert_int_eq(count_in(log.out, " accept(9) = EAGAIN;"), 1);
    ck_assert_int_eq(count_in(log.out, "\n"), 3); /* with the header and the listener */
    log = LOG(ring_path(), "call=accept", word_of("port=", port));
    ck_assert_int_eq(count_in(log.out, " accept("), 2);
    log = LOG(ring_path(), "--failed");
    ck_assert_int_eq(count_in(log.out, " accept(9) = EAGAIN;"), 1);
    ck_assert_int_eq(count_in(log.out, " accept(-1) = EBADF"), 1);
    ASSERT_LACKS(log, " bind(");
    log = LOG(ring_path(), "--changed");
    ASSERT_SAYS(log, " listen(9, 100) = 0 at ");
    ASSERT_LACKS(log, " accept(-1)");
    ASSERT_LACKS(log, " connect(");
    log = LOG(ring_path(), "-e", "listen,connect");
    ck_assert_int_eq(count_in(log.out, " listen(9"), 1);
    ck_assert_int_eq(count_in(log.out, " connect(8"), 1);
    ASSERT_LACKS(log, " accept(");
    log = LOG(ring_path(), "-e", "!accept");
    ASSERT_LACKS(log, " accept(");
    ASSERT_SAYS(log, " listen(9");
    log = LOG(ring_path(), "key=backlog_max");
    ck_assert_int_eq(count_in(log.out, "by listen.backlog_max"), 1);
    ck_assert_int_eq(count_in(log.out, "\n"), 3);
    log = LOG(ring_path(), "site=serve");
    ck_assert_int_eq(count_in(log.out, " accept(9)"), 2);
    ASSERT_LACKS(log, " accept(-1)");
    log = LOG(ring_path(), "program=server", "profile=bsd", "call=start");
    ASSERT_SAYS(log, " start server, child of ");
    log = LOG(ring_path(), "program!=server");
    ASSERT_SAYS(log, "\n# none of ");
    ASSERT_SAYS(log, " records is selected\n");
}
END_TEST

START_TEST(wrong_words_are_told)
{
    ASSERT_TOLD(LOG("cal=accept"), 2, "cal=accept: unknown field \"cal\"; did you mean call?");
    ASSERT_TOLD(LOG("-e", "acept"), 2, "call=acept: unknown call \"acept\"; did you mean accept?");
    ASSERT_TOLD(LOG("a/b", "c/d"), 2, "expected one server, not both a/b and c/d");
    ASSERT_TOLD(LOG("--all", "a/b"), 2, "--all and a/b: expected one of them");
    ASSERT_TOLD(LOG("--json", "--csv"), 2, "--json and --csv: expected one of them");
    ASSERT_TOLD(LOG("--csv", "--list"), 2, "--csv and --list: expected one of them");
    ASSERT_TOLD(LOG("--csv", "--explain"), 2, "--csv and --explain: ");
    ASSERT_TOLD(LOG("--since=soon"), 2, "--since=soon: expected such as -5s");
    ASSERT_TOLD(LOG("--since=-5s", "--until=-10s"), 2, "--since is later than --until");
    ASSERT_TOLD(LOG("--list", "call=listen"), 2, "--list: expected no file");
    ASSERT_TOLD(LOG("-n", "0"), 2, "--last=0: expected a number from 1 to ");
    ASSERT_TOLD(LOG("-n", "5x"), 2, "--last=5x: expected a number from 1 to ");
    ASSERT_TOLD(LOG("-n", "99999999999999999999"), 2, "expected a number from 1 to ");
    ASSERT_TOLD(LOG("--time=UTC"), 2, "--time=UTC: expected relative, delta, local or utc");
}
END_TEST

/* --- explanations --- */

START_TEST(a_changed_call_is_explained)
{
    record("bsd", "listen.backlog_floor=0");
    struct answer log = LOG(ring_path(), "--explain");
    ASSERT_SAYS(log, "kernel backlog 7\n    Linux: a queue of 101 connections, or fewer by net.core.somaxconn\n"
                     "    listen.backlog_max = 5: the largest legal backlog; ");
    ASSERT_SAYS(log, " @ built-in bsd:");
    ASSERT_SAYS(log, "\n    Linux: EAGAIN, as here\n    accept.inherit_nonblock = yes (Linux: no): ");
    ASSERT_SAYS(log, "\n    Linux: a descriptor without SOCK_NONBLOCK\n");
    ck_assert_int_eq(count_in(log.out, "    accept.inherit_nonblock = "), 1);
    ck_assert_ptr_null(strstr(LOG(ring_path()).out, "Linux"));
    log = LOG(ring_path(), "--explain", "--json", "call=listen");
    ASSERT_SAYS(log, ",\"linux\":\"a queue of 101 connections, or fewer by net.core.somaxconn\",\"profile\":\"bsd\","
                     "\"rules\":[{\"key\":\"listen.backlog_max\",\"value\":\"5\",\"firmness\":\"kept\",\"source\":\"");
    ASSERT_SAYS(log, "\"place\":\"built-in bsd:");
    ASSERT_SAYS(log, "\"rule\":\"the largest legal backlog\"}");
}
END_TEST

START_TEST(a_profile_of_the_users_is_explained)
{
    write_text(in_directory("mine.conf"),
               "[profile]\ninherits = native\n[listen]\nbacklog_max = 4 # so says the manual\n", 0644);
    record(in_directory("mine.conf"), "listen.backlog_floor=0");
    struct answer log = LOG(ring_path(), "--explain", "call=listen");
    ASSERT_SAYS(log, "    listen.backlog_max = 4: the largest legal backlog; kept: so says the manual @ ");
    ASSERT_SAYS(log, "mine.conf:4\n");
    ck_assert_int_eq(unlink(in_directory("mine.conf")), 0);
    log = LOG(ring_path(), "--explain", "call=listen");
    ASSERT_SAYS(log, "    listen.backlog_max = ?: the largest legal backlog; unknown\n");
    ASSERT_SAYS(log, "mine.conf cannot be read: No such file or directory\n");
    ck_assert_int_eq(mkfifo(in_directory("mine.conf"), 0644), 0);
    ASSERT_SAYS(LOG(ring_path(), "--explain", "call=listen"), "mine.conf cannot be read: is not a regular file\n");
}
END_TEST

/* Starts the server and waits until it has made its calls. */
static pid_t start_waiting(const char *setting)
{
    int ends[2];
    char port[2];
    ck_assert(compile("server", server, ""));
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        setenv("WAIT", "1", 1);
        dup2(ends[1], STDOUT_FILENO);
        execl(command, command, "run", "-p", "bsd", "-r", ring_path(), "-o", setting, in_directory("server"), NULL);
        _exit(98);
    }
    close(ends[1]);
    ck_assert_int_eq(read(ends[0], port, 2), 2);
    close(ends[0]);
    return child;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(a_servers_own_settings_are_explained)
{
    record("bsd", "listen.backlog_max=2");
    struct answer log = LOG(ring_path(), "--explain");
    ASSERT_SAYS(log, "    listen.backlog_max = 2: the largest legal backlog; kept @ LISTENAS_SET");
    ASSERT_SAYS(log, ", as bsd with listen.backlog_max=2\n");
    ASSERT_SAYS(LOG(ring_path(), "--json", "call=start"),
                ",\"profile\":\"bsd\",\"settings\":\"listen.backlog_max=2\"}");
}
END_TEST

/* Each process of a ring has settings of its own. */
START_TEST(a_childs_settings_are_explained)
{
    char script[2 * PATH_MAX];
    ck_assert(compile("server", server, ""));
    snprintf(script, sizeof script, "%s >/dev/null; LISTENAS_SET=listen.backlog_max=3 %s >/dev/null",
             in_directory("server"), in_directory("server"));
    struct answer answer = RUN("-p", "bsd", "-r", ring_path(), "-o", "listen.backlog_max=2", "sh", "-c", script);
    ASSERT_QUIET(answer, 0);
    struct answer log = LOG(ring_path(), "--explain", "call=listen");
    ASSERT_SAYS(log, "    listen.backlog_max = 2: the largest legal backlog; kept @ LISTENAS_SET");
    ASSERT_SAYS(log, "    listen.backlog_max = 3: the largest legal backlog; kept @ LISTENAS_SET");
}
END_TEST

/* The profile's own value would be a lie. */
START_TEST(settings_that_do_not_fit_are_not_guessed)
{
    char setting[1200] = "listen.backlog_max=2";
    while (strlen(setting) < 1100)
        strcat(setting, ",listen.backlog_max=2");
    record("bsd", setting);
    struct answer log = LOG(ring_path(), "--explain", "call=listen");
    ASSERT_SAYS(log, "    listen.backlog_max = ?: the largest legal backlog; unknown\n");
    ASSERT_SAYS(log, "only the beginning of its LISTENAS_SET is recorded\n");
    ASSERT_SAYS(LOG(ring_path(), "--json", "call=start"), ",\"settings_cut\":true");
}
END_TEST

/* --- tables --- */

/* The columns of a row; NULL if a quote is not closed or stands where none may. `end` gets what follows the row. */
static int columns_of(const char *row, const char **row_end)
{
    int count = 1;
    for (; *row && *row != '\n'; row++) {
        if (*row == '"') {
            for (row++; *row && (*row != '"' || row[1] == '"'); row++)
                row += *row == '"';
            ck_assert(row[0] == '"' && (row[1] == ',' || row[1] == '\n'));
        } else {
            count += *row == ',';
        }
    }
    *row_end = *row ? row + 1 : row;
    return count;
}

START_TEST(each_row_has_each_column)
{
    record("bsd", "listen.backlog_floor=0");
    struct answer table = LOG("--csv", ring_path());
    ASSERT_QUIET(table, 0);
    ck_assert_int_eq(strncmp(table.out, "time_ns,time_utc,server,pid,", 28), 0);
    const char *row = table.out;
    int columns = columns_of(row, &row), rows = 0;
    for (; *row; rows++)
        ck_assert_int_eq(columns_of(row, &row), columns);
    ck_assert_int_ge(rows, 6);
    ASSERT_SAYS(table,
                ",\"server\",\"bsd\",\"listen\",9,0,,,100,5,8,7,\"listen.backlog_max\",\"listen.capacity_tcp\",\"127.");
    ASSERT_SAYS(table, "\"accept\",9,-1,\"EAGAIN\",\"EAGAIN\",");
    ASSERT_SAYS(table, "\"serve\",");
}
END_TEST

/* --- rings that are made --- */

enum { START, LISTEN, ACCEPT, BIND, SHUTDOWN, NAMES };
static const char *const names[] = {"start", "listen", "accept", "bind", "shutdown"};
enum { NONE, BACKLOG_MAX, MULTICAST, REUSE, RESET, LENGTH, NONBLOCK, AFTER, DATAGRAM, ODD, KEYS };
static const char *const keys[] = {"",
                                   "listen.backlog_max",
                                   "bind.multicast_tcp",
                                   "bind.reuse",
                                   "accept.reset_queued",
                                   "accept.negative_length",
                                   "accept.inherit_nonblock",
                                   "shutdown.accept_after",
                                   "listen.datagram_inet",
                                   "bind.of_a_later_version"};

static struct ring make_ring(const char *path, const char *program, uint32_t pid)
{
    struct ring ring;
    struct ring_identity identity = {.slots = RING_SLOTS_LEAST,
                                     .profile = "bsd",
                                     .diagnostic = "",
                                     .command = program,
                                     .command_size = strlen(program) + 1,
                                     .call_names = names,
                                     .key_names = keys,
                                     .calls = NAMES,
                                     .keys = KEYS};
    ck_assert_int_eq(ring_open(&ring, path, &identity), 0);
    ring.header->pid = pid;
    return ring;
}

#define SECOND UINT64_C(1000000000)
#define BEGIN (UINT64_C(1795264612) * SECOND) /* 2026-11-21 12:36:52 UTC */

static void append(struct ring *ring, uint64_t time_ns, int fd)
{
    const struct record accepted = {
        .time_ns = time_ns, .call = ACCEPT, .fd = fd, .pid = ring->header->pid, .tid = ring->header->pid};
    ring_append(ring, &accepted);
}

static const char *found_path(const char *name)
{
    return in_directory("rings/listenas-%s.ring", name);
}

static const struct {
    struct record record;
    const char *native;
} givens[] = {
    {{.call = LISTEN, .key = {BACKLOG_MAX}}, "a queue of 1 connection, or fewer by net.core.somaxconn"},
    {{.call = LISTEN, .key = {BACKLOG_MAX}, .asked = 9, .flags = RECORD_WATCHED},
     "a queue of 10 connections, or fewer by net.core.somaxconn; a full queue drops the SYN"},
    {{.call = LISTEN, .key = {BACKLOG_MAX}, .asked = -1},
     "net.core.somaxconn as the backlog, and one connection more in the queue"},
    {{.call = LISTEN, .key = {BACKLOG_MAX}, .result = -1, .given_error = EADDRINUSE, .kernel_error = EADDRINUSE},
     "EADDRINUSE, as here"},
    {{.call = LISTEN, .key = {DATAGRAM}, .flags = RECORD_NOT_CALLED}, "EOPNOTSUPP"},
    {{.call = BIND, .key = {MULTICAST}, .result = -1, .given_error = EINVAL, .flags = RECORD_NOT_CALLED}, "success"},
    {{.call = BIND, .key = {REUSE}, .result = -1, .given_error = EADDRINUSE, .kernel_error = EADDRINUSE},
     "as with bind.reuse = linux"},
    {{.call = BIND, .key = {ODD}, .result = -1, .given_error = EINVAL},
     "not known from the record: it depends on the host"},
    {{.call = ACCEPT, .key = {RESET}, .result = -1, .given_error = ECONNABORTED},
     "as with accept.reset_queued = deliver"},
    {{.call = ACCEPT, .key = {LENGTH}, .given = SOCK_NONBLOCK}, "EINVAL"},
    {{.call = ACCEPT, .key = {NONBLOCK}, .given = SOCK_NONBLOCK}, "a descriptor without SOCK_NONBLOCK"},
    {{.call = ACCEPT, .key = {NONBLOCK}, .result = -1, .given_error = EAGAIN, .kernel_error = EAGAIN},
     "EAGAIN, as here"},
    {{.call = ACCEPT, .key = {RESET}, .result = -1, .given_error = EAGAIN, .kernel_error = EMFILE}, "EMFILE"},
    {{.call = SHUTDOWN, .key = {AFTER}}, "as with shutdown.accept_after = EINVAL"},
};

START_TEST(what_linux_would_have_given)
{
    char expected[128];
    for (size_t i = 0; i < sizeof givens / sizeof *givens; i++) {
        struct ring ring = make_ring(ring_path(), "legacyd", 7);
        ring_append(&ring, &givens[i].record);
        ring_close(&ring);
        snprintf(expected, sizeof expected, "\n    Linux: %s\n", givens[i].native);
        ASSERT_SAYS(LOG("--explain", ring_path()), expected);
        ck_assert_int_eq(unlink(ring_path()), 0);
    }
}
END_TEST

START_TEST(a_spreadsheet_gets_no_formula)
{
    struct ring ring = make_ring(ring_path(), "=HYPERLINK(\"x\")", 7);
    append(&ring, BEGIN, 3);
    struct answer table = LOG("--csv", ring_path());
    ASSERT_SAYS(table, ",\"'=HYPERLINK(\"\"x\"\")\",");
}
END_TEST

START_TEST(the_last_ones_are_printed)
{
    struct ring ring = make_ring(ring_path(), "legacyd", 7);
    for (int fd = 0; fd < 20; fd++)
        append(&ring, BEGIN + (uint64_t)fd * SECOND, fd);
    struct answer log = LOG("-n", "3", ring_path());
    ck_assert_int_eq(count_in(log.out, " accept("), 3);
    const char *first = strstr(log.out, "accept(17) "), *last = strstr(log.out, "accept(19) ");
    ck_assert(first && last && first < last);
    log = LOG("-n", "2", ring_path(), "fd<10");
    ck_assert_int_eq(count_in(log.out, " accept("), 2);
    ASSERT_SAYS(log, "accept(9) ");
    for (int fd = 20; fd < 80; fd++)
        append(&ring, BEGIN + (uint64_t)fd * SECOND, fd);
    ASSERT_SAYS(LOG("-n", "100", ring_path()), "# 16 calls overwritten by newer ones");
    ASSERT_LACKS(LOG("-n", "3", ring_path()), "overwritten");
}
END_TEST

START_TEST(times_select)
{
    struct ring ring = make_ring(ring_path(), "legacyd", 7);
    setenv("TZ", "UTC0", 1);
    for (int fd = 0; fd < 10; fd++)
        append(&ring, BEGIN + (uint64_t)fd * SECOND, fd);
    struct answer log = LOG("--since=2026-11-21 12:36:55", "--until=2026-11-21T12:36:57Z", ring_path());
    ck_assert_int_eq(count_in(log.out, " accept("), 3);
    ASSERT_SAYS(log, "accept(3) ");
    ASSERT_SAYS(log, "accept(5) ");
    log = LOG("--since=-5s", ring_path());
    ASSERT_SAYS(log, "# none of 10 records is selected\n");
}
END_TEST

/* What is missing is told where it can be among what is asked for. */
START_TEST(what_was_overwritten_before_is_left_out)
{
    struct ring ring = make_ring(ring_path(), "legacyd", 7);
    char since[40];
    for (int fd = 0; fd < 80; fd++)
        append(&ring, BEGIN + (uint64_t)fd * SECOND, fd);
    snprintf(since, sizeof since, "--since=@%llu", (unsigned long long)(BEGIN / SECOND + 10));
    ASSERT_SAYS(LOG(since, ring_path()), "# 16 calls overwritten");
    snprintf(since, sizeof since, "--since=@%llu", (unsigned long long)(BEGIN / SECOND + 40));
    ASSERT_LACKS(LOG(since, ring_path()), "overwritten");
}
END_TEST

static void append_listen(struct ring *ring, uint64_t time_ns, int fd, unsigned short port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct record listened = {.time_ns = time_ns,
                              .call = LISTEN,
                              .fd = fd,
                              .pid = ring->header->pid,
                              .tid = ring->header->pid,
                              .address_length = sizeof address};
    memcpy(listened.address, &address, sizeof address);
    ring_append(ring, &listened);
}

/* A descriptor is another listener's later, and a child's is its parent's. */
START_TEST(a_calls_listener_is_known)
{
    struct ring ring = make_ring(ring_path(), "legacyd", 7);
    const struct record child = {.time_ns = BEGIN + 4, .call = START, .pid = 8, .tid = 8, .asked = 7};
    const struct record accepted = {.time_ns = BEGIN + 5, .call = ACCEPT, .pid = 8, .tid = 8, .fd = 3};
    append_listen(&ring, BEGIN, 3, 80);
    append(&ring, BEGIN + 1, 3);
    append_listen(&ring, BEGIN + 2, 3, 81);
    append(&ring, BEGIN + 3, 3);
    ring_append(&ring, &child);
    ring_append(&ring, &accepted);
    struct answer log = LOG(ring_path(), "port=80");
    ck_assert_int_eq(count_in(log.out, " 7 listen(3"), 1);
    ck_assert_int_eq(count_in(log.out, " accept(3"), 1);
    log = LOG(ring_path(), "address=0.0.0.0:81");
    ck_assert_int_eq(count_in(log.out, " 7 accept(3"), 1);
    ck_assert_int_eq(count_in(log.out, " 8 accept(3"), 1);
}
END_TEST

START_TEST(times_are_written_as_asked)
{
    struct ring ring = make_ring(ring_path(), "legacyd", 7);
    setenv("TZ", "CET-1", 1);
    ring.header->born_ns = BEGIN;
    append(&ring, BEGIN + SECOND / 2, 3);
    append(&ring, BEGIN + SECOND, 4);
    append(&ring, BEGIN + 12 * 3600 * SECOND, 5);
    struct answer log = LOG(ring_path());
    ASSERT_SAYS(log, ", since 2026-11-21 13:36:52\n13:36:52.500000 7 accept(3)");
    ASSERT_SAYS(log, "\n# 2026-11-22\n01:36:52.000000 7 accept(5)");
    log = LOG("--time=utc", ring_path());
    ASSERT_SAYS(log, ", since 2026-11-21 12:36:52Z\n12:36:52.500000Z 7 accept(3)");
    log = LOG("--time=relative", ring_path());
    ASSERT_SAYS(log, "\n    0.500000 7 accept(3)");
    ASSERT_SAYS(log, "\n    1.000000 7 accept(4)");
    log = LOG("--time=delta", ring_path());
    ASSERT_SAYS(log, "\n    0.000000 7 accept(3)");
    ASSERT_SAYS(log, "\n    0.500000 7 accept(4)");
    ASSERT_LACKS(log, "# 2026-11-22");
}
END_TEST

START_TEST(a_server_is_chosen_by_its_name)
{
    if (!hide_shared_memory())
        return;
    struct ring old = make_ring(found_path("1"), "/usr/sbin/legacyd", 71);
    struct ring new = make_ring(found_path("2"), "/usr/sbin/legacyd", 72);
    struct ring script = make_ring(found_path("3"), "python3\0-u\0/srv/store.py", 73);
    memcpy(script.header->command, "python3\0-u\0/srv/store.py", 25);
    script.header->command_size = 25;
    append(&old, BEGIN, 3);
    append(&new, BEGIN + SECOND, 4);
    append(&script, BEGIN + 2 * SECOND, 5);
    ASSERT_SAYS(LOG("legacyd"), "(pid 72)");
    ASSERT_SAYS(LOG("store.py"), "(pid 73)");
    ASSERT_SAYS(LOG("python3"), "(pid 73)");
    ASSERT_SAYS(LOG("71"), "(pid 71)");
    ASSERT_SAYS(LOG("fd=5"), "(pid 73)");
    ASSERT_SAYS(LOG(found_path("1")), "(pid 71)");
    write_text("legacyd", "the program", 0755);
    ASSERT_SAYS(LOG("legacyd"), "(pid 72)");
    append(&old, BEGIN, 3);
    ASSERT_QUIET(call("cp", found_path("1"), "b.ring", (char *)NULL), 0);
    ASSERT_SAYS(LOG("b.ring"), "(pid 71)");
    ASSERT_TOLD(LOG("legacd"), 2, "unknown server \"legacd\"; did you mean legacyd?");
    ASSERT_TOLD(LOG("nginx"), 2, "unknown server \"nginx\"; `listenas log --list` lists all");
    write_text("nginx", "a program that was not run yet", 0755);
    ASSERT_TOLD(LOG("nginx"), 2, "unknown server \"nginx\"; `listenas log --list` lists all");
    ASSERT_QUIET(call("cp", "b.ring", "copy", (char *)NULL), 0);
    ASSERT_SAYS(LOG("copy"), "(pid 71)");
    ASSERT_TOLD(LOG("79"), 2, "there is no record of process 79");
    ASSERT_TOLD(LOG("./nosuch"), 2, "./nosuch: No such file or directory");
}
END_TEST

START_TEST(all_servers_are_merged)
{
    if (!hide_shared_memory())
        return;
    struct ring one = make_ring(found_path("1"), "/usr/sbin/one", 71);
    struct ring two = make_ring(found_path("2"), "two", 72);
    struct ring silent = make_ring(found_path("3"), "silent", 73);
    for (int i = 0; i < 6; i++)
        append(i % 2 ? &two : &one, BEGIN + (uint64_t)i * SECOND, i);
    for (int i = 0; i < 100; i++)
        append(&silent, BEGIN, 99);
    struct answer log = LOG("--all", "fd<99");
    ASSERT_QUIET(log, 0);
    const char *at = log.out;
    for (unsigned int i = 0; i < 6; i++) {
        char text[64];
        snprintf(text, sizeof text, " %s accept(%u) ", i % 2 ? "two[72]" : "one[71]", i);
        at = strstr(at, text);
        ck_assert_msg(at != NULL, "\"%s\" is not, or not in order, in:\n%s", text, log.out);
    }
    ASSERT_LACKS(log, "silent");
    log = LOG("--all", "--json", "fd=1");
    ASSERT_SAYS(log, "{\"server\":\"two[72]\",\"number\":0,");
    log = LOG("--all");
    ASSERT_SAYS(log, "# silent[73]: 36 calls overwritten by newer ones");
    log = LOG("--all", "--pid=72");
    ck_assert_int_eq(count_in(log.out, " two[72] accept("), 3);
    ck_assert_int_eq(count_in(log.out, " accept("), 3);
    log = LOG("--all", "-n", "1");
    ck_assert_int_eq(count_in(log.out, " accept("), 1);
}
END_TEST

/* Each record takes a descriptor while it is read. */
START_TEST(more_servers_than_descriptors_are_told)
{
    struct rlimit limit = {.rlim_cur = 16, .rlim_max = 100};
    if (!hide_shared_memory())
        return;
    for (uint32_t i = 0; i < 30; i++) {
        char name[16];
        snprintf(name, sizeof name, "many%u", i);
        struct ring ring = make_ring(found_path(name), name, 71 + i);
        append(&ring, BEGIN, 1);
        ring_close(&ring);
    }
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    struct answer log = LOG("--all");
    ASSERT_QUIET(log, 0);
    ck_assert_int_eq(count_in(log.out, " accept(1) "), 30);
    limit.rlim_max = 16;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    log = LOG("--all");
    ck_assert_int_eq(log.status, 125);
    ck_assert_msg(strstr(log.err, " records are left out: Too many open files\n"), "%s", log.err);
    ck_assert_int_gt(count_in(log.out, " accept(1) "), 0);
}
END_TEST

/* --- following --- */

struct follower {
    pid_t pid;
    FILE *out;
};

static struct follower start_follower(const char *word, const char *other)
{
    struct follower follower;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    follower.pid = fork();
    if (follower.pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execl(command, command, "log", "-f", word, other, (char *)NULL);
        _exit(98);
    }
    close(ends[1]);
    follower.out = fdopen(ends[0], "r");
    return follower;
}

/* Reads lines until one holds the text: the follower's output says how far it is. */
static void await_line(struct follower *follower, const char *text)
{
    char line[1024];
    do
        ck_assert_msg(fgets(line, sizeof line, follower->out) != NULL, "no line has \"%s\"", text);
    while (!strstr(line, text));
}

static void assert_ends(struct follower *follower)
{
    char line[1024];
    int status;
    while (fgets(line, sizeof line, follower->out))
        ;
    fclose(follower->out);
    ck_assert_int_eq(waitpid(follower->pid, &status, 0), follower->pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

START_TEST(a_follower_ends_with_its_server)
{
    pid_t child = start_waiting("listen.backlog_floor=0");
    struct follower follower = start_follower(ring_path(), NULL);
    await_line(&follower, " accept(-1) = EBADF");
    end(child);
    await_line(&follower, " 1 accepted, 1 EAGAIN");
    assert_ends(&follower);
    follower = start_follower(ring_path(), "call=listen");
    await_line(&follower, " listen(9, 100) = 0");
    assert_ends(&follower);
}
END_TEST

/* Once it has written much, a thread claims more numbers than it may use: nobody writes those any more. */
START_TEST(a_follower_ends_where_numbers_are_left_unused)
{
    struct ring_writer writer = {0};
    struct ring ring = make_ring(ring_path(), "one", 71);
    for (int i = 0; i < 20 || writer.next == writer.end; i++) {
        struct record record = {.time_ns = BEGIN + (uint64_t)i, .call = ACCEPT, .pid = 71, .tid = 71, .fd = i};
        ring_append_by(&ring, &writer, &record);
    }
    ring_close(&ring);
    struct follower follower = start_follower(ring_path(), NULL);
    await_line(&follower, "(19) = ");
    assert_ends(&follower);
}
END_TEST

START_TEST(a_follower_of_all_sees_new_servers)
{
    if (!hide_shared_memory())
        return;
    struct ring one = make_ring(found_path("1"), "one", 71);
    append(&one, BEGIN, 3);
    struct follower follower = start_follower("--all", NULL);
    await_line(&follower, "one[71] accept(3)");
    struct ring two = make_ring(found_path("2"), "two", 72);
    append(&two, BEGIN, 4);
    await_line(&follower, "two[72] accept(4)");
    append(&one, BEGIN + SECOND, 5);
    await_line(&follower, "one[71] accept(5)");
    kill(follower.pid, SIGTERM);
    waitpid(follower.pid, NULL, 0);
    fclose(follower.out);
}
END_TEST

/* --- terminals --- */

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    for (; *text; text += strcspn(text, "\n") + (strchr(text, '\n') != NULL)) {
        size_t columns = 0;
        for (const char *at = text; *at && *at != '\n'; at++) {
            if (*at == '\033')
                at += strcspn(at, "m");
            else
                columns += *at != '\r';
        }
        longest = columns > longest ? columns : longest;
    }
    return longest;
}

/* What the log prints on a terminal of so many columns. */
static void print_on_terminal(unsigned short columns, char *text, size_t size)
{
    const struct winsize window = {.ws_col = columns, .ws_row = 24};
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    size_t used = 0;
    ck_assert(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    int inside = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert(inside >= 0 && ioctl(inside, TIOCSWINSZ, &window) == 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(inside, STDOUT_FILENO);
        execl(command, command, "log", "-v", "--explain", ring_path(), (char *)NULL);
        _exit(98);
    }
    close(inside);
    for (ssize_t more; (more = read(terminal, text + used, size - 1 - used)) > 0; used += (size_t)more)
        ;
    text[used] = '\0';
    close(terminal);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

START_TEST(lines_fit_the_terminal)
{
    static char text[65536];
    record("bsd", "listen.backlog_floor=0");
    setenv("TERM", "xterm", 1);
    for (unsigned short columns = 80; columns <= 200; columns += 40) {
        print_on_terminal(columns, text, sizeof text);
        ck_assert_msg(longest_line(text) <= columns, "%zu columns of %u:\n%s", longest_line(text), columns, text);
        ck_assert_msg(longest_line(text) > columns - 15u, "%zu columns of %u", longest_line(text), columns);
        ck_assert_ptr_nonnull(strchr(text, '\033'));
    }
    setenv("NO_COLOR", "1", 1);
    print_on_terminal(80, text, sizeof text);
    ck_assert_ptr_null(strchr(text, '\033'));
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    print_on_terminal(80, text, sizeof text);
    ck_assert_ptr_null(strchr(text, '\033'));
    ck_assert_uint_le(longest_line(text), 80);
    struct answer log = LOG(ring_path());
    ck_assert_uint_gt(longest_line(log.out), 120); /* no terminal: a line for each record */
    setenv("COLUMNS", "80", 1);
    log = LOG(ring_path());
    ck_assert_uint_le(longest_line(log.out), 80);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {words_select_calls,
                                  wrong_words_are_told,
                                  a_changed_call_is_explained,
                                  a_profile_of_the_users_is_explained,
                                  a_servers_own_settings_are_explained,
                                  a_childs_settings_are_explained,
                                  settings_that_do_not_fit_are_not_guessed,
                                  each_row_has_each_column,
                                  what_linux_would_have_given,
                                  a_spreadsheet_gets_no_formula,
                                  the_last_ones_are_printed,
                                  times_select,
                                  what_was_overwritten_before_is_left_out,
                                  a_calls_listener_is_known,
                                  times_are_written_as_asked,
                                  a_server_is_chosen_by_its_name,
                                  all_servers_are_merged,
                                  more_servers_than_descriptors_are_told,
                                  a_follower_ends_with_its_server,
                                  a_follower_ends_where_numbers_are_left_unused,
                                  a_follower_of_all_sees_new_servers,
                                  lines_fit_the_terminal,
                                  NULL};
    return run_suite("log_words", tests);
}
