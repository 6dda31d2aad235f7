/* `listenas test`: input that makes no sense, and programs that do not behave. */
#include "harness.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>

START_TEST(wrong_words_are_told)
{
    ASSERT_TOLD(TEST("-p", "msk", "--", "true"), 2, "unknown platform \"msk\"; did you mean mks?");
    ASSERT_TOLD(TEST("-p", "bsd,all,msk", "--", "true"), 2, "unknown platform \"msk\"; did you mean mks?");
    ASSERT_TOLD(TEST("-p", "native", "--", "true"), 2, "expected a platform beside native");
    ASSERT_TOLD(TEST("-s", "pytset", "--", "true"), 2, "unknown split \"pytset\"; did you mean pytest?");
    ASSERT_TOLD(TEST("-s", "xyz", "--", "true"), 2, "expected check, ctest, node, pytest or tap");
    ASSERT_TOLD(TEST("-r", "junti=f", "--", "true"), 2, "did you mean junit?");
    ASSERT_TOLD(TEST("-r", "junit", "--", "true"), 2, "expected a file");
    ASSERT_TOLD(TEST("--shard", "5/4", "--", "true"), 2, "expected I/N");
    ASSERT_TOLD(TEST("--shard", "0/4", "--", "true"), 2, "expected I/N");
    ASSERT_TOLD(TEST("-j", "0", "--", "true"), 2, "expected a number from 1 to 1024");
    ASSERT_TOLD(TEST("-t", "0", "--", "true"), 2, "expected seconds");
    ASSERT_TOLD(TEST("-t", "nan", "--", "true"), 2, "expected seconds");
    ASSERT_TOLD(TEST("--platfroms=mks", "--", "true"), 2, "did you mean --platforms?");
    ASSERT_TOLD(TEST("--root=/nonexistent", "--", "true"), 2, "--root: /nonexistent: No such file");
    ASSERT_TOLD(TEST("-p", "mks"), 2, "expected a command");
    ASSERT_TOLD(TEST("-s", "tap", "-e", "x", "--", "true"), 2, "expected one of them");
    ASSERT_TOLD(WHY("mks", "--", "true"), 2, "expected CASE@PLATFORM");
    ASSERT_TOLD(WHY("a@msk", "--", "true"), 2, "did you mean mks?");
    ASSERT_TOLD(WHY("a@mks"), 2, "expected a command");
}
END_TEST

START_TEST(a_command_that_cannot_be_run_is_told)
{
    ASSERT_TOLD(TEST("-p", "mks", "--", "./nonesuch"), 2, "./nonesuch does not exist");
    ASSERT_TOLD(TEST("-p", "mks", "--", "/"), 2, "is a directory");
}
END_TEST

START_TEST(no_case_is_told)
{
    if (!can_isolate())
        return;
    ASSERT_TOLD(TEST("-p", "mks", "-e", "nonesuch", "--", "true", "{}"), 2, "nonesuch cannot be read: No such file");
    ASSERT_TOLD(TEST("-p", "mks", "-e", cases("\n\n"), "--", "true", "{}"), 2, "no case found");
    ASSERT_TOLD(TEST("-p", "mks", "-e", cases("a\n"), "--", "true"), 2, "expected {} in the command");
    ASSERT_TOLD(TEST("-p", "mks", "--", "true", "{}"), 2, "expected --each FILE or --split");
    ASSERT_TOLD(TEST("-p", "mks", "-s", "node", "--", "true"), 2, "the command has no word --test");
    struct answer answer = TEST("-p", "mks", "-s", "pytest", "--", "sh", "-c", "echo no module; exit 4");
    ASSERT_STATUS(answer, 2);
    ASSERT_HAS(answer.err, "no case found: --split pytest: the command that lists them ended with exit status 4 and "
                           "printed:\nno module\n");
}
END_TEST

START_TEST(what_fails_natively_is_told)
{
    struct answer answer = TEST("-p", "mks", "--", "sh", "-c", "echo broken; exit 7");
    ASSERT_STATUS(answer, 3);
    ASSERT_HAS(answer.out, "natively fails: sh: exit status 7\n");
    ASSERT_HAS(answer.out, "    | broken\n");
    answer = TEST("-p", "mks", "--", "sh", "-c", "kill -SEGV $$");
    ASSERT_STATUS(answer, 3);
    ASSERT_HAS(answer.out, "natively fails: sh: killed by SIGSEGV\n");
}
END_TEST

/* Whether the text goes on after `before` with a time at which a hang was killed: its limit, or later if it had to
 * wait.
 */
static bool is_killed_after(const char *text, const char *before, double limit)
{
    const char *at = strstr(text, before);
    double seconds = at ? atof(at + strlen(before)) : -1;
    return seconds >= limit && seconds < limit + 60;
}

