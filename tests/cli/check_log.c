/* `listenas log`: what it tells of calls, of records that are gone, and of files that are none of ours. */
#include "killed_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>

#include "../../shim/ring/append.h"

static const char *ring_path(void)
{
    return in_directory("a.ring");
}

/* Runs the server as `profile`; it kills itself, so all that is left of it is the record. */
static void record(const char *profile)
{
    ck_assert(compile("server", killed_server, ""));
    struct answer answer = RUN("-p", profile, "-r", ring_path(), in_directory("server"));
    ck_assert_int_eq(answer.status, -1);
    ck_assert_int_eq(WTERMSIG(answer.wait_status), SIGKILL);
}

START_TEST(calls_and_reasons)
{
    record("bsd");
    struct answer log = LOG(ring_path());
    ck_assert_int_eq(log.status, 0);
    ck_assert_str_eq(log.err, "");
    ASSERT_SAYS(log, "as bsd, since ");
    ASSERT_SAYS(log, " start server, child of ");
    ASSERT_SAYS(log, "bind(9, 0.0.0.0:0) = 0; by bind.port_min\n");
    ASSERT_SAYS(log, "listen(9, 100) = 0 at 0.0.0.0:");
    ASSERT_SAYS(log,
                "; backlog 100 counts as 5 by listen.backlog_max; queues 8 by listen.capacity_tcp, kernel backlog 7\n");
    ASSERT_SAYS(log, "listen(9, 3) = 0 at 0.0.0.0:");
    ASSERT_SAYS(log, "; queues 5 by listen.capacity_tcp, kernel backlog 4\n");
    ASSERT_SAYS(log, "accept(9) = EAGAIN; SOCK_NONBLOCK by accept.inherit_nonblock\n");
    ASSERT_SAYS(log, "bind(9, 3 bytes of AF_INET) = EINVAL\n");
    ck_assert_ptr_null(strchr(log.out, '\033'));
    log = LOG("--color=always", ring_path());
    ck_assert_ptr_nonnull(strchr(log.out, '\033'));
    log = LOG("-v", ring_path());
    ASSERT_SAYS(log, "; called from main (");
}
END_TEST

START_TEST(nothing_is_changed_so_nothing_is_said)
{
    record("native");
    struct answer log = LOG(ring_path());
    ck_assert_ptr_nonnull(strstr(log.out, "listen(9, 100) = 0 at 0.0.0.0:"));
    ck_assert_ptr_null(strchr(log.out, ';'));
}
END_TEST

START_TEST(lines_for_programs)
{
    record("bsd");
    struct answer log = LOG("--json", ring_path());
    ASSERT_SAYS(log, "{\"ring\":4,\"pid\":");
    ASSERT_SAYS(log, "\"profile\":\"bsd\",\"command\":[\"");
    ASSERT_SAYS(
        log, "\"call\":\"listen\",\"fd\":9,\"result\":0,\"asked\":100,\"effective\":5,\"given\":7,\"capacity\":8,"
             "\"why\":[\"listen.backlog_max\",\"listen.capacity_tcp\"],\"family\":\"AF_INET\",\"address\":\"0.0.0.0:");
    ASSERT_SAYS(log, "\"result\":-1,\"kernel_errno\":\"EINVAL\",\"errno\":\"EINVAL\"");
    for (const char *line = log.out; *line; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n');
        ck_assert_msg(end && line[0] == '{' && end[-1] == '}', "%s", line);
    }
}
END_TEST

START_TEST(one_process_only)
{
    char pid[24];
    record("bsd");
    struct answer log = LOG("--pid=1", ring_path());
    ck_assert_ptr_null(strstr(log.out, "listen(9"));
    snprintf(pid, sizeof pid, "%lu", strtoul(strstr(log.out, "(pid ") + 5, NULL, 10));
    log = LOG("-p", pid, ring_path());
    ck_assert_ptr_nonnull(strstr(log.out, "listen(9, 100)"));
    ASSERT_TOLD(LOG("--pid=x", ring_path()), 2, "\"x\" is not the number of a process");
}
END_TEST

