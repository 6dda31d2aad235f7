/* `listenas test --provoke`: what is told of a server that takes an error well, and of one that does not. */
#include "harness.h"

static void compile_server(void)
{
    compile_file("provoked.c", "provoked", "");
}

/* Three clients and one call that waits for a fourth: EMFILE can come at each, a client can be lost at three. */
START_TEST(a_sound_server_passes)
{
    compile_server();
    struct answer answer = TEST("--provoke", "accept:EMFILE,accept:ECONNABORTED", "--", "./provoked", "none");
    ASSERT_STATUS(answer, 0);
    ck_assert_str_eq(answer.out, "7 errors provoked, one in each run: 7 runs pass, 0 do not\n");
    ck_assert_str_eq(answer.err, "");
}
END_TEST

static const struct {
    const char *bug, *told;
} bugs[] = {
    {"exits", "accept:EMFILE@1: fails, exits\n    as native, in ./provoked: exit status 2\n"},
    {"spins", "accept:EMFILE@1: fails, spins\n"},
    {"stuck", "accept:EMFILE@1: fails, stuck\n"},
    {"leaks", "accept:EMFILE@4: leaks\n    as native, in ./provoked: exit status 0\n"},
};

START_TEST(each_bug_is_named)
{
    static const char *const words[] = {"exits", "spins", "stuck", "leaks"};
    compile_server();
    struct answer answer = TEST("--provoke", "accept:EMFILE", "--", "./provoked", bugs[_i].bug);
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, bugs[_i].told);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], bugs[_i].bug) != 0)
            ASSERT_LACKS(answer.out, words[i]);
}
END_TEST

/* What the platform lists is provoked, and no more: under glibc accept has no EMFILE. */
START_TEST(platforms_have_their_own_errors)
{
    compile_server();
    struct answer answer = TEST("-p", "glibc,posix", "--provoke", "listen", "--", "./provoked", "none");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "listen:EACCES@1: fails, exits\n    as posix, in ./provoked: exit status 1\n");
    ASSERT_HAS(answer.out, "listen:ENOBUFS@1: fails, exits\n    as posix");
    ASSERT_HAS(answer.out, "2 errors provoked, one in each run: 0 runs pass, 2 do not\n");
}
END_TEST

/* The last call of a process that goes on without one does not end it. */
START_TEST(failing_is_not_exiting)
{
    compile_server();
    struct answer answer = TEST("--provoke", "connect:ETIMEDOUT", "--", "./provoked", "none");
    ASSERT_STATUS(answer, 1);
    for (int number = 1; number <= 3; number++) {
        char told[64];
        snprintf(told, sizeof told, "connect:ETIMEDOUT@%d: fails\n", number);
        ASSERT_HAS(answer.out, told);
    }
    ASSERT_HAS(answer.out, "3 errors provoked, one in each run: 0 runs pass, 3 do not\n");
}
END_TEST

START_TEST(what_fails_anyway_is_not_tried)
{
    compile_server();
    struct answer answer = TEST("--provoke", "all", "--", "./provoked", "broken");
    ASSERT_STATUS(answer, 3);
    ck_assert_str_eq(answer.out, "not tried: it fails without an error: ./provoked, as native\n"
                                 "0 errors provoked, one in each run: 0 runs pass, 0 do not\n");
}
END_TEST

START_TEST(wrong_wishes_are_told)
{
    ASSERT_TOLD(TEST("--provoke", "acept", "--", "true"), 2, "--provoke: \"acept\": did you mean accept?");
    ASSERT_TOLD(TEST("--provoke", "", "--", "true"), 2, "--provoke: \"\": expected all, or a list of CALL");
    ASSERT_TOLD(TEST("--provoke", "accept:EMFLE", "--", "true"), 2,
                "--provoke: \"accept:EMFLE\": \"EMFLE\" is no name of an error");
    ASSERT_TOLD(TEST("--provoke", "all", "--shard", "1/2", "--", "true"), 2,
                "--provoke: cannot be together with --shard");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("provoke");
    TCase *all = tcase_create("provoke");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, make_directory, NULL);
    if (can_isolate()) {
        tcase_add_test(all, a_sound_server_passes);
        tcase_add_loop_test(all, each_bug_is_named, 0, (int)(sizeof bugs / sizeof *bugs));
        tcase_add_test(all, what_fails_anyway_is_not_tried);
    }
    tcase_add_test(all, platforms_have_their_own_errors);
    tcase_add_test(all, failing_is_not_exiting);
    tcase_add_test(all, wrong_wishes_are_told);
    suite_add_tcase(suite, all);
    strcpy(base, "/tmp/check-run-XXXXXX");
    if (!mkdtemp(base) || chmod(base, 0755) != 0)
        return EXIT_FAILURE;
    int status = suite_run(suite);
    nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return status;
}
