/* The options of `listenas run` that have calls fail: what they hand on, what they refuse, and what the log says. */
#include "child.h"

/* Binds, listens and asks for a client, each once; exits with the number of calls that failed but accept's EAGAIN. */
static const char server[] =
    "#include <errno.h>\n#include <sys/socket.h>\n"
    "int main(void) { int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), failed = listen(fd, 5) != 0;\n"
    "for (int i = 0; i < 12; i++) failed += accept(fd, 0, 0) < 0 && errno != EAGAIN;\n"
    "return failed; }\n";

#define IN "listenas: LISTENAS_PROVOKE (run -P): "
#define FORMS "expected @N, @N+, @N+STEP, @N..M or @N..M+STEP, where calls are counted from 1\n"

START_TEST(mistakes_start_nothing)
{
    static const struct {
        const char *words[4];
        const char *told;
    } mistakes[] = {
        {{"-P", "acept:EMFILE@3"}, IN "acept:EMFILE@3: unknown call \"acept\"; did you mean accept?\n"},
        {{"-P", "accept4:EMFILE"}, IN "accept4:EMFILE: accept stands for accept4 as well; write accept\n"},
        {{"-P", "read:EINTR"},
         IN
         "read:EINTR: no error can be provoked at \"read\"; expected one of: listen, bind, connect, accept, socket\n"},
        {{"-P", "accept:EMFIEL@3"}, IN "accept:EMFIEL@3: \"EMFIEL\" is no name of an error; did you mean EMFILE?\n"},
        {{"-P", "accept:EMFILE@0"}, IN "accept:EMFILE@0: " FORMS},
        {{"-P", "accept:EMFILE@3-5"}, IN "accept:EMFILE@3-5: " FORMS},
        {{"-P", "accept:EMFILE@12..10"}, IN "accept:EMFILE@12..10: the range ends before it begins\n"},
        {{"-P", "accept:EINTR%0"}, IN "accept:EINTR%0: expected %N: one call in N fails, N from 1\n"},
        {{"-P", "EMFILE"}, IN "\"EMFILE\": expected CALL:ERRNO, then @WHEN or %N\n"},
        {{"-pglibc", "-P", "accept:ECONNABORTED"},
         IN "glibc does not list ECONNABORTED for accept, but EAGAIN; --force provokes it all the same\n"},
        {{"-plinux", "-P", "listen:EMFILE"},
         IN "linux does not list EMFILE for listen, but EADDRINUSE; --force provokes it all the same\n"},
        {{"--seed=-1", "-P", "accept:EINTR%5"}, IN "seed=-1: expected a number from 0 to 18446744073709551615\n"},
        {{"--seed=42"}, "listenas: --seed: expected -P CALL:ERRNO as well\n"},
        {{"--force"}, "listenas: --force: expected -P CALL:ERRNO as well\n"},
        {{"-P"}, "listenas: -P: expects a value\n"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const char *const *words = mistakes[i].words;
        bool alone = words[0][1] == 'P' && !words[1];
        struct answer answer = alone      ? RUN("-P")
                               : words[2] ? RUN(words[0], words[1], words[2], "echo", "started")
                               : words[1] ? RUN(words[0], words[1], "echo", "started")
                                          : RUN(words[0], "echo", "started");
        ck_assert_str_eq(answer.err, mistakes[i].told);
        ck_assert_str_eq(answer.out, "");
        ck_assert_int_eq(answer.status, 125);
    }
}
END_TEST

/* Each mistake is told, not only the first. */
START_TEST(all_mistakes_are_told)
{
    struct answer answer = RUN("-P", "acept:EMFILE", "-P", "accept:EMFIEL", "true");
    ck_assert_str_eq(answer.err, IN "acept:EMFILE: unknown call \"acept\"; did you mean accept?\n" IN
                                    "accept:EMFIEL: \"EMFIEL\" is no name of an error; did you mean EMFILE?\n");
}
END_TEST

START_TEST(options_become_the_setting)
{
    ck_assert_str_eq(RUN("-P", "accept:EMFILE@3", "printenv", "LISTENAS_PROVOKE").out, "accept:EMFILE@3\n");
    setenv("LISTENAS_PROVOKE", "bind:EACCES@2", 1);
    ck_assert_str_eq(RUN("-P", "accept:EINTR%5", "--seed", "42", "--force", "printenv", "LISTENAS_PROVOKE").out,
                     "bind:EACCES@2,accept:EINTR%5,seed=42,force\n");
    ck_assert_str_eq(RUN("printenv", "LISTENAS_PROVOKE").out, "bind:EACCES@2\n");
    setenv("LISTENAS_PROVOKE", "bind:EACES@2", 1);
    ASSERT_TOLD(RUN("true"), 125, "did you mean EACCES?");
    setenv("LISTENAS_PROVOKE", "", 1);
    ASSERT_QUIET(RUN("sh", "-c", "test -z \"$LISTENAS_PROVOKE\""), 0);
    struct answer answer = RUN("-n", "-P", "accept:EMFILE@3", "true");
    ck_assert_msg(strstr(answer.out, "LISTENAS_PROVOKE='accept:EMFILE@3' "), "%s", answer.out);
}
END_TEST

/* The seed that is printed is the one that the program gets; one is chosen only where chance decides. */
START_TEST(a_seed_is_chosen_and_printed)
{
    struct answer answer = RUN("-P", "accept:EINTR%5", "printenv", "LISTENAS_PROVOKE");
    const char *setting = "accept:EINTR%5,seed=", *told = "listenas: --seed=";
    ck_assert_msg(strncmp(answer.out, setting, strlen(setting)) == 0, "%s", answer.out);
    ck_assert_msg(strncmp(answer.err, told, strlen(told)) == 0, "%s", answer.err);
    ck_assert_int_eq(atoi(answer.out + strlen(setting)), atoi(answer.err + strlen(told)));
    ck_assert_ptr_nonnull(strstr(answer.err, " provokes the same errors again\n"));
    ASSERT_QUIET(RUN("-P", "accept:EINTR@5", "true"), 0);
    ASSERT_QUIET(RUN("-P", "accept:EINTR%5", "--seed=7", "true"), 0);
}
END_TEST

START_TEST(calls_fail_and_the_log_says_so)
{
    if (!compile("server", server, ""))
        return;
    ASSERT_QUIET(RUN("./server"), 0);
    ASSERT_QUIET(RUN("-P", "accept:EMFILE@10..12", "-r", in_directory("a.ring"), "./server"), 3);
    struct answer log = call(command, "log", "--color=never", in_directory("a.ring"), (char *)NULL);
    const char *line = strstr(log.out, ") = EMFILE; provoked, the kernel was not asked; 2 times more");
    ck_assert_msg(line, "%s", log.out);
    log = call(command, "log", "--json", in_directory("a.ring"), (char *)NULL);
    const char *three = "\"errno\":\"EMFILE\",\"not_called\":true,\"provoked\":true,\"repeats\":2,";
    ck_assert_msg(strstr(log.out, three), "%s", log.out);
    ASSERT_QUIET(RUN("--force", "-P", "listen:EIO@1", "./server"), 13); /* nothing listens, so each accept is EINVAL */
}
END_TEST

/* The same calls by the same seed. */
START_TEST(a_seed_repeats)
{
    if (!compile("server", server, ""))
        return;
    int first = RUN("-P", "accept:EMFILE%3", "--seed=5", "./server").status;
    ck_assert_msg(first > 0 && first < 12, "%d", first);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(RUN("-P", "accept:EMFILE%3", "--seed=5", "./server").status, first);
}
END_TEST

START_TEST(help_names_the_option)
{
    struct answer answer = RUN("--help");
    ck_assert_ptr_nonnull(strstr(answer.out, "-P, --provoke=CALL:ERRNO"));
    ck_assert_ptr_nonnull(strstr(answer.out, "--seed=NUMBER"));
}
END_TEST

/* Every platform's list can be asked for. */
START_TEST(lists_can_be_read)
{
    struct answer answer = call(command, "profiles", "explain", "errors.accept", (char *)NULL);
    ck_assert_int_eq(answer.status, 0);
    ck_assert_msg(strstr(answer.out, "EAGAIN ECONNABORTED EINTR EMFILE ENFILE"), "%s", answer.out);
    write_text(in_directory("own.conf"), "[errors]\naccept = EMFILE ENFLE\n", 0644);
    answer = call(command, "profiles", "check", "own.conf", (char *)NULL);
    ck_assert_msg(strstr(answer.err,
                         "own.conf:2: errors.accept: \"ENFLE\" is not legal here; expected none, or names of "
                         "errors with blanks between them, such as: EMFILE ENFILE; did you mean ENFILE?"),
                  "%s", answer.err);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {mistakes_start_nothing,
                                  all_mistakes_are_told,
                                  options_become_the_setting,
                                  a_seed_is_chosen_and_printed,
                                  calls_fail_and_the_log_says_so,
                                  a_seed_repeats,
                                  help_names_the_option,
                                  lists_can_be_read,
                                  NULL};
    return run_suite("provoke", tests);
}