/* Where the program keeps the length does not matter. */
static const char caller[] = "#include <netinet/in.h>\n#include <sys/socket.h>\n"
                             "static struct sockaddr_in address = {.sin_family = AF_INET};\n"
                             "static socklen_t length = sizeof address;\n"
                             "int main(void)\n{\n"
                             "    int fd = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);\n"
                             "    listen(fd, 3);\n"
                             "    getsockname(fd, (struct sockaddr *)&address, &length);\n"
                             "    connect(client, (struct sockaddr *)&address, length);\n"
                             "    return accept(fd, (struct sockaddr *)&address, &length) < 0;\n}\n";

START_TEST(a_peer_in_static_memory_is_told)
{
    static const char *const flags[] = {"-fPIE -pie", "-no-pie"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        ck_assert(compile("caller", caller, flags[i]));
        ASSERT_QUIET(RUN("-r", ring_path(), in_directory("caller")), 0);
        struct answer log = LOG(ring_path());
        ASSERT_SAYS(log, " from 127.0.0.1:");
        ck_assert_int_eq(unlink(ring_path()), 0);
    }
}
END_TEST

static const char failing[] = "#include <sys/socket.h>\n"
                              "int main(void)\n{\n"
                              "    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);\n"
                              "    listen(fd, 3);\n"
                              "    return accept(fd, 0, 0) >= 0 || accept4(-1, 0, 0, SOCK_CLOEXEC) >= 0;\n}\n";

/* Also where the call is left to the kernel, and nothing but a record is made of it. */
START_TEST(why_accept_failed_is_told)
{
    static const char *const profiles[] = {"native", "linux", "dragonfly"};
    ck_assert(compile("failing", failing, ""));
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        ASSERT_QUIET(RUN("-p", profiles[i], "-r", ring_path(), in_directory("failing")), 0);
        struct answer log = LOG("--json", ring_path());
        ASSERT_SAYS(log, "\"call\":\"accept\",\"fd\":");
        ASSERT_SAYS(log, "\"kernel_errno\":\"EAGAIN\",\"errno\":\"EAGAIN\"");
        ASSERT_SAYS(log, "\"call\":\"accept4\",\"fd\":-1,\"result\":-1");
        ASSERT_SAYS(log, "\"kernel_errno\":\"EBADF\",\"errno\":\"EBADF\"");
        ck_assert_int_eq(unlink(ring_path()), 0);
    }
}
END_TEST

static const char accepting[] =
    "#include <fcntl.h>\n#include <netinet/in.h>\n#include <sys/socket.h>\n"
    "int main(void)\n{\n"
    "    struct sockaddr_in address = {.sin_family = AF_INET};\n"
    "    socklen_t length = sizeof address;\n"
    "    int fd = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);\n"
    "    listen(fd, 3);\n"
    "    getsockname(fd, (struct sockaddr *)&address, &length);\n"
    "    connect(client, (struct sockaddr *)&address, length);\n"
    "    fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);\n"
    "    int connection = accept4(fd, 0, 0, SOCK_CLOEXEC);\n"
    "    return fcntl(connection, F_GETFL) & O_NONBLOCK ? 3 : 0;\n}\n";

/* What the listener had, and why accept4 passes it on. */
START_TEST(what_an_emulated_accept4_passes_on_is_told)
{
    ck_assert(compile("accepting", accepting, ""));
    ASSERT_QUIET(RUN("-p", "bsd", "-r", ring_path(), in_directory("accepting")), 3);
    struct answer log = LOG(ring_path());
    ASSERT_SAYS(log, "; SOCK_NONBLOCK by accept.inherit_nonblock and accept.accept4\n");
    log = LOG("--json", ring_path());
    ASSERT_SAYS(log, "\"call\":\"accept4\"");
    ASSERT_SAYS(log, "[\"accept.inherit_nonblock\",\"accept.accept4\"]");
    ck_assert_int_eq(unlink(ring_path()), 0);
    ASSERT_QUIET(RUN("-p", "freebsd", "-r", ring_path(), in_directory("accepting")), 0);
    ck_assert_ptr_null(strstr(LOG(ring_path()).out, "accept.accept4"));
}
END_TEST

static const char *const names[] = {"start", "listen"};
static const char *const keys[] = {"", "listen.backlog_max"};
static const struct ring_identity identity = {.slots = RING_SLOTS_LEAST,
                                              .profile = "bsd",
                                              .diagnostic = "",
                                              .call_names = names,
                                              .key_names = keys,
                                              .calls = 2,
                                              .keys = 2};

