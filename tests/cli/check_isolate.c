/* `listenas run --isolate`: a network of the program's own, for an ordinary user who has no right but his own. */
#include "child.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

/* Not the one that stands for everybody who is not in a user namespace. */
#define SOMEBODY 12345

#define ISOLATE(...) RUN("--isolate", __VA_ARGS__)

/* Prints an answer's line by its beginning; "" if there is none. */
static const char *line_of(const struct answer *answer, const char *beginning)
{
    static char line[256];
    const char *at = answer->out;
    size_t length = strlen(beginning);
    line[0] = '\0';
    while (at && strncmp(at, beginning, length) != 0)
        at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
    if (at)
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

#define ASSERT_LINE(answer, line) ck_assert_str_eq(line_of(&(answer), line), line)

static void become_ordinary(void)
{
    if (geteuid() == 0 && (setgid(SOMEBODY) != 0 || setuid(SOMEBODY) != 0))
        _exit(99);
}

/* Whether this process can go into such namespaces and set what is to be set there: a container may forbid both. */
static bool can_leave(int spaces)
{
    return syscall(SYS_unshare, spaces) == 0 && open("/proc/sys/net/core/somaxconn", O_WRONLY | O_CLOEXEC) >= 0;
}

/* The next children are an ordinary user's. False, with a word on stderr, where such a one may have no network. */
static bool is_ordinary(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        become_ordinary();
        _exit(can_leave(CLONE_NEWUSER | CLONE_NEWNET) ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    child_user = geteuid() == 0 ? SOMEBODY : 0;
    if (status == 0)
        return true;
    fputs("skipped: ordinary users may have no network of their own here\n", stderr);
    return false;
}

/* --- the platform's settings --- */

static const char tell_settings[] = "cd /proc/sys/net && echo $(cat core/somaxconn ipv4/ip_local_port_range "
                                    "ipv4/ip_unprivileged_port_start ipv4/tcp_syncookies ipv4/tcp_max_syn_backlog)";

enum { SETTINGS = 6 };

/* In this order. */
static const char *const names[SETTINGS] = {"the limit of queues",
                                            "the lowest port that is chosen",
                                            "the highest port",
                                            "the lowest port without a privilege",
                                            "whether there are syncookies",
                                            "the SYN backlog"};

/* The next number of a text, which is to have one. */
static int take_number(const char **text)
{
    char *end;
    long number = strtol(*text, &end, 10);
    ck_assert_msg(end != *text && number >= 0 && number <= INT_MAX, "%s", *text);
    *text = end;
    return (int)number;
}

static void find_settings(const char *profile, int settings[SETTINGS])
{
    struct answer answer = ISOLATE("-p", profile, "sh", "-c", tell_settings);
    const char *text = answer.out;
    ASSERT_QUIET(answer, 0);
    for (int i = 0; i < SETTINGS; i++)
        settings[i] = take_number(&text);
}

/* As the kernel has it. */
#define K (-1)

/*
 * Written down by hand from what is published of the platforms. The limit is what the longest queue needs.
 */
static const struct {
    const char *profile;
    int settings[SETTINGS];
} platforms[] = {
    {"native", {K, K, K, K, K, K}},
    {"linux", {4096, K, K, 1024, 1, K}},
    {"linux-2.4", {128, 32768, 61000, 1024, K, 1024}},
    {"linux-2.2", {INT_MAX - 1, 1024, 4999, 1024, K, 128}},
    {"linux-2.0", {INT_MAX - 1, 1024, 32767, 1024, K, K}},
    {"bsd-4.2", {7, 1024, 5000, 1024, 0, K}},
    {"bsd", {7, 1024, 5000, 1024, 0, K}},
    {"freebsd-4", {192, 1024, 5000, 1024, 0, K}},
    {"freebsd-9", {192, 10000, 65535, 1024, 0, K}},
    {"freebsd", {192, 10000, 65535, 1024, 0, K}},
    {"dragonfly", {192, 1024, 5000, 1024, 0, K}},
    {"netbsd", {192, 49152, 65535, 1024, 0, K}},
    {"openbsd", {384, 1024, 49151, 1024, 0, K}},
    {"macos", {128, 49152, 65535, 1024, 0, K}},
    {"winsock", {65534, 49152, 65535, 0, 0, K}},
    {"winsock-nt4", {K, 1025, 5000, 0, 0, K}},
    {"mks", {K, 49152, 65535, 0, 0, K}},
    {"glibc", {INT_MAX - 1, K, K, 1024, 0, K}},
    {"solaris", {4095, 32768, 65535, 1024, 0, 1024}},
    {"aix", {1536, K, K, K, K, K}},
    {"hpux", {6144, K, K, K, K, K}},
    {"hurd", {INT_MAX - 1, 32768, 61000, 1024, 0, 128}},
};

START_TEST(the_kernel_is_set_as_the_platforms)
{
    int kernels[SETTINGS], is[SETTINGS];
    if (!is_ordinary())
        return;
    find_settings("native", kernels);
    for (size_t i = 0; i < sizeof platforms / sizeof *platforms; i++) {
        find_settings(platforms[i].profile, is);
        for (int j = 0; j < SETTINGS; j++) {
            int expected = platforms[i].settings[j] == K ? kernels[j] : platforms[i].settings[j];
            ck_assert_msg(is[j] == expected, "%s: %s is %d, not %d", platforms[i].profile, names[j], is[j], expected);
        }
    }
}
END_TEST

/* What the observer of tests/conformance, given these words, sees in there. */
static struct answer observe(const char *profile, const char *set, const char *words)
{
    char path[PATH_MAX], line[128];
    snprintf(path, sizeof path, "%s/tests/conformance/conform", getenv("LISTENAS_BUILD"));
    copy_file(path, in_directory("conform"));
    snprintf(line, sizeof line, "exec ./conform %s", words);
    struct answer answer = ISOLATE("-p", profile, "-o", set, "sh", "-c", line);
    ASSERT_QUIET(answer, 0);
    return answer;
}

#define NOTHING "listen.backlog_floor=0"

/* The observer gives a refusal 300 ms: where the refuser is kept waiting that long, it sees none, and looks again. */
#define TRIALS 5

static void expect_line(const char *profile, const char *line)
{
    struct answer seen = observe(profile, NOTHING, "");
    for (int trial = 1; trial < TRIALS && strcmp(line_of(&seen, line), line) != 0; trial++)
        seen = observe(profile, NOTHING, "");
    ASSERT_LINE(seen, line);
}

START_TEST(a_full_queue_refuses)
{
    if (!is_ordinary())
        return;
    expect_line("mks", "listen.overflow_tcp = refuse");
    struct answer seen = observe("mks", NOTHING, "capacity inet 1 5 199 100000");
    ck_assert_str_eq(seen.out, "inet 1 = 1\ninet 5 = 5\ninet 199 = 199\ninet 100000 = 200\n");
    expect_line("bsd", "listen.overflow_tcp = drop");
}
END_TEST

/* The machine's own limit is 4096 or whatever; here it is the platform's. */
START_TEST(the_longest_queue_is_the_platforms)
{
    static const struct {
        const char *profile, *set, *words, *out;
    } rows[] = {
        {"linux", NOTHING, "capacity inet 100000", "inet 100000 = 4097\n"},
        {"linux", "host.somaxconn=70", "capacity inet 100000", "inet 100000 = 71\n"},
        {"linux-2.4", NOTHING, "capacity inet 100000", "inet 100000 = 129\n"},
        {"linux-2.4", NOTHING, "capacity inet 10", "inet 10 = 13\n"},
        {"linux-2.4", "host.somaxconn_live=no", "capacity inet 100000", "inet 100000 = 131\n"},
        {"linux-2.4", "listen.backlog_max=7", "capacity inet 100000", "inet 100000 = 10\n"},
        {"linux", "listen.backlog_floor=6000", "capacity inet 5", "inet 5 = 6001\n"},
        {"freebsd-9", "listen.backlog_max=4000", "capacity inet 100000", "inet 100000 = 6001\n"},
    };
    if (!is_ordinary())
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct answer seen = observe(rows[i].profile, rows[i].set, rows[i].words);
        if (strstr(seen.out, "skipped"))
            fputs("skipped: a queue that is longer than this user may have descriptors\n", stderr);
        else
            ck_assert_str_eq(seen.out, rows[i].out);
    }
}
END_TEST

/* Only root may set it, as on the platform. */
START_TEST(a_limit_that_the_program_sets_counts)
{
    static const struct {
        const char *profile, *out;
    } rows[] = {
        {"linux", "inet 100000 = 41\n"}, {"linux-2.4", "inet 100000 = 41\n"}, {"linux-2.2", "inet 100000 = 41\n"}};
    char path[PATH_MAX];
    if (geteuid() != 0 || !is_ordinary()) {
        fputs("skipped: needs root, who may set net.core.somaxconn\n", stderr);
        return;
    }
    child_user = 0;
    snprintf(path, sizeof path, "%s/tests/conformance/conform", getenv("LISTENAS_BUILD"));
    copy_file(path, in_directory("conform"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct answer seen = ISOLATE("-p", rows[i].profile, "sh", "-c",
                                     "echo 40 > /proc/sys/net/core/somaxconn && exec ./conform capacity inet 100000");
        ASSERT_QUIET(seen, 0);
        ck_assert_msg(strcmp(seen.out, rows[i].out) == 0, "%s: %s", rows[i].profile, seen.out);
    }
    struct answer seen = ISOLATE("-p", "linux-2.4", "sh", "-c",
                                 "echo 300 > /proc/sys/net/core/somaxconn && exec ./conform capacity inet 200 100000");
    ck_assert_str_eq(seen.out, "inet 200 = 203\ninet 100000 = 301\n");
}
END_TEST

/* Connects to itself, and tells the port that it was given to listen at and the one to connect from. */
static const char connecting[] =
    "#include <arpa/inet.h>\n#include <stdio.h>\n#include <sys/socket.h>\n"
    "static int port(int fd)\n{\n"
    "    struct sockaddr_in a;\n    socklen_t n = sizeof a;\n"
    "    getsockname(fd, (struct sockaddr *)&a, &n);\n    return ntohs(a.sin_port);\n}\n"
    "int main(void)\n{\n"
    "    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};\n"
    "    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);\n"
    "    bind(listener, (struct sockaddr *)&a, sizeof a);\n    listen(listener, 1);\n"
    "    a.sin_port = htons(port(listener));\n"
    "    if (connect(client, (struct sockaddr *)&a, sizeof a) != 0)\n        perror(\"connect\");\n"
    "    printf(\"%d %d\\n\", port(listener), port(client));\n}\n";

START_TEST(every_chosen_port_is_of_the_platforms_range)
{
    static const struct {
        const char *profile;
        int low, high;
    } ranges[] = {
        {"bsd", 1024, 5000}, {"winsock-nt4", 1025, 5000}, {"freebsd-9", 10000, 65535}, {"macos", 49152, 65535}};
    if (!compile("connecting", connecting, "") || !is_ordinary())
        return;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        for (int turn = 0; turn < 8; turn++) {
            struct answer answer = ISOLATE("-p", ranges[i].profile, "./connecting");
            const char *text = answer.out;
            ASSERT_QUIET(answer, 0);
            for (int end = 0; end < 2; end++) {
                int port = take_number(&text);
                ck_assert_msg(port >= ranges[i].low && port <= ranges[i].high, "%s: %s", ranges[i].profile, answer.out);
            }
        }
}
END_TEST

/* Listens at a port, then runs a command and ends as that does; or ends with the errno of why it cannot listen. */
static const char holding[] =
    "#include <errno.h>\n#include <netinet/in.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n"
    "#include <sys/wait.h>\n#include <unistd.h>\n"
    "int main(int count, char **words)\n{\n"
    "    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};\n"
    "    int fd = socket(AF_INET, SOCK_STREAM, 0), status;\n"
    "    if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 1) != 0)\n        return errno;\n"
    "    if (fork() == 0)\n        return execvp(words[2], words + 2);\n"
    "    wait(&status);\n    return count + WEXITSTATUS(status) - count;\n}\n";

START_TEST(a_privileged_port_is_the_platforms)
{
    if (!compile("holding", holding, "") || !is_ordinary())
        return;
    ASSERT_QUIET(ISOLATE("-p", "mks", "./holding", "80", "true"), 0);
    ASSERT_QUIET(ISOLATE("-p", "winsock", "./holding", "1", "true"), 0);
    ASSERT_QUIET(ISOLATE("-p", "bsd", "./holding", "80", "true"), EACCES);
    ASSERT_QUIET(ISOLATE("-p", "dragonfly", "./holding", "80", "true"), EPERM);
    ASSERT_QUIET(ISOLATE("-o", "host.unprivileged_port=80", "./holding", "80", "true"), 0);
    ASSERT_QUIET(ISOLATE("-o", "host.unprivileged_port=80", "./holding", "79", "true"), EACCES);
}
END_TEST

START_TEST(two_have_the_same_port_at_once)
{
    if (!compile("holding", holding, "") || !is_ordinary())
        return;
    ASSERT_QUIET(ISOLATE("./holding", "4711", "./holding", "4711", "true"), EADDRINUSE);
    ASSERT_QUIET(ISOLATE("./holding", "4711", command, "run", "--isolate", "./holding", "4711", "true"), 0);
}
END_TEST

/* --- the program is what it would be without --- */

START_TEST(the_program_ends_as_itself)
{
    char expected[32];
    if (!is_ordinary())
        return;
    struct answer answer = ISOLATE("-p", "mks", "sh", "-c", "echo $$; exit 3");
    ASSERT_QUIET(answer, 3);
    snprintf(expected, sizeof expected, "%d\n", answer.pid);
    ck_assert_str_eq(answer.out, expected);
    answer = ISOLATE("sh", "-c", "kill -9 $$");
    ck_assert(WIFSIGNALED(answer.wait_status) && WTERMSIG(answer.wait_status) == SIGKILL);
    ASSERT_TOLD(ISOLATE("./no-such-program"), 127, "does not exist");
    ASSERT_TOLD(ISOLATE("/"), 126, "is a directory");
    ASSERT_TOLD(ISOLATE("-p", "msk", "true"), 125, "did you mean mks?");
    ASSERT_TOLD(RUN("--isolat=yes", "true"), 125, "--isolat=yes: takes no value");
}
END_TEST

START_TEST(an_ordinary_user_stays_one)
{
    static const char *const profiles[] = {"native", "mks"};
    static const char *const none[] = {"CapInh:\t0000000000000000", "CapPrm:\t0000000000000000",
                                       "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000"};
    char expected[64];
    if (!is_ordinary())
        return;
    uid_t user = child_user ? child_user : geteuid();
    gid_t group = child_user ? child_user : getegid();
    for (int i = 0; i < 2; i++) {
        struct answer answer = ISOLATE("-p", profiles[i], "cat", "/proc/self/status");
        ASSERT_QUIET(answer, 0);
        snprintf(expected, sizeof expected, "Uid:\t%u\t%u\t%u\t%u", user, user, user, user);
        ASSERT_LINE(answer, expected);
        snprintf(expected, sizeof expected, "Gid:\t%u\t%u\t%u\t%u", group, group, group, group);
        ASSERT_LINE(answer, expected);
        for (size_t j = 0; j < sizeof none / sizeof *none; j++)
            ASSERT_LINE(answer, none[j]);
    }
}
END_TEST

/* Root has a network of its own and nothing else: daemons that change their user can. */
START_TEST(root_stays_root)
{
    char map[4096];
    if (!is_root())
        return;
    if (!can_leave(CLONE_NEWNET)) {
        fputs("skipped: root may have no network of its own here\n", stderr);
        return;
    }
    int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
    read_back(fd, map, sizeof map);
    struct answer answer = ISOLATE("-p", "mks", "cat", "/proc/self/uid_map");
    ASSERT_QUIET(answer, 0);
    ck_assert_str_eq(answer.out, map);
    answer = ISOLATE("-p", "mks", "sh", "-c", tell_settings);
    ck_assert_msg(strstr(answer.out, " 49152 65535 0 0 "), "%s", answer.out);
    answer = ISOLATE("-r", "off", "setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", "id", "-u");
    ASSERT_QUIET(answer, 0);
    ck_assert_str_eq(answer.out, "12345\n");
}
END_TEST

/* --- together with the rest --- */

START_TEST(the_record_says_so)
{
    static const char calling[] =
        "#include <sys/socket.h>\nint main(void)\n{\n    return socket(AF_INET, SOCK_STREAM, 0) < 0;\n}\n";
    char ring[PATH_MAX];
    if (!compile("calling", calling, "") || !is_ordinary())
        return;
    snprintf(ring, sizeof ring, "%s/rings/own.ring", directory);
    ASSERT_QUIET(ISOLATE("-p", "bsd", "-r", ring, in_directory("calling")), 0);
    child_user = 0;
    struct answer log = call(command, "log", ring, (char *)NULL);
    ck_assert_msg(strstr(log.out, " as bsd, isolated, since "), "%s", log.out);
    log = call(command, "log", "--json", ring, (char *)NULL);
    ck_assert_msg(strstr(log.out, "\"profile\":\"bsd\",\"isolated\":true,"), "%s", log.out);
    ASSERT_QUIET(RUN("-p", "bsd", "-r", in_directory("rings/other.ring"), in_directory("calling")), 0);
    log = call(command, "log", in_directory("rings/other.ring"), (char *)NULL);
    ck_assert_msg(strstr(log.out, " as bsd, since "), "%s", log.out);
}
END_TEST

START_TEST(the_printed_command_does_the_same)
{
    if (!is_ordinary())
        return;
    struct answer answer = ISOLATE("-n", "-p", "bsd", "-o", "host.syncookies=yes", "sh", "-c", tell_settings);
    ASSERT_QUIET(answer, 0);
    answer = call("sh", "-c", answer.out, (char *)NULL);
    ASSERT_QUIET(answer, 0);
    ck_assert_msg(strncmp(answer.out, "7 1024 5000 1024 1 ", 19) == 0, "%s", answer.out);
}
END_TEST

/* A refuser with a path can be reached from everywhere; an abstract name is one of the network that was left. */
START_TEST(a_named_refuser_is_kept_if_it_can_be_reached)
{
    if (!is_ordinary())
        return;
    setenv("LISTENAS_REFUSER", "/run/listenas.refuser", 1);
    ck_assert_str_eq(ISOLATE("-p", "mks", "printenv", "LISTENAS_REFUSER").out, "/run/listenas.refuser\n");
    setenv("LISTENAS_REFUSER", "@listenas-nobody", 1);
    expect_line("mks", "listen.overflow_tcp = refuse");
}
END_TEST

/* The loader makes much of such a command, and so does /proc. */
START_TEST(a_command_with_capabilities_can_do_it)
{
    struct vfs_cap_data data = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
                                .data[0] = {.permitted = 1u << CAP_NET_RAW}};
    if (!is_root() || !is_ordinary())
        return;
    if (setxattr(command, "security.capability", &data, sizeof data, 0) != 0) {
        fputs("skipped: no file capabilities on this file system\n", stderr);
        return;
    }
    struct answer answer = ISOLATE("-p", "mks", "cat", "/proc/self/status");
    ASSERT_QUIET(answer, 0);
    ASSERT_LINE(answer, "Uid:\t12345\t12345\t12345\t12345");
    ASSERT_LINE(answer, "CapEff:\t0000000000000000");
}
END_TEST

/* --- where it cannot be --- */

static void write_or_exit(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        _exit(97);
}

/* In a user namespace of one's own, in which this setting is 0. */
static void forbid_by_setting(const char *path)
{
    char map[32];
    uid_t user = geteuid();
    if (unshare(CLONE_NEWUSER) != 0)
        _exit(96);
    snprintf(map, sizeof map, "%u %u 1", user, user);
    write_or_exit("/proc/self/uid_map", map);
    write_or_exit(path, "0");
}

static void forbid_by_seccomp(const char *unused)
{
    (void)unused;
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(96);
}

/* Isolates echo(1) behind an obstacle that the child puts in its own way. */
static struct answer run_behind(void (*forbid)(const char *), const char *what)
{
    struct answer answer = {0};
    int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    answer.pid = fork();
    if (answer.pid == 0) {
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        become_ordinary();
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* else its own maps are root's */
        forbid(what);
        execl(command, command, "run", "--isolate", "echo", "started", (char *)NULL);
        _exit(98);
    }
    ck_assert_int_eq(waitpid(answer.pid, &answer.wait_status, 0), answer.pid);
    answer.status = WIFEXITED(answer.wait_status) ? WEXITSTATUS(answer.wait_status) : -1;
    read_back(out, answer.out, sizeof answer.out);
    read_back(err, answer.err, sizeof answer.err);
    return answer;
}

START_TEST(what_forbids_it_is_named)
{
    if (!is_ordinary())
        return;
    ASSERT_TOLD(run_behind(forbid_by_setting, "/proc/sys/user/max_user_namespaces"), 125,
                "user.max_user_namespaces is 0; sysctl user.max_user_namespaces=");
    ASSERT_TOLD(run_behind(forbid_by_setting, "/proc/sys/user/max_net_namespaces"), 125,
                "user.max_net_namespaces is 0; sysctl user.max_net_namespaces=");
    ASSERT_TOLD(run_behind(forbid_by_seccomp, NULL), 125, "a seccomp filter forbids them");
}
END_TEST

/* Debian's and Ubuntu's, made up: what is asked for is the file. */
START_TEST(settings_of_distributions_are_named)
{
    if (!is_root() || !is_ordinary())
        return;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", "/proc/sys/kernel", "tmpfs", 0, "mode=755") != 0) {
        fputs("skipped: no file system may be mounted here\n", stderr);
        return;
    }
    write_text("/proc/sys/kernel/unprivileged_userns_clone", "0\n", 0644);
    ASSERT_TOLD(run_behind(forbid_by_seccomp, NULL), 125,
                "kernel.unprivileged_userns_clone is 0; sysctl kernel.unprivileged_userns_clone=1 allows them");
    write_text("/proc/sys/kernel/unprivileged_userns_clone", "1\n", 0644);
    write_text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n", 0644);
    ASSERT_TOLD(run_behind(forbid_by_seccomp, NULL), 125, "kernel.apparmor_restrict_unprivileged_userns=0 allows them");
}
END_TEST

