/* `listenas stat`: what it says of real servers while they run, and afterwards. */
#include "busy.h"
#include "live_server.h"

#include <ctype.h>
#include <time.h>

#define STAT(...) call(command, "stat", __VA_ARGS__, (char *)NULL)
#define ASSERT_LACKS(given, text)                                                                                      \
    do {                                                                                                               \
        const struct answer lacking = (given);                                                                         \
        ck_assert_msg(strstr(lacking.out, text) == NULL, "\"%s\" is in:\n%s", text, lacking.out);                      \
    } while (0)

/* The number after "name": in the JSON; -1 if it is not there. */
static long json_number(const struct answer *answer, const char *name)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\"%s\":", name);
    const char *at = strstr(answer->out, wanted);
    return at ? strtol(at + strlen(wanted), NULL, 10) : -1;
}

/* The server does nothing meanwhile: all is the kernel's word. */
START_TEST(the_queue_is_asked_of_the_kernel)
{
    struct live_server server =
        live_server_start(own("one"), "-p", "linux", in_directory("%s", own("one")), "3", (char *)NULL);
    int client[6];
    ASSERT_SAYS(STAT(pid_text(&server)), "queue       0 of 4 now, 0 at most\n    overflow    0 dropped\n");
    for (int i = 0; i < 6; i++)
        client[i] = live_client(server.port);
    struct answer answer = STAT("--json", pid_text(&server));
    ASSERT_QUIET(answer, 0);
    ck_assert_int_eq(json_number(&answer, "queued"), 4);
    ck_assert_int_eq(json_number(&answer, "capacity"), 4);
    ck_assert_int_ge(json_number(&answer, "dropped"), 2);
    ASSERT_SAYS(answer, "\"queued_by\":\"kernel\"");
    ASSERT_SAYS(answer, "\"full_since_ns\":");
    for (int i = 0; i < 6; i++)
        close(client[i]);
    live_server_do(&server, 'a');
    answer = STAT(pid_text(&server));
    ASSERT_SAYS(answer, "queue       3 of 4 now, 3 at most\n");
    ASSERT_AGE(answer, "calls       1: 1 accepted; the last ", "s ago\n");
    live_server_end(&server);
}
END_TEST

START_TEST(a_listener_says_what_it_is)
{
    char title[160];
    struct live_server server =
        live_server_start(own("two"), "-p", "bsd", in_directory("%s", own("two")), "3", (char *)NULL);
    snprintf(title, sizeof title, "127.0.0.1:%d  %s (pid %d, fd 9) as bsd, listens, made 0s ago\n", server.port,
             own("two"), server.pid);
    struct answer answer = STAT(own("two"));
    ASSERT_QUIET(answer, 0);
    ck_assert_msg(strncmp(answer.out, title, strlen(title) - 8) == 0, "%s", answer.out);
    live_server_end(&server);
}
END_TEST

/* As `listenas log` has it: an interpreter's script names the server, too. */
START_TEST(a_server_is_named_by_each_word_of_its_command)
{
    char socket[64];
    snprintf(socket, sizeof socket, "%s.socket", own("named"));
    struct live_server server = live_server_start(own("worded"), "-p", "linux", in_directory("%s", own("worded")), "3",
                                                  in_directory("%s", socket), (char *)NULL);
    ASSERT_SAYS(STAT(socket), "queue       0 of 4 now, 0 at most\n");
    live_server_end(&server);
}
END_TEST

START_TEST(failures_are_counted_by_errno)
{
    struct live_server server =
        live_server_start(own("three"), "-p", "linux", in_directory("%s", own("three")), "3", (char *)NULL);
    close(live_client(server.port));
    for (int i = 0; i < 3; i++)
        live_server_do(&server, 'a');
    ASSERT_SAYS(STAT(own("three")), "calls       3: 1 accepted, 2 EAGAIN; the last");
    ASSERT_SAYS(STAT("--json", own("three")), "\"calls\":3,\"accepted\":1,\"failed\":2,\"errors\":{\"EAGAIN\":2}");
    live_server_end(&server);
}
END_TEST