static void append(struct ring *ring, int fd)
{
    const struct record listened = {.call = 1, .fd = fd, .pid = 7, .tid = 7};
    ring_append(ring, &listened);
}

static struct ring make_ring(int records)
{
    struct ring ring;
    ck_assert_int_eq(ring_open(&ring, ring_path(), &identity), 0);
    for (int i = 0; i < records; i++)
        append(&ring, i);
    return ring;
}

START_TEST(overwritten_records_are_counted)
{
    make_ring(RING_SLOTS_LEAST + 36);
    struct answer log = LOG(ring_path());
    ASSERT_SAYS(log, "# 36 calls overwritten by newer ones\n");
    ck_assert_ptr_null(strstr(log.out, "listen(35,"));
    ASSERT_SAYS(log, "listen(36,");
    log = LOG("--json", ring_path());
    ASSERT_SAYS(log, "{\"overwritten\":36}\n");
}
END_TEST

static const char busy[] =
    "#include <netinet/in.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"
    "int main(int count, char **words)\n{\n"
    "    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};\n"
    "    socklen_t length = sizeof address;\n"
    "    int fd = dup2(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), 9);\n"
    "    bind(fd, (struct sockaddr *)&address, length);\n"
    "    listen(fd, 3);\n"
    "    getsockname(fd, (struct sockaddr *)&address, &length);\n"
    "    for (int i = count > 1 ? atoi(words[1]) : 0; i > 0; i--) {\n"
    "        int client = socket(AF_INET, SOCK_STREAM, 0);\n"
    "        struct linger reset = {1, 0};\n"
    "        setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);\n"
    "        connect(client, (struct sockaddr *)&address, sizeof address);\n"
    "        close(accept(fd, 0, 0));\n"
    "        close(client);\n"
    "    }\n"
    "    for (int i = 0; i < 5000; i++)\n"
    "        accept(fd, 0, 0);\n"
    "    return 0;\n}\n";

/* Where a server began is told after any number of calls, and so many of a kind are one line. */
START_TEST(how_a_busy_server_began_is_told)
{
    ck_assert(compile("busy", busy, ""));
    for (int accepts = 0; accepts <= 12000; accepts += 12000) {
        char words[16];
        snprintf(words, sizeof words, "%d", accepts);
        unlink(ring_path());
        ASSERT_QUIET(RUN("-p", "bsd", "-r", ring_path(), in_directory("busy"), words), 0);
        struct answer log = call("sh", "-c", "\"$0\" log -c never \"$1\" | grep -v ' connect(\\| accept(9) = [0-9]'",
                                 command, ring_path(), (char *)NULL);
        const char *bound = strstr(log.out, " bind(9, 127.0.0.1:0) = 0; by bind.port_min\n");
        const char *listens = strstr(log.out, " listen(9, 3) = 0 at 127.0.0.1:");
        const char *lost = strstr(log.out, " calls overwritten by newer ones, between ");
        ck_assert_msg(strstr(log.out, " start busy, child of ") && bound && listens && bound < listens, "%.2000s",
                      log.out);
        ck_assert_ptr_nonnull(strstr(listens, "; queues 5 by listen.capacity_tcp"));
        ck_assert_ptr_nonnull(strstr(log.out, "; 4999 times more until "));
        ck_assert_int_eq(!lost, accepts == 0);
        ck_assert(!lost || listens < lost);
    }
    ASSERT_SAYS(call("sh", "-c", "\"$0\" log --json \"$1\" | grep repeats", command, ring_path(), (char *)NULL),
                "\"repeats\":4999,\"last_ns\":");
}
END_TEST

START_TEST(unfinished_and_damaged_records_are_counted)
{
    struct ring ring = make_ring(3);
    ring_claim_one(&ring);
    ring.slots[3].stamp = stamp_busy(0, 0); /* a writer that died while it wrote */
    append(&ring, 4);
    ring.slots[1].words[3] ^= 1;
    struct answer log = LOG(ring_path());
    ASSERT_SAYS(log, "# 1 call damaged\n");
    ASSERT_SAYS(log, "# 1 call unfinished");
    ASSERT_SAYS(log, "listen(0,");
    ASSERT_SAYS(log, "listen(2,");
    ASSERT_SAYS(log, "listen(4,");
    ring.header->lanes[0].head = UINT64_MAX / 2;
    ck_assert_int_eq(LOG(ring_path()).status, 0);
}
END_TEST

