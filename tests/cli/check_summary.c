/* `listenas run --summary`: what is counted while a program runs, and that it ends as the program does. */
#include "live_server.h"

static const char *summary_text(void)
{
    static char text[8192];
    int fd = open("summary", O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    read_back(fd, text, sizeof text);
    return text;
}

#define ASSERT_COUNTS(line)                                                                                            \
    ck_assert_msg(strstr(summary_text(), line) != NULL, "\"%s\" is not in:\n%s", line, summary_text())

START_TEST(calls_are_counted_by_result_and_key)
{
    struct live_server server = live_server_start("scount", "--summary-file", "summary", "-p", "bsd",
                                                  in_directory("scount"), "3", (char *)NULL);
    for (int i = 0; i < 4; i++)
        close(live_client(server.port));
    for (int i = 0; i < 7; i++)
        live_server_do(&server, 'a');
    live_server_end(&server);
    ASSERT_COUNTS("     %      calls call             errno            by\n");
    ASSERT_COUNTS("         4 accept                            accept.inherit_nonblock\n");
    ASSERT_COUNTS("         3 accept           EAGAIN");
    ASSERT_COUNTS("         1 listen                            listen.capacity_tcp\n");
    ASSERT_COUNTS(", 3 of them failed\n");
    ck_assert_ptr_null(strstr(summary_text(), "not counted"));
}
END_TEST

/* Fails CALLS times, then has ACCEPTS connections, more than the smallest ring holds. */
static const char busy[] =
    "#include <netinet/in.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"
    "int main(int count, char **words)\n{\n"
    "    struct sockaddr_in in = {0};\n"
    "    socklen_t length = sizeof in;\n"
    "    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);\n"
    "    listen(fd, 3);\n"
    "    getsockname(fd, (struct sockaddr *)&in, &length);\n"
    "    for (int i = atoi(words[1]); i > 0; i--)\n"
    "        accept(fd, 0, 0);\n"
    "    for (int i = atoi(words[2]); i > 0; i--) {\n"
    "        int client = socket(AF_INET, SOCK_STREAM, 0);\n"
    "        connect(client, (struct sockaddr *)&in, sizeof in);\n"
    "        close(accept(fd, 0, 0));\n"
    "        close(client);\n"
    "    }\n"
    "    return count != 3;\n}\n";

/* The number before these words; 0 if they are not there. */
static long number_before(const char *words)
{
    const char *at = strstr(summary_text(), words);
    if (!at)
        return 0;
    while (at > summary_text() && at[-1] != ' ')
        at--;
    return strtol(at, NULL, 10);
}

START_TEST(repeated_calls_are_counted_all)
{
    ck_assert(compile("busy", busy, ""));
    ASSERT_QUIET(RUN("--summary-file", "summary", "-p", "linux", in_directory("busy"), "100000", "2000"), 0);
    ASSERT_COUNTS(" 100000 accept           EAGAIN");
    ASSERT_COUNTS("   2000 accept  ");
    ck_assert_ptr_null(strstr(summary_text(), "not counted"));
}
END_TEST

/* Whatever is overwritten before it is read, no call is forgotten: start, listen and getsockname are three more. */
START_TEST(what_is_lost_is_said)
{
    ck_assert(compile("busy", busy, ""));
    ASSERT_QUIET(RUN("--summary-file", "summary", "-r", "64K", "-p", "linux", in_directory("busy"), "1000", "20000"),
                 0);
    long total = number_before(" total, "), lost = number_before(" more were not counted: newer ones");
    ck_assert_int_ge(total + lost, 21002);
    ck_assert_int_le(total + lost, 21003); /* a start that was overwritten cannot be told from a call */
}
END_TEST

/* A record that is there already is another program's. */
START_TEST(only_the_program_is_counted)
{
    ck_assert(compile("busy", busy, ""));
    for (int turn = 0; turn < 2; turn++)
        ASSERT_QUIET(RUN("--summary-file", "summary", "-r", in_directory("a.ring"), "-p", "linux", in_directory("busy"),
                         "10", "3"),
                     0);
    ASSERT_COUNTS("        10 accept           EAGAIN");
    ASSERT_COUNTS("         3 accept  ");
    ck_assert_ptr_null(strstr(summary_text(), "not counted"));
}
END_TEST

START_TEST(it_ends_as_the_program)
{
    struct answer answer = RUN("--summary", "sh", "-c", "exit 7");
    ck_assert_int_eq(answer.status, 7);
    ck_assert_msg(strstr(answer.err, "     0 total, 0 of them failed\n"), "%s", answer.err);
    answer = RUN("--summary", "sh", "-c", "kill -TERM $$");
    ck_assert(WIFSIGNALED(answer.wait_status) && WTERMSIG(answer.wait_status) == SIGTERM);
    ck_assert_msg(strstr(answer.err, " total, "), "%s", answer.err);
}
END_TEST

START_TEST(signals_reach_the_program)
{
    static const char script[] = "trap 'exit 5' TERM; echo; while :; do read line || exit 6; done";
    int in[2], out[2], status;
    char byte;
    ck_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    pid_t launcher = fork();
    if (launcher == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execl(command, command, "run", "--summary-file", "summary", "sh", "-c", script, (char *)NULL);
        _exit(98);
    }
    ck_assert_int_eq(read(out[0], &byte, 1), 1);
    kill(launcher, SIGTERM);
    ck_assert_int_eq(waitpid(launcher, &status, 0), launcher);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 5, "%#x", (unsigned int)status);
    ASSERT_COUNTS(" total, ");
}
END_TEST

START_TEST(it_cannot_count_without_a_record)
{
    ASSERT_TOLD(RUN("--summary", "-r", "off", "touch", "ran"), 125, "--summary needs the record: there is no record");
    ASSERT_TOLD(RUN("--summary-file", "no/summary", "touch", "ran"), 125, "--summary-file=no/summary: No such file");
    ck_assert_int_ne(access("ran", F_OK), 0);
}
END_TEST

START_TEST(a_dry_run_prints_the_launcher)
{
    ASSERT_SAYS(RUN("-n", "--summary", "true"), " run --summary -- '/");
    ASSERT_SAYS(RUN("-n", "--summary-file", "a b", "true"), " run --summary-file 'a b' -- '/");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        calls_are_counted_by_result_and_key, repeated_calls_are_counted_all, what_is_lost_is_said,
        only_the_program_is_counted,         it_ends_as_the_program,         signals_reach_the_program,
        it_cannot_count_without_a_record,    a_dry_run_prints_the_launcher,  NULL};
    return run_suite("summary", tests);
}
