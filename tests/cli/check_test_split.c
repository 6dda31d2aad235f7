/* `listenas test --split`: the cases of each framework are listed, run one by one, and told apart. */
#include "harness.h"

START_TEST(cases_of_check)
{
    compile_file("with_check.c", "with_check", "-lcheck -lsubunit -lm -lrt -lpthread");
    struct answer answer = TEST("-p", "freebsd,mks", "-s", "check", "-r", "json=r.json", "--", "./with_check");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "native               5");
    ASSERT_HAS(answer.out, "freebsd              3       2       1");
    ASSERT_HAS(answer.out, "\nbind.loopback_net\n    as freebsd\n    in addresses/one/other_loopback, "
                           "addresses/two/rounds:1: ");
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet\n    as mks\n    in queues & more/listening/unbound: ");
    answer = WHY("addresses/one/other_loopback@freebsd", "-s", "check", "--", "./with_check");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "Assertion 'bind_to(\"127.0.0.2\") == 0' failed");
    answer = TEST("--replay", "r.json:mks:5");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "passes        with listen.unbound_inet=kernel\n");
    answer = WHY("addresses/oen@freebsd", "-s", "check", "--", "./with_check");
    ASSERT_STATUS(answer, 2);
    ASSERT_HAS(answer.err, "unknown case \"addresses/oen\"; did you mean addresses/one?");
    answer = WHY("nothing of it@freebsd", "-s", "check", "--", "./with_check");
    ASSERT_STATUS(answer, 2);
    ASSERT_HAS(answer.err, "unknown case \"nothing of it\"; expected one such as \"addresses/one/TEST\"");
    ASSERT_TOLD(WHY("addresses/oen/sound@freebsd", "-s", "check", "--", "./with_check"), 2,
                "unknown case \"addresses/oen/sound\"; did you mean addresses/one/sound?");
    answer = WHY("addresses/one/sonud@freebsd", "-s", "check", "--", "./with_check");
    ASSERT_STATUS(answer, 2);
    ASSERT_HAS(answer.err, "unknown case \"addresses/one/sonud\"; did you mean addresses/one/sound?");
}
END_TEST

/* A program that dies in the middle has said nothing of the rest. */
START_TEST(a_point_that_is_missing_does_not_pass)
{
    static const char script[] = "echo 1..2; echo ok 1 - first; ./planted unbound || kill -9 $$; echo ok 2 - second";
    compile_planted();
    struct answer answer = TEST("-p", "mks", "-s", "tap", "--", "sh", "-c", script);
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet\n    as mks\n    in second: killed by SIGKILL\n");
    ASSERT_HAS(answer.out, "mks                  1       1       1");
}
END_TEST

/* It lists and runs as pytest does, in what matters here. */
START_TEST(cases_of_pytest)
{
    static const char pytest[] = "#!/bin/sh\n"
                                 "if [ \"$1\" = --collect-only ]; then\n"
                                 "    printf 'test_net.py::test_sound\\ntest_net.py::test_unbound[a b]\\n\\n2 tests "
                                 "collected in 0.01s\\n'\n"
                                 "    exit 0\n"
                                 "fi\n"
                                 "case $1 in *sound) ./planted sound;; *'[a b]') ./planted unbound;; *) exit 4; esac\n";
    compile_planted();
    write_text(in_directory("pytest"), pytest, 0755);
    struct answer answer = TEST("-p", "mks,freebsd", "-s", "pytest", "--", "./pytest");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "native               2");
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet\n    as mks\n    in test_net.py::test_unbound[a b]: exit status 1\n");
    answer = TEST("-p", "mks", "-s", "pytest", "--", "./pytest", "{}");
    ASSERT_STATUS(answer, 1);
}
END_TEST

static bool is_installed(const char *program)
{
    struct answer answer = call("sh", "-c", "command -v \"$0\" >/dev/null", program, (char *)NULL);
    if (answer.status != 0)
        fprintf(stderr, "skipped: there is no %s here\n", program);
    return answer.status == 0;
}

START_TEST(cases_of_ctest)
{
    compile_planted();
    if (!is_installed("ctest"))
        return;
    write_text(in_directory("CTestTestfile.cmake"),
               "add_test(sound \"./planted\" \"sound\")\nadd_test(\"un(bound).*\" \"./planted\" \"unbound\")\n"
               "add_test(unbound.x \"./planted\" \"sound\")\n",
               0644);
    struct answer answer = TEST("-p", "mks,freebsd", "-s", "ctest", "--", "ctest");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "native               3");
    ASSERT_HAS(answer.out, "mks                  2       1       1");
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet\n    as mks\n    in un(bound).*: exit status 8\n");
}
END_TEST

START_TEST(cases_of_node)
{
    static const char script[] =
        "const test = require('node:test'), net = require('node:net');\n"
        "const listen = host => (t, done) => {\n"
        "  const server = net.createServer().listen(0, host, () => server.close(done)).on('error', done);\n};\n"
        "test('sound', listen('127.0.0.1'));\n"
        "test('other (odd) [x]', listen('127.0.0.2'));\n"
        "test.describe('group', () => { test.it('inner', listen('127.0.0.3')); });\n";
    if (!is_installed("node"))
        return;
    write_text(in_directory("a.test.js"), script, 0644);
    struct answer answer = TEST("-p", "freebsd", "-s", "node", "--", "node", "--test", "a.test.js");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "native               3");
    ASSERT_HAS(answer.out, "\nbind.loopback_net\n    as freebsd\n    in other (odd) [x], group > inner: ");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        cases_of_check, a_point_that_is_missing_does_not_pass, cases_of_pytest, cases_of_ctest, cases_of_node, NULL,
    };
    return run_suite("test_split", tests);
}