START_TEST(the_last_failure_is_told_unless_it_is_eagain)
{
    struct live_server server = live_server_start(own("four"), "-p", "linux", "-P", "accept:ECONNABORTED@2",
                                                  in_directory("%s", own("four")), "3", (char *)NULL);
    live_server_do(&server, 'a');
    ASSERT_LACKS(STAT(own("four")), "    last ");
    close(live_client(server.port));
    live_server_do(&server, 'a');
    struct answer answer = STAT(own("four"));
    ASSERT_SAYS(answer, " accept(9) = ECONNABORTED\n");
    live_server_end(&server);
}
END_TEST

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Lets six clients come to a queue of two. Where the refuser is kept waiting a client sends its SYN again after a
 * second, and is refused as often: so the count may grow by four for each second that is over, and no faster.
 */
static void expect_four_refused(const struct live_server *server)
{
    int client[6];
    long begun = now_ms(), refused = 0;
    struct answer answer;
    for (int i = 0; i < 6; i++)
        client[i] = live_client(server->port);
    while (refused < 4 && now_ms() < begun + 20000) {
        answer = STAT("--json", own("refusing"));
        refused = json_number(&answer, "refused");
    }
    long most = 4 + 4 * ((now_ms() - begun) / 1000);
    ck_assert_msg(refused >= 4 && refused <= most, "%ld refused, at most %ld expected", refused, most);
    ck_assert_int_eq(json_number(&answer, "queued"), 2);
    answer = STAT(own("refusing"));
    const char *said = strstr(answer.out, " refused");
    ck_assert_msg(said != NULL, "%s", answer.out);
    while (said > answer.out && isdigit((unsigned char)said[-1]))
        said--;
    most = 4 + 4 * ((now_ms() - begun) / 1000);
    ck_assert_msg(atol(said) >= refused && atol(said) <= most, "%s", answer.out);
    for (int i = 0; i < 6; i++)
        close(client[i]);
}

/* The refuser itself says whom it turned away. */
START_TEST(refused_clients_are_counted_by_the_refuser)
{
    struct live_server server =
        live_server_start(own("refusing"), "-p", "mks", in_directory("%s", own("refusing")), "2", (char *)NULL);
    struct answer answer = STAT("--json", own("refusing"));
    if (strstr(answer.out, "\"refuser_errno\""))
        fputs("skipped: this user may not refuse clients\n", stderr);
    else
        expect_four_refused(&server);
    live_server_end(&server);
}
END_TEST

START_TEST(a_path_has_a_queue_as_well)
{
    char path[128];
    snprintf(path, sizeof path, "%s", in_directory("socket"));
    struct live_server server =
        live_server_start(own("five"), "-p", "linux", in_directory("%s", own("five")), "3", path, (char *)NULL);
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    strcpy(local.sun_path, path);
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(client, (struct sockaddr *)&local, sizeof local), 0);
    struct answer answer = STAT(own("five"));
    ASSERT_SAYS(answer, "queue       1 of 4 now, 1 at most\n");
    ASSERT_LACKS(answer, "dropped\n");
    close(client);
    live_server_end(&server);
}
END_TEST

/* As linux, the library asks for no cookie: whoever has the descriptor leads to the socket. */
START_TEST(a_child_that_took_over_is_found)
{
    struct live_server server =
        live_server_start(own("six"), "-p", "linux", in_directory("%s", own("six")), "3", (char *)NULL);
    live_server_do(&server, 'f');
    int client = live_client(server.port);
    ASSERT_SAYS(STAT(own("six")), "queue       1 of 4 now, 1 at most\n");
    close(client);
    live_server_end(&server);
}
END_TEST

/* By its cookie a socket is found wherever it is; without one, what is not known is not guessed. */
START_TEST(a_descriptor_that_moved_leads_nowhere)
{
    struct live_server server =
        live_server_start(own("seven"), "-p", "linux", in_directory("%s", own("seven")), "3", (char *)NULL);
    live_server_do(&server, 'd');
    ASSERT_SAYS(STAT(own("seven")), "queue       not known\n");
    live_server_end(&server);
    server = live_server_start(own("seven"), "-p", "bsd", in_directory("%s", own("seven")), "3", (char *)NULL);
    live_server_do(&server, 'd');
    ASSERT_SAYS(STAT(own("seven")), "queue       0 of ");
    live_server_end(&server);
}
END_TEST

START_TEST(a_closed_listener_is_shown_if_all_are)
{
    struct live_server server =
        live_server_start(own("eight"), "-p", "bsd", in_directory("%s", own("eight")), "3", (char *)NULL);
    live_server_do(&server, 'c');
    ASSERT_TOLD(STAT(own("eight")), 125, "nobody listens: --all shows what has ended");
    ASSERT_SAYS(STAT("--all", own("eight")), " as bsd, closed, made ");
    live_server_end(&server);
}
END_TEST

