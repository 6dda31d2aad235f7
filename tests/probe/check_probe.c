/* `listenas probe`: what is emitted, what is read, and what is said of a file that is not as it should be. */
#include "../cli/child.h"

#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define READ(...) call(command, "probe", "--read", __VA_ARGS__, (char *)NULL)

/* As the Makefile joins it and tests.mk compiles it. */
static char source[PATH_MAX], probe[PATH_MAX];

#define HEAD "listenas-probe=1\nsystem=FreeBSD\nrelease=13.0-RELEASE\nmachine=amd64\ndate=2026-01-02\n"
#define HEAD_LINES 5

static const char *report(const char *text)
{
    write_text(in_directory("host.txt"), text, 0644);
    return "host.txt";
}

START_TEST(it_emits_what_the_build_joined)
{
    char line[2 * PATH_MAX];
    snprintf(line, sizeof line, "%s probe --emit | cmp - %s", command, source);
    struct answer answer = call("sh", "-c", line, (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s%s", answer.out, answer.err);
}
END_TEST

/* Every warning is an error. What clang is not asked: about padding, buffers and macros, which C89 cannot do without.
 */
static const struct {
    const char *name, *flags;
} compilers[] = {
    {"gcc", "-std=c89 -pedantic -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Werror"},
    {"clang", "-std=c89 -pedantic -Weverything -Wno-unknown-warning-option -Wno-unsafe-buffer-usage -Wno-padded "
              "-Wno-disabled-macro-expansion -Wno-missing-noreturn -Wno-reserved-macro-identifier -Werror"},
    {"tcc", "-Wall -Werror"},
    {"musl-gcc", "-std=c89 -pedantic -Wall -Wextra -Werror"},
};

START_TEST(it_compiles_without_a_warning)
{
    char line[2 * PATH_MAX];
    snprintf(line, sizeof line, "command -v %s", compilers[_i].name);
    if (call("sh", "-c", line, (char *)NULL).status != 0) {
        fprintf(stderr, "skipped: no %s here\n", compilers[_i].name);
        return;
    }
    snprintf(line, sizeof line, "%s %s -o emitted %s", compilers[_i].name, compilers[_i].flags, source);
    struct answer answer = call("sh", "-c", line, (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s%s", answer.out, answer.err);
    ck_assert_str_eq(answer.err, "");
}
END_TEST

/* Without IPv6, accept4 and socklen_t, as on a system of 1995. */
START_TEST(it_compiles_where_much_is_missing)
{
    char line[2 * PATH_MAX];
    snprintf(
        line, sizeof line,
        "cc -std=c89 -pedantic -Wall -Wextra -Wno-pointer-sign -Werror -DNO_SIX -DNO_ACCEPT4 -DOLD_LENGTH -o old %s",
        source);
    struct answer answer = call("sh", "-c", line, (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s%s", answer.out, answer.err);
}
END_TEST

START_TEST(a_profile_says_who_was_measured_and_when)
{
    static const char *const expected[] = {
        "summary = FreeBSD 13.0-RELEASE, measured\n",
        "source = listenas probe on FreeBSD 13.0-RELEASE amd64, 2026-01-02\n",
        "accept.inherit_nonblock",
        "unbound_inet = EADDRNOTAVAIL # measured on FreeBSD 13.0-RELEASE, 2026-01-02\n",
        "closed_unix = end            # not enforced: Linux says ECONNRESET, and does not tell which close of the "
        "listener "
        "is its last; measured on FreeBSD 13.0-RELEASE, 2026-01-02\n",
        "#   listen.backlog_floor: the operator sets it\n",
        "#   accept.timeout: no answer in 20 seconds\n",
        "#   listen.unbound_inet: freebsd-13 says autobind; measured EADDRNOTAVAIL\n",
        "#   listen.closed_unix: freebsd-13 says reset; measured end\n",
    };
    struct answer answer = READ(report(HEAD "listen.unbound_inet@inet=EADDRNOTAVAIL\nlisten.closed_unix@unix=end\n"
                                            "unanswered.accept.timeout@inet=no answer in 20 seconds\nend=9\n"));
    ck_assert_int_eq(answer.status, 0);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        ck_assert_msg(strstr(answer.out, expected[i]) != NULL, "no \"%s\" in:\n%.1500s", expected[i], answer.out);
    ck_assert_str_eq(answer.err,
                     "listenas: the built-in profile freebsd-13 says otherwise of 2 keys: the end of the profile lists "
                     "them\n");
}
END_TEST

/* The families' answers differ: a profile has TCP's, and says so. */
START_TEST(a_difference_between_families_is_told)
{
    struct answer answer =
        READ(report(HEAD "accept.inherit_nonblock@unix=no\naccept.inherit_nonblock@inet=yes\nend=8\n"));
    ck_assert_msg(strstr(answer.out,
                         "inherit_nonblock = yes       # measured on FreeBSD 13.0-RELEASE, 2026-01-02; unix "
                         "answered no\n") != NULL,
                  "%s", answer.out);
}
END_TEST

START_TEST(a_profile_that_was_read_can_be_used)
{
    struct answer answer = READ(report(HEAD "listen.unbound_inet@inet=EADDRNOTAVAIL\nend=7\n"));
    write_text(in_directory("host.conf"), answer.out, 0644);
    answer = call(command, "profiles", "check", "host.conf", (char *)NULL);
    ck_assert_int_eq(answer.status, 0);
    ck_assert_str_eq(answer.out, "host.conf: good\n");
    answer = RUN("-p", "./host.conf", "--", "true");
    ck_assert_msg(answer.status == 0, "%s", answer.err);
}
END_TEST

/* All answers of a run on this machine: the profile has no mistake, and no line is too long. */
START_TEST(a_whole_report_makes_a_good_profile)
{
    char line[4 * PATH_MAX];
    snprintf(line, sizeof line, "%s > host.txt && %s probe --read host.txt > host.conf && %s profiles check host.conf",
             probe, command, command);
    struct answer answer = call("sh", "-c", line, (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s%s", answer.out, answer.err);
    ck_assert_str_eq(answer.out, "host.conf: good\n");
}
END_TEST

static const struct {
    const char *text, *told;
} mistakes[] = {
    {"", "host.txt:1: expected \"listenas-probe=1\" here"},
    {"hello\n", "host.txt:1: is no output of the probe; expected \"listenas-probe=1\" here"},
    {"\x7f"
     "ELF\1\1\1\n",
     "host.txt:1: is no output of the probe"},
    {"listenas-probe=2\n", "host.txt:1: \"2\" is a format of another listenas; expected 1"},
    {HEAD "what is this\n", "host.txt:6: is no line of the probe; expected \"NAME=ANSWER\""},
    {HEAD "listen.unbound_inte@inet=ok\n",
     "host.txt:6: \"listen.unbound_inte\" is nothing that the probe of this listenas asks; did you mean "
     "listen.unbound_inet?"},
    {HEAD "listen.unbound_inet@ipx=ok\n",
     "host.txt:6: listen.unbound_inet: \"ipx\" is no family; expected inet, inet6 or unix"},
    {HEAD "listen.unbound_inet@inet=EINVAL\nlisten.unbound_inet@inet=EINVAL\n",
     "host.txt:7: listen.unbound_inet: has a second answer, \"EINVAL\"; the first is \"EINVAL\", in line 6"},
    {HEAD "listen.unbound_inet@inet=autobint\n", "host.txt:6: listen.unbound_inet: \"autobint\" is a value that this "
                                                 "key cannot hold; expected kernel autobind ERRNO; "
                                                 "did you mean autobind?"},
    {HEAD "bind.unix_path_max@unix=254\n",
     "host.txt:6: bind.unix_path_max: \"254\" is a value that this key cannot hold; expected kernel 1..253"},
    {HEAD "queue.5@inet=many\n", "host.txt:6: queue.5: \"many\" is no length of a queue"},
    {HEAD "queue.five@inet=6\n", "host.txt:6: queue.five: expected at most 64 backlogs, each a number"},
    {HEAD "without.ipx=no\n", "host.txt:6: without.ipx: expected without.inet, without.inet6 or without.unix"},
};

START_TEST(a_mistake_is_told_with_its_line)
{
    ASSERT_TOLD(READ(report(mistakes[_i].text)), 2, mistakes[_i].told);
}
END_TEST

START_TEST(a_line_without_end_is_told)
{
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    memcpy(text, HEAD, strlen(HEAD));
    text[sizeof text - 1] = '\0';
    ASSERT_TOLD(READ(report(text)), 2, "host.txt:6: is longer than a line of the probe, or no text");
}
END_TEST

/* Long texts, bytes that a terminal would obey, numbers that no queue has: the profile is good all the same. */
START_TEST(a_strange_report_makes_a_good_profile)
{
    char text[4096], many[231];
    memset(many, 'y', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    snprintf(text, sizeof text,
             "listenas-probe=1\nsystem=%s\nrelease=\033[31m;#B\nmachine=%s\ndate=%s\nlisten.closed_unix@unix=end\n"
             "listen.closed_unix@inet=other: %s\nunanswered.accept.timeout@inet=%s\nwithout.inet=%s\n"
             "queue.1@inet=999999\nqueue.5@inet=3\nqueue.2147483647@inet=999999\n",
             many, many, many, many, many, many);
    struct answer answer = READ(report(text));
    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_null(strchr(answer.out, '\033'));
    ck_assert_ptr_nonnull(strstr(answer.out, "listen.capacity_tcp: no formula gives the lengths that were counted"));
    write_text(in_directory("host.conf"), answer.out, 0644);
    answer = call(command, "profiles", "check", "host.conf", (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s", answer.err);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_told)
{
    ASSERT_TOLD(READ("missing"), 2, "missing: No such file or directory");
    ASSERT_TOLD(READ("."), 2, ".: Is a directory");
    ASSERT_TOLD(call(command, "probe", (char *)NULL), 2, "expected --emit, or --read FILE");
    ASSERT_TOLD(READ("missing", "more"), 2, "expected --emit, or --read FILE");
}
END_TEST

/* Cut in the middle of its last line, whose beginning does not count. */
START_TEST(what_was_answered_before_the_cut_counts)
{
    struct answer answer = READ(report(HEAD "listen.unbound_inet@inet=EINVAL\nlisten.closed_unix@unix=en"));
    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_nonnull(strstr(answer.err, "host.txt:7: ends here without the probe's last line"));
    ck_assert_ptr_nonnull(strstr(answer.out, "unbound_inet = EINVAL"));
    ck_assert_ptr_null(strstr(answer.out, "closed_unix ="));
}
END_TEST

START_TEST(lines_that_are_missing_are_told)
{
    struct answer answer = READ(report(HEAD "listen.unbound_inet@inet=EINVAL\nend=9\n"));
    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_nonnull(strstr(answer.err, "host.txt:7: says that it is line 9: lines are missing, or were added"));
}
END_TEST

/* From a machine that ends its lines with a carriage return as well. */
START_TEST(other_ends_of_lines_are_read)
{
    struct answer answer =
        READ(report("listenas-probe=1\r\nsystem=CYGWIN_NT-10.0\r\nlisten.unbound_inet@inet=EINVAL\r\nend=4\r\n"));
    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_nonnull(strstr(answer.out, "unbound_inet = EINVAL"));
}
END_TEST

/* Reads the probe's lines until there are so many, and ends it. Returns its status; `text` has what it printed. */
static int end_probe(int lines, int how, char *text, size_t size)
{
    int ends[2], status, seen = 0;
    size_t length = 0;
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        dup2(ends[1], STDOUT_FILENO);
        execl(probe, probe, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    while (length < size - 1 && read(ends[0], text + length, 1) == 1) {
        seen += text[length] == '\n';
        length++;
        if (seen == lines && text[length - 1] == '\n')
            kill(how == SIGKILL ? -child : child, how); /* its children, too, which could not be told */
    }
    text[length] = '\0';
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

static bool is_empty(const char *path)
{
    return rmdir(path) == 0 && mkdir(path, 0700) == 0;
}

/* It takes its children and its directory along. */
START_TEST(a_probe_that_is_ended_leaves_nothing)
{
    static char text[65536];
    ck_assert_int_eq(mkdir("place", 0700), 0);
    setenv("TMPDIR", in_directory("place"), 1);
    int status = end_probe(40, SIGTERM, text, sizeof text);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM, "%x", status);
    ck_assert(is_empty("place"));
    struct answer answer = READ(report(text));
    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_nonnull(strstr(answer.err, "ends here without the probe's last line"));
    ck_assert_ptr_nonnull(strstr(answer.out, "# measured on Linux "));
}
END_TEST

START_TEST(what_a_killed_probe_printed_counts)
{
    static char text[65536];
    setenv("TMPDIR", directory, 1);
    int status = end_probe(40, SIGKILL, text, sizeof text);
    ck_assert(WIFSIGNALED(status));
    struct answer answer = READ(report(text));
    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_nonnull(strstr(answer.out, "# measured on Linux "));
}
END_TEST

/* A network whose loopback interface is not up. */
static void enter_dead_network(void)
{
    if (unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) != 0)
        _exit(77);
}

static struct answer probe_in_dead_network(void)
{
    struct answer answer = {0};
    int out = memfd_create("out", MFD_CLOEXEC);
    answer.pid = fork();
    if (answer.pid == 0) {
        enter_dead_network();
        dup2(out, STDOUT_FILENO);
        execl(probe, probe, (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(answer.pid, &answer.wait_status, 0), answer.pid);
    answer.status = WEXITSTATUS(answer.wait_status);
    read_back(out, answer.out, sizeof answer.out);
    return answer;
}

START_TEST(without_loopback_it_answers_for_the_rest)
{
    struct answer answer = probe_in_dead_network();
    if (answer.status == 77) {
        fputs("skipped: no network without loopback here\n", stderr);
        return;
    }
    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_nonnull(strstr(answer.out, "\nwithout.inet="));
    ck_assert_ptr_nonnull(strstr(answer.out, "\nlisten.unbound_unix@unix=EINVAL\n"));
    ck_assert_ptr_nonnull(strstr(answer.out, "\nsocket.unknown_family=EAFNOSUPPORT\n"));
    ck_assert_ptr_null(strstr(answer.out, "@inet="));
    answer = READ(report(answer.out));
    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_nonnull(strstr(answer.err, "inet was not tried: "));
}
END_TEST

START_TEST(without_a_directory_it_answers_for_the_rest)
{
    setenv("TMPDIR", "/nonexistent", 1);
    struct answer answer = probe_in_dead_network();
    if (answer.status == 77) {
        fputs("skipped: no network without loopback here\n", stderr);
        return;
    }
    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_nonnull(strstr(answer.out, "\nwithout.unix=/nonexistent/probe."));
    ck_assert_ptr_nonnull(strstr(answer.out, ": No such file or directory\n"));
    ck_assert_ptr_nonnull(strstr(answer.out, "\nsocket.unknown_family=EAFNOSUPPORT\n"));
    ck_assert_ptr_null(strstr(answer.out, "@unix="));
}
END_TEST

static void remove_directory(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    Suite *suite = suite_create("probe");
    TCase *whole = tcase_create("probe");
    const char *build = getenv("LISTENAS_BUILD");
    snprintf(base, sizeof base, "/tmp/probe-test-XXXXXX");
    if (!build || !mkdtemp(base) || chmod(base, 0755) != 0)
        return 1;
    snprintf(source, sizeof source, "%s/probe.c", build);
    snprintf(probe, sizeof probe, "%s/tests/probe/probe", build);
    tcase_add_checked_fixture(whole, make_directory, remove_directory);
    tcase_add_test(whole, it_emits_what_the_build_joined);
    tcase_add_loop_test(whole, it_compiles_without_a_warning, 0, sizeof compilers / sizeof *compilers);
    tcase_add_test(whole, it_compiles_where_much_is_missing);
    tcase_add_test(whole, a_profile_says_who_was_measured_and_when);
    tcase_add_test(whole, a_difference_between_families_is_told);
    tcase_add_test(whole, a_profile_that_was_read_can_be_used);
    tcase_add_test(whole, a_whole_report_makes_a_good_profile);
    tcase_add_loop_test(whole, a_mistake_is_told_with_its_line, 0, sizeof mistakes / sizeof *mistakes);
    tcase_add_test(whole, a_line_without_end_is_told);
    tcase_add_test(whole, a_strange_report_makes_a_good_profile);
    tcase_add_test(whole, a_file_that_cannot_be_read_is_told);
    tcase_add_test(whole, what_was_answered_before_the_cut_counts);
    tcase_add_test(whole, lines_that_are_missing_are_told);
    tcase_add_test(whole, other_ends_of_lines_are_read);
    tcase_add_test(whole, a_probe_that_is_ended_leaves_nothing);
    tcase_add_test(whole, what_a_killed_probe_printed_counts);
    tcase_add_test(whole, without_loopback_it_answers_for_the_rest);
    tcase_add_test(whole, without_a_directory_it_answers_for_the_rest);
    suite_add_tcase(suite, whole);
    int status = suite_run(suite);
    rmdir(base);
    return status;
}
