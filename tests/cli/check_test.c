/* `listenas test`: what each planted bug is told to be, flakes, replay, why, and what proves nothing. */
#include "harness.h"

/* --- causes --- */

static const struct planted {
    const char *name, *platform, *keys;
} planted[] = {
    {"blocking_accepted", "bsd", "accept.inherit_nonblock"},
    {"connect_in_progress", "winsock", "connect.in_progress"},
    {"long_queue", "posix", "listen.backlog_max"},
    {"long_queue", "bsd", "listen.backlog_max + host.somaxconn"},
    {"taken_port", "winsock", "bind.reuse"},
    {"unbound", "mks", "listen.unbound_inet"},
    {"abstract_name", "freebsd", "bind.unix_abstract"},
    {"other_loopback", "netbsd", "bind.loopback_net"},
    {"storage_sized", "openbsd", "bind.long_address"},
    {"either", "winsock", "listen.unbound_inet + connect.in_progress"},
};

static void assert_cause(const struct planted *one)
{
    char row[160];
    struct answer answer = TEST("-p", one->platform, "-j", "2", "-e", cases(one->name), "--", "./planted", "{}");
    ASSERT_STATUS(answer, 1);
    snprintf(row, sizeof row, "\n%s\n    as %s\n    in %s: exit status 1\n", one->keys, one->platform, one->name);
    ASSERT_HAS(answer.out, row);
    ASSERT_HAS(answer.out, "portable: ");
    ASSERT_HAS(answer.out, "again: listenas test --replay ");
}

START_TEST(each_cause_is_named)
{
    if (!can_isolate())
        return;
    compile_planted();
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++)
        assert_cause(&planted[i]);
}
END_TEST

START_TEST(the_sound_program_is_as_native_everywhere)
{
    compile_planted();
    struct answer answer = TEST("-e", cases("sound\n"), "--", "./planted", "{}");
    ASSERT_STATUS(answer, 0);
    ASSERT_HAS(answer.out, "\nmks                  1       0       0");
    ASSERT_HAS(answer.out, "\nlinux                1       0       0");
    ASSERT_LACKS(answer.out, "again:");
}
END_TEST

START_TEST(causes_are_grouped)
{
    compile_planted();
    struct answer answer = TEST("-p", "mks,posix,winsock", "-e", cases("unbound\nsound\n"), "--", "./planted", "{}");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet\n    as mks, posix, winsock\n    in unbound: exit status 1\n"
                           "    listen(");
    ASSERT_HAS(answer.out, "listen.unbound_inet = EDESTADDRREQ (Linux: autobind) as posix: ");
    ASSERT_HAS(answer.out, "portable: always bind before you listen\n");
}
END_TEST

/* A key of the user's own is no platform's: it is there natively, too. */
START_TEST(what_the_user_sets_is_native)
{
    compile_planted();
    setenv("LISTENAS_SET", "listen.unbound_inet=EPERM", 1);
    struct answer answer = TEST("-p", "mks", "--", "./planted", "unbound");
    ASSERT_STATUS(answer, 3);
}
END_TEST

START_TEST(a_flake_is_no_difference)
{
    char path[PATH_MAX];
    compile_planted();
    snprintf(path, sizeof path, "%s/turn", directory);
    write_text(path, "", 0600); /* so that the first run, which is native's, passes */
    struct answer answer = TEST("-p", "mks", "-j", "1", "-r", "junit=j.xml", "--", "./planted", "flaky", path);
    ASSERT_STATUS(answer, 4);
    ASSERT_HAS(answer.out, "flaky: ./planted as mks");
    answer = call("xmllint", "--noout", "--nonet", "--schema", planted_file("surefire.xsd"), "j.xml", (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s", answer.err);
    unlink(path);
    answer = TEST("-p", "mks", "-j", "1", "--", "./planted", "flaky", path);
    ASSERT_STATUS(answer, 4);
    ASSERT_HAS(answer.out, "natively flaky: ./planted");
}
END_TEST

START_TEST(test_points_are_cases)
{
    compile_planted();
    struct answer answer = TEST("-p", "mks", "-s", "tap", "--", "./planted", "tap", "sound", "unbound", "taken_port");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "native               3");
    ASSERT_HAS(answer.out, "mks                  1       2       2");
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet\n    as mks\n    in unbound: ");
    ASSERT_HAS(answer.out, "\nbind.reuse\n    as mks\n    in taken_port: ");
}
END_TEST

/* --- one case --- */

START_TEST(why_tells_each_step)
{
    compile_planted();
    struct answer answer = WHY("either@winsock", "--", "./planted", "{}");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "as native: passes, exit status 0");
    ASSERT_HAS(answer.out, "as winsock: does not pass, exit status 1");
    ASSERT_HAS(answer.out, "    | listen: Invalid argument\n");
    ASSERT_HAS(answer.out, "does not pass with listen.unbound_inet=kernel\n");
    ASSERT_HAS(answer.out, "passes        with listen.unbound_inet=kernel,connect.in_progress=kernel\n");
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet + connect.in_progress\n");
    answer = WHY("sound@winsock", "--", "./planted", "{}");
    ASSERT_STATUS(answer, 0);
    answer = WHY("unbound@mks", "--", "./planted", "{}");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "1 key acted in 1 call:\n    listen.unbound_inet             1 time, such as listen(");
    answer = WHY("unbund@mks", "-s", "tap", "--", "./planted", "tap", "unbound");
    ASSERT_STATUS(answer, 2);
    ASSERT_HAS(answer.err, "unknown case \"unbund\"; did you mean ");
}
END_TEST