/* A record says what it says, though no call can have given that: a file may hold anything. */
START_TEST(errors_that_are_none_are_told_as_numbers)
{
    struct ring ring = make_ring(0);
    const struct record none = {.call = 1, .fd = 3, .pid = 7, .tid = 7, .result = -1};
    const struct record odd = {
        .call = 1, .fd = 4, .pid = 7, .tid = 7, .result = -1, .given_error = 41, .kernel_error = 65535};
    ring_append(&ring, &none);
    ring_append(&ring, &odd);
    struct answer log = LOG(ring_path()), json = LOG("--json", ring_path());
    ASSERT_SAYS(log, "listen(3, 0) = a failure without an error\n");
    ASSERT_SAYS(log, "listen(4, 0) = error 41\n");
    ASSERT_SAYS(json, "\"kernel_errno\":\"error 65535\",\"errno\":\"error 41\"");
}
END_TEST

/* The reader's own output tells when it has come so far, so nothing has to be waited for blindly. */
START_TEST(a_follower_sees_what_comes)
{
    struct ring ring = make_ring(1);
    char line[512];
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t follower = fork();
    if (follower == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(command, command, "log", "-f", ring_path(), (char *)NULL);
        _exit(98);
    }
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, out)); /* the header */
    for (int fd = 0; fd < 3; fd++) {
        char expected[16];
        snprintf(expected, sizeof expected, "listen(%d,", fd);
        ck_assert_ptr_nonnull(fgets(line, sizeof line, out));
        ck_assert_msg(strstr(line, expected), "%s", line);
        append(&ring, fd + 1);
    }
    kill(follower, SIGTERM);
    ck_assert_int_eq(waitpid(follower, NULL, 0), follower);
    fclose(out);
}
END_TEST

/* What is mapped beyond the end of a file raises SIGBUS where it is touched. */
START_TEST(a_ring_that_is_cut_short_is_told)
{
    struct ring ring = make_ring(1);
    char line[512] = "";
    int ends[2], status;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t follower = fork();
    if (follower == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execl(command, command, "log", "-f", ring_path(), (char *)NULL);
        _exit(98);
    }
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    while (!strstr(line, "listen(0,"))
        ck_assert_ptr_nonnull(fgets(line, sizeof line, out));
    ring_close(&ring);
    ck_assert_int_eq(truncate(ring_path(), 0), 0);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, out));
    ck_assert_msg(strstr(line, "was cut short while it was read"), "%s", line);
    ck_assert_int_eq(waitpid(follower, &status, 0), follower);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 125);
    fclose(out);
}
END_TEST

START_TEST(files_that_are_no_rings)
{
    struct ring ring = make_ring(3);
    const size_t size = ring.size;
    char *content = malloc(size);
    ck_assert_ptr_nonnull(content);
    memcpy(content, ring.header, size);
    const char *file = in_directory("b.ring");
    write_file(file, content, size - 1, 0600);
    ASSERT_TOLD(LOG(file), 2, "b.ring: is truncated");
    write_file(file, content, 20, 0600);
    ASSERT_TOLD(LOG(file), 2, "b.ring: is");
    content[8] ^= 2;
    write_file(file, content, size, 0600);
    ASSERT_TOLD(LOG(file), 2, "b.ring: is a ring of another version");
    content[8] ^= 2;
    content[24] ^= 1;
    write_file(file, content, size, 0600);
    ASSERT_TOLD(LOG(file), 2, "b.ring: is damaged: its header contradicts itself");
    write_text(file, "To whom it may concern\n", 0600);
    ASSERT_TOLD(LOG(file), 2, "b.ring: is not a ring of listenas");
    write_text(file, "", 0600);
    ASSERT_TOLD(LOG(file), 2, "b.ring: is not a ring of listenas");
    ASSERT_TOLD(LOG(directory), 2, "is not a regular file");
    ASSERT_TOLD(LOG(in_directory("nosuch")), 2, "nosuch: No such file");
    ASSERT_TOLD(LOG(file, file), 2, "expected one server, not both ");
    free(content);
}
END_TEST

