/* What the record tells of full queues, where record.queue_samples asks for it; and what is counted for each listener.
 */
#include "child.h"
#include "filling.h"

#define ASSERT_HOLDS(text, words) ck_assert_msg(strstr(text, words), "\"%s\" is not in:\n%.4000s", words, text)

/* Fills its queue with clients, as many as its first word says, and accepts until nothing is left; three times. */
static const char server[] =
    FILL_AND_DRAIN LISTENER_HEADERS "#include <stdlib.h>\n"
                                    "int main(int count, char **words)\n{\n" LISTENER(
                                        3) "    for (int i = 0; i < 3; i++)\n"
                                           "        fill_and_drain(fd, address, length, atoi(words[1]));\n"
                                           "    return 0;\n}\n";

static char *log_of(const char *option)
{
    static struct answer answer;
    answer = call(command, "log", option, in_directory("a.ring"), (char *)NULL);
    ck_assert_int_eq(answer.status, 0);
    return answer.out;
}

static void serve(const char *clients, const char *path_of_socket, const char *setting)
{
    unlink(in_directory("a.ring"));
    ASSERT_QUIET(RUN("-p", "linux", "-o", setting, "-r", in_directory("a.ring"), in_directory("server"), clients,
                     path_of_socket),
                 0);
}

START_TEST(a_full_queue_and_what_it_dropped_are_told)
{
    ck_assert(compile("server", server, ""));
    serve("12", NULL, "record.queue_samples=1000");
    const char *log = log_of("--color=never");
    ck_assert_int_eq(count_in(log, " queue of 127.0.0.1:"), 3);
    ck_assert_int_eq(count_in(log, " full "), 4); /* and once in what the listener has come to */
    ck_assert_int_eq(count_in(log, " (4 of 4), 8 SYNs dropped\n"), 3);
    ASSERT_HOLDS(log, ": 12 accepted, 3 EAGAIN; queue ");
    ASSERT_HOLDS(log, " of 4, at most 4, full 3 times, 24 SYNs dropped, waited ");
    const char *most = strstr(strstr(log, "dropped, waited "), "at most ");
    ck_assert_ptr_nonnull(most);
    long waited = strtol(most + strlen("at most "), NULL, 10); /* in steps of the kernel's tick */
    ck_assert_msg(waited >= 10 && waited < 5000, "%ld ms", waited);
    log = log_of("--json");
    ck_assert_int_eq(count_in(log, "\"call\":\"queue\",\"fd\":9,\"full\":true,\"from_ns\":"), 3);
    ck_assert_int_eq(count_in(log, ",\"queued\":4,\"capacity\":4,\"dropped\":8,"), 3);
    ASSERT_HOLDS(log, "\"accepted\":12,\"failed\":3,\"errors\":{\"EAGAIN\":3},");
    ASSERT_HOLDS(log, ",\"capacity\":4,\"highest\":4,\"full_times\":3,\"dropped\":24}");
}
END_TEST

START_TEST(a_queue_that_is_never_full_is_not_told)
{
    ck_assert(compile("server", server, ""));
    serve("3", NULL, "record.queue_samples=1000");
    const char *log = log_of("--color=never");
    ck_assert_int_eq(count_in(log, " queue of "), 0);
    ASSERT_HOLDS(log, ": 9 accepted, 3 EAGAIN; queue ");
    ck_assert_ptr_null(strstr(log, "dropped"));
}
END_TEST

/* No system call more than the program expects, and still the counts. */
START_TEST(nobody_looks_unless_told_to)
{
    ck_assert(compile("server", server, ""));
    serve("12", NULL, "record.queue_samples=kernel");
    const char *log = log_of("--color=never");
    ck_assert_int_eq(count_in(log, " queue "), 0);
    ASSERT_HOLDS(log, ": 12 accepted, 3 EAGAIN\n");
}
END_TEST

START_TEST(a_path_has_a_queue_as_well)
{
    char local[128];
    ck_assert(compile("server", server, ""));
    snprintf(local, sizeof local, "%s", in_directory("socket"));
    serve("12", local, "record.queue_samples=1000");
    const char *log = log_of("--color=never");
    ck_assert_int_eq(count_in(log, " (4 of 4)\n"), 3);
    ASSERT_HOLDS(log, ": 12 accepted, 3 EAGAIN; queue ");
    ASSERT_HOLDS(log, " of 4, at most 4, full 3 times\n");
}
END_TEST

/*
 * Two listeners that one descriptor had, and one that a child has. As bsd, where listen asks for SO_COOKIE: as linux
 * the library asks nothing, and dup2 hides from it that the descriptor is another socket.
 */
static const char several[] =
    "#include <netinet/in.h>\n#include <sys/socket.h>\n#include <sys/wait.h>\n#include <unistd.h>\n"
    "static void connect_and_accept(int fd, int times)\n{\n"
    "    struct sockaddr_in address;\n"
    "    socklen_t length = sizeof address;\n"
    "    getsockname(fd, (struct sockaddr *)&address, &length);\n"
    "    while (times--) {\n"
    "        int client = socket(AF_INET, SOCK_STREAM, 0);\n"
    "        connect(client, (struct sockaddr *)&address, length);\n"
    "        close(accept(fd, 0, 0));\n"
    "        close(client);\n"
    "    }\n"
    "}\n"
    "int main(void)\n{\n"
    "    for (int turn = 1; turn <= 2; turn++) {\n"
    "        int fd = dup2(socket(AF_INET, SOCK_STREAM, 0), 9);\n"
    "        listen(fd, 5);\n"
    "        connect_and_accept(fd, 10 * turn);\n"
    "        if (turn == 2 && fork() == 0) {\n"
    "            connect_and_accept(fd, 100);\n"
    "            _exit(0);\n"
    "        }\n"
    "    }\n"
    "    wait(0);\n"
    "    return 0;\n}\n";

START_TEST(each_listener_has_its_own_counts)
{
    ck_assert(compile("several", several, ""));
    ASSERT_QUIET(RUN("-p", "bsd", "-r", in_directory("a.ring"), in_directory("several")), 0);
    const char *log = log_of("--color=never");
    ck_assert_int_eq(count_in(log, ": 10 accepted\n"), 1);
    ck_assert_int_eq(count_in(log, ": 120 accepted\n"), 1);
    ck_assert_int_eq(count_in(log, " accepted"), 2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_full_queue_and_what_it_dropped_are_told,
                                  a_queue_that_is_never_full_is_not_told,
                                  nobody_looks_unless_told_to,
                                  a_path_has_a_queue_as_well,
                                  each_listener_has_its_own_counts,
                                  NULL};
    return run_suite("queue", tests);
}