/* In another network namespace only the server can look. */
START_TEST(elsewhere_the_server_has_looked)
{
    if (call("unshare", "-Urn", "true", (char *)NULL).status != 0) {
        fputs("skipped: there are no network namespaces here\n", stderr);
        return;
    }
    struct live_server server = live_server_start(own("nine"), "-i", "-p", "linux", "-o", "record.queue_samples=1000",
                                                  in_directory("%s", own("nine")), "3", (char *)NULL);
    live_server_do(&server, 'a');
    struct answer answer = STAT(own("nine"));
    ASSERT_AGE(answer, "queue       0 of 4 when the server looked, ", "s ago, 0 at most\n");
    ASSERT_SAYS(STAT("--json", own("nine")), "\"queued_by\":\"server\"");
    live_server_end(&server);
}
END_TEST

START_TEST(what_has_ended_is_read_from_its_file)
{
    const char *ring = in_directory("ten.ring");
    struct live_server server =
        live_server_start(own("ten"), "-p", "linux", "-r", ring, in_directory("%s", own("ten")), "3", (char *)NULL);
    live_server_do(&server, 'a');
    ASSERT_SAYS(STAT(ring), ", listens, made ");
    live_server_end(&server);
    struct answer answer = STAT(ring);
    ASSERT_SAYS(answer, " as linux, ended, made ");
    ASSERT_SAYS(answer, "calls       1: 0 accepted, 1 EAGAIN");
}
END_TEST

START_TEST(who_was_refused_is_told_apart_from_what_was_dropped)
{
    busy_run("bsd", SAMPLES, NULL);
    busy_refuse();
    struct answer answer = STAT(busy_ring());
    ASSERT_SAYS(answer, "full 3 times, 15 refused, 12 SYNs dropped by the kernel\n");
    ASSERT_SAYS(answer, "    waited      40 ms when the server looked last, 90 ms at most\n");
    answer = STAT("--json", busy_ring());
    ck_assert_int_eq(json_number(&answer, "refused"), 15);
    ck_assert_int_eq(json_number(&answer, "dropped"), 12);
    ck_assert_int_eq(json_number(&answer, "waited_ms"), 40);
    ck_assert_int_eq(json_number(&answer, "waited_most_ms"), 90);
}
END_TEST

START_TEST(what_has_ended_is_found_if_all_are)
{
    struct live_server server =
        live_server_start(own("eleven"), "-p", "linux", in_directory("%s", own("eleven")), "3", (char *)NULL);
    live_server_do(&server, 'a');
    live_server_end(&server);
    ASSERT_TOLD(STAT(own("eleven")), 2,
                "no program of this name or number runs with a record; --all looks at ended ones");
    ASSERT_SAYS(STAT("--all", own("eleven")), ", ended, made ");
}
END_TEST

START_TEST(watching_prints_a_line_each_time)
{
    char address[32];
    struct live_server server =
        live_server_start(own("twelve"), "-p", "linux", in_directory("%s", own("twelve")), "3", (char *)NULL);
    snprintf(address, sizeof address, " 127.0.0.1:%d ", server.port);
    struct answer answer = STAT("-w", "0.05", "-n", "3", own("twelve"));
    ASSERT_QUIET(answer, 0);
    ck_assert_int_eq(count_in(answer.out, "TIME "), 1);
    ck_assert_int_eq(count_in(answer.out, address), 3);
    ck_assert_int_eq(count_in(answer.out, " 0/4 "), 3);
    answer = STAT("-j", "-w", "0.05", "-n", "2", own("twelve"));
    ck_assert_int_eq(count_in(answer.out, "\"per_second\":{\"accepted\":0.0,\"failed\":0.0,\"dropped\":0.0}"), 2);
    live_server_end(&server);
}
END_TEST

/* The longest line of what was printed, in bytes; all are ASCII. */
static size_t widest(const char *text)
{
    size_t most = 0;
    for (size_t length; *text; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        most = length > most ? length : most;
    }
    return most;
}