START_TEST(wrong_words_get_the_nearest)
{
    ASSERT_TOLD(LOG("--folow"), 2, "unknown option --folow; did you mean --follow?");
    ASSERT_TOLD(LOG("-x"), 2, "unknown option -x");
    ASSERT_TOLD(LOG("--pid"), 2, "--pid: expects a value");
    ASSERT_TOLD(LOG("--json=1"), 2, "--json=1: takes no value");
    ASSERT_TOLD(LOG("--color=blue"), 2, "expected auto, always or never");
    ASSERT_TOLD(call(command, "lgo", (char *)NULL), 2, "unknown verb \"lgo\"; did you mean log?");
    ck_assert_ptr_nonnull(strstr(LOG("--help").out, "usage: listenas log"));
}
END_TEST

/* With the library alone: one line, the calls as they are, and the same told by the record. */
START_TEST(a_broken_profile_is_in_the_record)
{
    char preload[600], profile[600], ring[600];
    ck_assert(compile("server", killed_server, ""));
    write_text(in_directory("x.conf"), "[listen]\nbacklog_mx = 5\n", 0644);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", in_directory("bin/liblistenas.so"));
    snprintf(profile, sizeof profile, "LISTENAS_PROFILE=%s", in_directory("x.conf"));
    snprintf(ring, sizeof ring, "LISTENAS_RING=%s", ring_path());
    struct answer answer = call("env", preload, profile, ring, in_directory("server"), (char *)NULL);
    ck_assert_int_eq(answer.status, -1);
    ck_assert_msg(strstr(answer.err, "x.conf:2: listen.backlog_mx: unknown key; did you mean listen.backlog_max?"),
                  "%s", answer.err);
    ck_assert_msg(strstr(answer.err, "; going on as native\n"), "%s", answer.err);
    struct answer log = LOG(ring_path());
    ASSERT_SAYS(log, "as native, since");
    ASSERT_SAYS(log, "x.conf:2: listen.backlog_mx: unknown key");
    ck_assert_ptr_nonnull(strstr(log.out, "listen(9, 100) = 0 at "));
}
END_TEST

/* Whatever the names in a file are, each line is one object. */
START_TEST(odd_names_stay_json_strings)
{
    static const char *const odd_names[] = {"start", "li\"st\\n"};
    static const char *const odd_keys[] = {"", "listen.\"max\""};
    struct ring_identity odd = identity;
    struct ring ring;
    const struct record listened = {.call = 1, .key = {1}, .fd = 3, .pid = 7, .tid = 7};
    odd.call_names = odd_names;
    odd.key_names = odd_keys;
    ck_assert_int_eq(ring_open(&ring, ring_path(), &odd), 0);
    ring_append(&ring, &listened);
    ring_close(&ring);
    struct answer log = LOG("--json", ring_path());
    ASSERT_SAYS(log, "\"call\":\"li\\\"st\\\\x5cn\",");
    ASSERT_SAYS(log, "\"why\":[\"listen.\\\"max\\\"\"]");
}
END_TEST

/* Eleven that close, one after the other, and twelve that stay: the smallest ring has places for eight. */
static const char crowd[] =
    "#include <netinet/in.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"
    "static int listens(void)\n{\n"
    "    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};\n"
    "    int fd = socket(AF_INET, SOCK_STREAM, 0);\n"
    "    bind(fd, (struct sockaddr *)&address, sizeof address);\n"
    "    return listen(fd, 1) == 0 ? fd : -1;\n}\n"
    "int main(void)\n{\n"
    "    for (int i = 0; i < 11; i++)\n        close(listens());\n"
    "    for (int i = 0; i < 12; i++)\n        listens();\n"
    "    return 0;\n}\n";

START_TEST(listeners_without_a_place_are_counted)
{
    ck_assert(compile("crowd", crowd, ""));
    ASSERT_QUIET(RUN("-p", "bsd", "-r", in_directory("crowd.ring,64K"), in_directory("crowd")), 0);
    struct answer log = LOG(in_directory("crowd.ring"));
    ck_assert_int_eq(count_in(log.out, ": 0 accepted"), 8);
    ASSERT_SAYS(log, "\n# no place for 4 listeners");
    ASSERT_QUIET(RUN("-p", "bsd", "-r", in_directory("roomy.ring"), in_directory("crowd")), 0);
    ck_assert_ptr_null(strstr(LOG(in_directory("roomy.ring")).out, "no place for"));
}
END_TEST

