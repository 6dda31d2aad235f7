/* The examples, with the library and without it. */
#include "../cli/child.h"

static const char *built(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", getenv("LISTENAS_BUILD"), name);
    return path;
}

/* --- Check --- */

START_TEST(with_the_library_each_platform_is_tested)
{
    struct answer answer = RUN("-p", "linux", "-r", in_directory("a.ring"), "--", built("tests/example/platforms"));
    ck_assert_msg(answer.status == 0, "status %d: %s%s", answer.status, answer.out, answer.err);
    ck_assert_ptr_nonnull(strstr(answer.out, "100%: Checks: 5, Failures: 0, Errors: 0\n"));
    ck_assert_ptr_null(strstr(answer.out, "skipped"));
    answer = call(command, "log", in_directory("a.ring"), (char *)NULL);
    ck_assert_ptr_nonnull(strstr(answer.out, " use: freebsd\n"));
    ck_assert_ptr_nonnull(strstr(answer.out, " mark: the queue begins\n"));
}
END_TEST

START_TEST(a_platform_that_breaks_a_test_fails_it)
{
    struct answer answer =
        RUN("-p", "linux", "-o", "listen.capacity_tcp=b + 2", "--", built("tests/example/platforms"));
    ck_assert_msg(answer.status == 1, "status %d: %s%s", answer.status, answer.out, answer.err);
    ck_assert_ptr_nonnull(strstr(answer.out, "Failures: 4, Errors: 0\n"));
}
END_TEST

START_TEST(without_the_library_platforms_are_skipped)
{
    struct answer answer = call(built("tests/example/platforms"), (char *)NULL);
    ck_assert_msg(answer.status == 77, "status %d: %s%s", answer.status, answer.out, answer.err);
    ck_assert_ptr_nonnull(strstr(answer.out, "100%: Checks: 1, Failures: 0, Errors: 0\n"));
    ck_assert_ptr_nonnull(strstr(answer.out, "\nskipped: the queue on 4 platforms: liblistenas.so is not loaded"));
}
END_TEST

/* --- pytest --- */

#define PYTHON "/usr/bin/python3"

/* Debian's, with the package that tests/needs installs; elsewhere there may be none. */
static bool has_pytest(void)
{
    if (call(PYTHON, "-c", "import pytest", (char *)NULL).status == 0)
        return true;
    fputs("skipped: " PYTHON " has no pytest\n", stderr);
    return false;
}

/* Runs the example, or another file of tests, with these words before the command. */
static struct answer run_pytest(const char *words, const char *file)
{
    char line[3 * PATH_MAX];
    const char *build = getenv("LISTENAS_BUILD");
    snprintf(line, sizeof line,
             "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=%s/../shim/share %s " PYTHON
             " -m pytest -rs -p no:cacheprovider -p pytest_listenas --rootdir=%s %s",
             build, words, directory, file);
    return call("sh", "-c", line, (char *)NULL);
}

static const char *example(void)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/../tests/example/test_platforms.py", getenv("LISTENAS_BUILD"));
    return path;
}

static const char *listenas_run(void)
{
    static char words[PATH_MAX];
    snprintf(words, sizeof words, "%s run -p linux -r %s --", command, in_directory("a.ring"));
    return words;
}

START_TEST(pytest_tests_each_platform)
{
    if (!has_pytest())
        return;
    struct answer answer = run_pytest(listenas_run(), example());
    ck_assert_msg(answer.status == 0 && strstr(answer.out, "4 passed"), "%s%s", answer.out, answer.err);
    answer = call(command, "log", in_directory("a.ring"), (char *)NULL);
    ck_assert_ptr_nonnull(strstr(answer.out, " mark: test_queue[mks]\n"));
    ck_assert_ptr_nonnull(strstr(answer.out, " use: mks\n"));
}
END_TEST

START_TEST(pytest_skips_without_the_library)
{
    if (!has_pytest())
        return;
    struct answer answer = run_pytest("", example());
    ck_assert_msg(answer.status == 0 && strstr(answer.out, "1 passed, 3 skipped"), "%s%s", answer.out, answer.err);
    ck_assert_ptr_nonnull(strstr(answer.out, "liblistenas.so is not loaded"));
}
END_TEST

static const char other_tests[] = "import threading\nimport pytest\n"
                                  "@pytest.mark.platforms('bsd')\ndef test_is_used(listenas):\n"
                                  "    assert listenas.platform == 'bsd'\n"
                                  "def test_is_given_back(listenas):\n    assert listenas.platform == 'linux'\n"
                                  "@pytest.mark.platforms('frebsd')\ndef test_unknown(listenas):\n    pass\n"
                                  "def test_bad_descriptor(listenas):\n"
                                  "    with pytest.raises(OSError):\n        listenas.wait_full(999, 1)\n";

START_TEST(pytest_gives_the_platform_back_and_fails_an_unknown_one)
{
    if (!has_pytest())
        return;
    write_text(in_directory("test_other.py"), other_tests, 0644);
    struct answer answer = run_pytest(listenas_run(), in_directory("test_other.py"));
    ck_assert_msg(answer.status == 1 && strstr(answer.out, "3 passed, 1 error"), "%s%s", answer.out, answer.err);
    ck_assert_ptr_nonnull(strstr(answer.out, "did you mean freebsd?"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        with_the_library_each_platform_is_tested,
        a_platform_that_breaks_a_test_fails_it,
        without_the_library_platforms_are_skipped,
        pytest_tests_each_platform,
        pytest_skips_without_the_library,
        pytest_gives_the_platform_back_and_fails_an_unknown_one,
        NULL,
    };
    return run_suite("example", tests);
}