START_TEST(a_setting_that_cannot_be_made_is_named)
{
    if (!is_root() || !is_ordinary())
        return;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) != 0) {
        fputs("skipped: no file system may be mounted here\n", stderr);
        return;
    }
    ASSERT_TOLD(ISOLATE("-p", "bsd", "echo", "started"), 125,
                "/proc/sys/net/core/somaxconn cannot be set to \"7\": Read-only file system");
    ASSERT_QUIET(ISOLATE("-p", "native", "true"), 0);
    ASSERT_QUIET(ISOLATE("-o", "host.unprivileged_port=1024", "true"), 0); /* as it is: nothing to write */
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_kernel_is_set_as_the_platforms,
        a_full_queue_refuses,
        the_longest_queue_is_the_platforms,
        a_limit_that_the_program_sets_counts,
        every_chosen_port_is_of_the_platforms_range,
        a_privileged_port_is_the_platforms,
        two_have_the_same_port_at_once,
        the_program_ends_as_itself,
        an_ordinary_user_stays_one,
        root_stays_root,
        the_record_says_so,
        the_printed_command_does_the_same,
        a_named_refuser_is_kept_if_it_can_be_reached,
        a_command_with_capabilities_can_do_it,
        what_forbids_it_is_named,
        settings_of_distributions_are_named,
        a_setting_that_cannot_be_made_is_named,
        NULL,
    };
    return run_suite("isolate", tests);
}