/* Where a line would not fit, the columns go that another verb tells, and of an address its beginning. */
START_TEST(lines_fit_the_terminal)
{
    char socket[32];
    snprintf(socket, sizeof socket, "./%s.socket", own("fit"));
    struct live_server server =
        live_server_start(own("fitting"), "-p", "linux", in_directory("%s", own("fitting")), "3", socket, (char *)NULL);
    static const char *const columns[] = {"40", "60", "80", "100", "300"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        setenv("COLUMNS", columns[i], 1);
        struct answer answer = STAT("-w", "0.02", "-n", "2", own("fitting"));
        ck_assert_msg(widest(answer.out) <= strtoul(columns[i], NULL, 10), "at %s:\n%s", columns[i], answer.out);
        ck_assert_int_eq(count_in(answer.out, socket + 2), 2);
        ck_assert_int_eq(count_in(answer.out, " 0/4 "), 2);
        ck_assert_int_eq(count_in(answer.out, " OVER/S\n"), 1);
        ck_assert_int_eq(count_in(answer.out, " CALLS/S "), strcmp(columns[i], "40") > 0 || columns[i][2]);
        ck_assert_int_eq(count_in(answer.out, " PROFILE "), columns[i][2] != '\0');
    }
    unsetenv("COLUMNS");
    ck_assert_int_eq(count_in(STAT("-w", "0.02", "-n", "1", own("fitting")).out, socket), 1);
    live_server_end(&server);
}
END_TEST

/* A reader must survive what the owner of a file does to it. */
START_TEST(a_record_that_is_cut_short_is_told)
{
    const char *ring = in_directory("cut.ring");
    char *words[] = {command,
                     (char *)(uintptr_t) "stat",
                     (char *)(uintptr_t) "-w",
                     (char *)(uintptr_t) "0.05",
                     (char *)(uintptr_t)ring,
                     NULL};
    char text[4096] = "";
    int pipes[2], errors = memfd_create("err", MFD_CLOEXEC), status;
    struct live_server server = live_server_start(own("cutter"), "-p", "linux", "-r", ring,
                                                  in_directory("%s", own("cutter")), "3", (char *)NULL);
    ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
    pid_t reader = fork();
    if (reader == 0)
        become_child(words, pipes[1], errors);
    ck_assert_int_gt(read(pipes[0], text, sizeof text), 0);
    ck_assert_int_eq(truncate(ring, 4096), 0);
    while (pread(errors, text, sizeof text - 1, 0) == 0)
        ck_assert_int_eq(waitpid(reader, &status, WNOHANG), 0);
    ck_assert_msg(strstr(text, "cut.ring: was cut short while it was read\n"), "%s", text);
    kill(reader, SIGTERM);
    ck_assert_int_eq(waitpid(reader, &status, 0), reader);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%#x", (unsigned int)status);
    kill(server.pid, SIGKILL); /* its own mapping of the file is gone, too */
    live_server_end(&server);
}
END_TEST

START_TEST(mistakes_are_told)
{
    ASSERT_TOLD(STAT("-w", "0"), 2, "-w \"0\": expected seconds, such as 1 or 0.5");
    ASSERT_TOLD(STAT("-w", "1s"), 2, "-w \"1s\": expected seconds");
    ASSERT_TOLD(STAT("-n", "0"), 2, "-n \"0\": expected a number from 1 on");
    ASSERT_TOLD(STAT("a", "b"), 2, "expected one program, process or file, not 2");
    ASSERT_TOLD(STAT("./none.ring"), 2, "./none.ring: No such file or directory");
    ASSERT_TOLD(STAT("/dev/null"), 2, "/dev/null: is not a regular file");
    write_text(in_directory("text"), "text", 0644);
    ASSERT_TOLD(STAT("./text"), 2, "./text: is not a ring of listenas");
    ASSERT_TOLD(STAT("nobody-has-this-name"), 2, "\"nobody-has-this-name\": no program of this name or number");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_queue_is_asked_of_the_kernel,
                                  a_listener_says_what_it_is,
                                  a_server_is_named_by_each_word_of_its_command,
                                  failures_are_counted_by_errno,
                                  the_last_failure_is_told_unless_it_is_eagain,
                                  refused_clients_are_counted_by_the_refuser,
                                  a_path_has_a_queue_as_well,
                                  a_child_that_took_over_is_found,
                                  a_descriptor_that_moved_leads_nowhere,
                                  a_closed_listener_is_shown_if_all_are,
                                  elsewhere_the_server_has_looked,
                                  what_has_ended_is_read_from_its_file,
                                  who_was_refused_is_told_apart_from_what_was_dropped,
                                  what_has_ended_is_found_if_all_are,
                                  watching_prints_a_line_each_time,
                                  lines_fit_the_terminal,
                                  a_record_that_is_cut_short_is_told,
                                  mistakes_are_told,
                                  NULL};
    return run_suite("stat", tests);
}