START_TEST(a_hang_is_killed_and_its_ring_kept)
{
    char ring[PATH_MAX] = "";
    compile_planted();
    struct answer answer = TEST("-p", "mks", "-t", "2.5", "--", "sh", "-c", "./planted hang & wait");
    ASSERT_STATUS(answer, 1);
    ck_assert_msg(
        is_killed_after(answer.out, "\nlisten.unbound_inet\n    as mks\n    in sh: hangs: killed after ", 2.5), "%s",
        answer.out);
    ck_assert_int_eq(sscanf(strstr(answer.out, "its calls: listenas log ") + 24, "%4000s", ring), 1);
    answer = call(command, "log", ring, (char *)NULL);
    ASSERT_HAS(answer.out, "by listen.unbound_inet");
    ck_assert_int_eq(count_processes(in_directory("planted")), 0);
    answer = TEST("-p", "mks", "-t", "1.5", "--", "sleep", "4711.1");
    ASSERT_STATUS(answer, 3);
    ck_assert_msg(is_killed_after(answer.out, "natively fails: sleep: hangs: killed after ", 1.5), "%s", answer.out);
    ASSERT_HAS(answer.out, "native-1.ring");
    ck_assert_int_eq(count_processes("4711.1"), 0);
}
END_TEST

START_TEST(nothing_gets_away)
{
    static const char script[] = "sleep 4711.2 & setsid sh -c 'setsid sleep 4711.2 & sleep 4711.2' >/dev/null & exit 0";
    struct answer answer = TEST("-p", "mks", "--", "sh", "-c", script);
    ASSERT_STATUS(answer, 0);
    ASSERT_HAS(answer.out, "behind, such as s");
    ck_assert_int_eq(count_processes("4711.2"), 0);
}
END_TEST

/* A process that is just ending when the program is done is no leftover. A busy machine may keep it from ending. */
START_TEST(who_ends_in_time_left_nothing)
{
    struct answer answer;
    int trials = 0;
    do {
        answer = TEST("-p", "mks", "--", "sh", "-c", "sleep 0.1 & exit 0");
        ASSERT_STATUS(answer, 0);
    } while (strstr(answer.out, "behind") && ++trials < 10);
    ASSERT_LACKS(answer.out, "behind");
}
END_TEST

START_TEST(there_is_no_terminal)
{
    struct answer answer = TEST("-p", "mks", "--", "sh", "-c", "! read x && ! (: </dev/tty) 2>/dev/null");
    ASSERT_STATUS(answer, 0);
    answer = TEST("-p", "mks", "--", "sh", "-c", "read x");
    ASSERT_STATUS(answer, 3);
    ASSERT_HAS(answer.out, "(its standard input is empty, and it has no terminal)");
}
END_TEST

START_TEST(any_name_is_a_case)
{
    static const char script[] = "printf '%s' \"$1\" | cksum; test \"$1\" != 'a b'";
    static const char names[] = "a b\n\"it's\"\n$(touch pwned)\n\xff\xfe\n<&>\n{}\n";
    struct answer answer =
        TEST("-p", "mks", "-r", "json=r.json", "-e", cases(names), "--", "sh", "-c", script, "sh", "{}");
    ASSERT_STATUS(answer, 3);
    ASSERT_HAS(answer.out, "native               5");
    ASSERT_HAS(answer.out, "mks                  5       0       0");
    ASSERT_HAS(answer.out, "natively fails: a b: exit status 1");
    ck_assert_int_ne(access("pwned", F_OK), 0);
    write_file(in_directory("nul"), "a\nb\0c\0", 6, 0644);
    answer = TEST("-p", "mks", "-e", "nul", "--", "sh", "-c", "test \"$1\" = c", "sh", "{}");
    ASSERT_STATUS(answer, 3);
    ASSERT_HAS(answer.out, "natively fails: a\\x0ab: exit status 1");
}
END_TEST

START_TEST(a_full_disk_is_told)
{
    struct answer answer = TEST("-p", "mks", "-r", "junit=/dev/full", "-r", "tap=t.tap", "--", "true");
    ASSERT_STATUS(answer, 125);
    ASSERT_HAS(answer.err, "--report=junit: /dev/full cannot be written: No space left on device");
    ck_assert_int_eq(access("t.tap", F_OK), 0);
    answer = call("sh", "-c", "\"$0\" test -p mks -- true >/dev/full", command, (char *)NULL);
    ASSERT_STATUS(answer, 125);
    ASSERT_HAS(answer.err, "cannot write to stdout");
}
END_TEST

/* Said once, and no line tells how to replay what is not there. */
START_TEST(a_home_that_cannot_be_written_is_told)
{
    write_text("file", "", 0644);
    setenv("HOME", in_directory("file"), 1);
    struct answer answer = TEST("-p", "mks", "--", "sh", "-c", "test \"$LISTENAS_PROFILE\" != mks");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.err, "nothing is kept for --replay");
    ck_assert_msg(strchr(answer.err, '\n')[1] == '\0', "%s", answer.err);
    ASSERT_LACKS(answer.out, "--replay");
}
END_TEST