START_TEST(a_difference_is_replayed)
{
    char id[64] = "";
    compile_planted();
    struct answer answer =
        TEST("-p", "posix,mks", "-r", "json=r.json", "-e", cases("sound\nunbound\n"), "--", "./planted", "{}");
    ASSERT_STATUS(answer, 1);
    ck_assert_int_eq(sscanf(strstr(answer.out, "--replay ") + 9, "%60s", id), 1);
    ck_assert_msg(strstr(id, ":posix:2") != NULL, "%s", id);
    ck_assert_int_eq(chdir("/"), 0);
    answer = TEST("--replay", id);
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "as posix: does not pass");
    ASSERT_HAS(answer.out, "passes        with listen.unbound_inet=kernel\n");
    ASSERT_HAS(answer.out, id);
    answer = TEST("--replay", in_directory("r.json:mks:2"));
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "as mks: does not pass");
    answer = TEST("--replay", in_directory("r.json:mks:1"));
    ASSERT_STATUS(answer, 0);
    ASSERT_TOLD(TEST("--replay", in_directory("r.json:mks:9")), 2, "there is no case 9");
    ASSERT_TOLD(TEST("--replay", "00000000:mks:1"), 2, "nothing is kept of 00000000");
    ASSERT_TOLD(TEST("--replay", "mks"), 2, "expected RUN:PLATFORM:NUMBER");
}
END_TEST

/* --- isolation --- */

/* Each run has /tmp, the ports and the ring for itself; what was built in /tmp is there. */
START_TEST(runs_do_not_meet)
{
    static const char script[] = "test ! -e /tmp/met-by-another && touch /tmp/met-by-another $TMPDIR/too && "
                                 "test -e \"$LISTENAS_RING\" && test $TMPDIR = /tmp && sleep 0.2";
    if (!can_isolate())
        return;
    struct answer answer = TEST("-p", "mks,bsd,posix", "-j", "4", "--", "sh", "-c", script);
    if (strstr(answer.err, "no namespaces")) {
        fputs("skipped: no namespaces of one's own here\n", stderr);
        return;
    }
    ASSERT_STATUS(answer, 0);
    ck_assert_int_ne(access("/tmp/met-by-another", F_OK), 0);
}
END_TEST

START_TEST(a_platform_has_its_kernel_settings)
{
    if (!can_isolate())
        return;
    struct answer answer = TEST("-p", "bsd", "--", "sh", "-c", "test $(cat /proc/sys/net/core/somaxconn) != 7");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "\nhost.somaxconn\n    as bsd\n");
}
END_TEST

/* --- what proves nothing --- */

START_TEST(what_proves_nothing_is_said)
{
    compile_planted();
    struct answer answer = TEST("-p", "mks", "--", "true");
    ASSERT_STATUS(answer, 0);
    ASSERT_HAS(answer.out, "1 result proves less: no call was seen");
    answer = TEST("-p", "posix,bsd", "--", "./planted", "zero_backlog");
    ASSERT_STATUS(answer, 0);
    ASSERT_HAS(answer.out, "listen.backlog_zero, not enforced: 1 result proves nothing of it\n");
    answer = TEST("-p", "posix", "--", "./planted", "sound");
    ASSERT_LACKS(answer.out, "prove");
    answer = TEST("-p", "bsd", "--", "./planted", "many_calls");
    ASSERT_HAS(answer.out, "1 result proves less: the ring was too small");
    setenv("LISTENAS_RING", "8M", 1);
    answer = TEST("-p", "bsd", "--", "./planted", "many_calls");
    ASSERT_LACKS(answer.out, "the ring was too small");
    setenv("LISTENAS_REFUSER", "/nonexistent", 1);
    answer = TEST("-p", "winsock", "--", "./planted", "sound");
    ASSERT_HAS(answer.out, "1 result proves less: a queue was to refuse its clients, and there was no refuser");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_cause_is_named,
        the_sound_program_is_as_native_everywhere,
        causes_are_grouped,
        what_the_user_sets_is_native,
        a_flake_is_no_difference,
        test_points_are_cases,
        why_tells_each_step,
        a_difference_is_replayed,
        runs_do_not_meet,
        a_platform_has_its_kernel_settings,
        what_proves_nothing_is_said,
        NULL,
    };
    return run_suite("test", tests);
}