/* The beginning of a name could be another's, whole. */
START_TEST(a_name_that_is_cut_says_so)
{
    static const struct {
        const char *name; /* of a socket; its first byte may be a NUL */
        const char *shown;
    } rows[] = {{"/run/whole", "/run/whole"}, {"/run/cut", "/run/cut..."}, {"\0whole", "@whole"}, {"\0cut", "@cut..."}};
    struct ring ring;
    char wanted[64];
    ck_assert_int_eq(ring_open(&ring, ring_path(), &identity), 0);
    for (int i = 0; i < 4; i++) {
        const sa_family_t family = AF_UNIX;
        struct record listened = {.call = 1, .fd = i, .pid = 7, .tid = 7, .flags = i % 2 ? RECORD_PATH_CUT : 0};
        size_t length = 1 + strlen(rows[i].name + 1);
        memcpy(listened.address, &family, sizeof family);
        memcpy(listened.address + sizeof family, rows[i].name, length);
        listened.address_length = (uint16_t)(sizeof family + length);
        ring_append(&ring, &listened);
    }
    ring_close(&ring);
    struct answer log = LOG(ring_path());
    for (int i = 0; i < 4; i++) {
        snprintf(wanted, sizeof wanted, "listen(%d, 0) = 0 at %s\n", i, rows[i].shown);
        ASSERT_SAYS(log, wanted);
    }
}
END_TEST

/* Binds to the port in its argument. */
static const char binding[] =
    "#include <arpa/inet.h>\n#include <errno.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n"
    "int main(int count, char **words) { struct sockaddr_in a = {.sin_family = AF_INET,"
    " .sin_port = htons((unsigned short)atoi(words[count - 1]))};"
    " return bind(socket(AF_INET, SOCK_STREAM, 0), (void *)&a, sizeof a) == 0 ? 0 : errno; }\n";

/* A listener of this process; writes its port. */
static int hold_port(char port[8])
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(port, 8, "%d", ntohs(address.sin_port));
    return fd;
}

START_TEST(the_holder_of_a_port_is_named)
{
    char port[8], expected[96];
    if (!compile("binding", binding, ""))
        return;
    int held = hold_port(port);
    ck_assert_int_eq(RUN("-p", "native", "-r", ring_path(), "./binding", port).status, EADDRINUSE);
    struct answer log = LOG(ring_path());
    snprintf(expected, sizeof expected, ":%s) = EADDRINUSE; port %s is held now by check_log (pid %d)\n", port, port,
             getpid());
    ASSERT_SAYS(log, expected);
    close(held);
    log = LOG(ring_path());
    snprintf(expected, sizeof expected, "; port %s has no listener and no connection now\n", port);
    ASSERT_SAYS(log, expected);
}
END_TEST

START_TEST(a_missing_right_is_named)
{
    if (!is_root() || !compile("binding", binding, ""))
        return;
    child_user = NOBODY;
    struct answer run = RUN("-p", "native", "-r", in_directory("rings/a.ring"), "./binding", "81");
    if (run.status != EACCES) {
        fputs("skipped: every port is free to everybody here\n", stderr);
        return;
    }
    ASSERT_SAYS(LOG(in_directory("rings/a.ring")),
                ":81) = EACCES; port 81 is below net.ipv4.ip_unprivileged_port_start (1024 now), which takes "
                "CAP_NET_BIND_SERVICE\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_holder_of_a_port_is_named,
                                  a_missing_right_is_named,
                                  calls_and_reasons,
                                  nothing_is_changed_so_nothing_is_said,
                                  lines_for_programs,
                                  one_process_only,
                                  a_peer_in_static_memory_is_told,
                                  why_accept_failed_is_told,
                                  what_an_emulated_accept4_passes_on_is_told,
                                  overwritten_records_are_counted,
                                  how_a_busy_server_began_is_told,
                                  unfinished_and_damaged_records_are_counted,
                                  errors_that_are_none_are_told_as_numbers,
                                  a_follower_sees_what_comes,
                                  a_ring_that_is_cut_short_is_told,
                                  files_that_are_no_rings,
                                  wrong_words_get_the_nearest,
                                  a_broken_profile_is_in_the_record,
                                  odd_names_stay_json_strings,
                                  a_name_that_is_cut_says_so,
                                  listeners_without_a_place_are_counted,
                                  NULL};
    return run_suite("log", tests);
}