/* Whoever reads the table has seen enough: nothing stays behind. */
START_TEST(a_closed_pipe_ends_it_silently)
{
    static const char line[] = "{ \"$0\" test -p mks,bsd -- sh -c 'until test -e closed; do sleep 0.02; done'; "
                               "echo $? >status; } | { exec <&-; touch closed; }";
    struct answer answer = call("sh", "-c", line, command, (char *)NULL);
    ck_assert_str_eq(answer.err, "");
    answer = call("cat", "status", (char *)NULL);
    ck_assert_str_eq(answer.out, "141\n");
    answer = call("sh", "-c", "ls rings | grep -c listenas-test", (char *)NULL);
    ck_assert_str_eq(answer.out, "0\n");
}
END_TEST

/* Where rings are made, a disk of a few pages. */
START_TEST(no_room_for_rings_is_told)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", in_directory("rings"), "tmpfs", 0, "size=64k") != 0) {
        fputs("skipped: no file system may be mounted here\n", stderr);
        return;
    }
    struct answer answer = TEST("-p", "mks", "--", "true");
    ASSERT_STATUS(answer, 125);
    ASSERT_HAS(answer.out, "natively not run: true: not started");
    ASSERT_HAS(answer.out, "No space left on device");
}
END_TEST

static struct answer interrupt(const char *ready, char **words)
{
    struct answer answer = {0};
    int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    answer.pid = fork();
    if (answer.pid == 0)
        become_child(words, out, err);
    while (access(ready, F_OK) != 0)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    kill(answer.pid, SIGINT);
    ck_assert_int_eq(waitpid(answer.pid, &answer.wait_status, 0), answer.pid);
    read_back(out, answer.out, sizeof answer.out);
    read_back(err, answer.err, sizeof answer.err);
    return answer;
}

START_TEST(an_interrupt_leaves_a_report_and_nothing_running)
{
    char script[PATH_MAX];
    snprintf(script, sizeof script,
             "test $LISTENAS_PROFILE = native || { touch %s/ready; setsid sleep 4711.3 & sleep 4711.3; }", directory);
    char *words[] = {command, "test", "-p", "mks,bsd", "-r", "json=r.json", "--", "sh", "-c", script, NULL};
    struct answer answer = interrupt(in_directory("ready"), words);
    ck_assert_msg(WIFSIGNALED(answer.wait_status) && WTERMSIG(answer.wait_status) == SIGINT, "%s", answer.err);
    ck_assert_int_eq(count_processes("4711.3"), 0);
    answer = call("cat", "r.json", (char *)NULL);
    ASSERT_HAS(answer.out, "\"interrupted\": true");
    ASSERT_HAS(answer.out, "\"verdict\": \"passes\"");
    answer = call("sh", "-c", "ls rings | grep -c listenas-test", (char *)NULL);
    ck_assert_str_eq(answer.out, "0\n");
}
END_TEST

/* Nobody is left to tidy up. */
START_TEST(a_killed_harness_leaves_nothing_running)
{
    char script[PATH_MAX];
    snprintf(script, sizeof script, "touch %s/ready; setsid sleep 4711.4 & sleep 4711.4", directory);
    char *words[] = {command, "test", "-p", "mks", "--", "sh", "-c", script, NULL};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0)
        become_child(words, nowhere, nowhere);
    while (access(in_directory("ready"), F_OK) != 0)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    for (int look = 0; look < 10000 && count_processes("4711.4") > 0; look++)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    ck_assert_int_eq(count_processes("4711.4"), 0);
}
END_TEST

/* A filter of system calls stands in the way, as in a container. */
static void forbid_namespaces(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

/* Then the runs take turns, each with a TMPDIR of its own. */
START_TEST(without_namespaces_runs_take_turns)
{
    static const char script[] = "test \"$TMPDIR\" != /tmp && touch $TMPDIR/x && mkdir turn && sleep 0.1 && "
                                 "rmdir turn && ./planted unbound";
    compile_planted();
    forbid_namespaces();
    struct answer answer = TEST("-p", "mks,bsd", "-j", "8", "--", "sh", "-c", script);
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.err, "a seccomp filter forbids them");
    ASSERT_HAS(answer.err, "so the runs go one after the other");
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet\n    as mks\n");
    ASSERT_HAS(answer.out, "bsd                  1       0       0");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        wrong_words_are_told,
        a_command_that_cannot_be_run_is_told,
        no_case_is_told,
        what_fails_natively_is_told,
        a_hang_is_killed_and_its_ring_kept,
        nothing_gets_away,
        who_ends_in_time_left_nothing,
        there_is_no_terminal,
        any_name_is_a_case,
        a_full_disk_is_told,
        a_home_that_cannot_be_written_is_told,
        a_closed_pipe_ends_it_silently,
        no_room_for_rings_is_told,
        an_interrupt_leaves_a_report_and_nothing_running,
        a_killed_harness_leaves_nothing_running,
        without_namespaces_runs_take_turns,
        NULL,
    };
    return run_suite("test_input", tests);
}
