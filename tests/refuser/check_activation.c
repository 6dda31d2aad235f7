/* A socket that root has made and passed on, as systemd does, to a refuser with no rights but two capabilities. */
#include <grp.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "fixture.h"

#define REFUSER_USER 23456
#define SOMEBODY 12345

static int passed; /* what the refuser is to find as its third descriptor */

static int make_socket(int type)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    snprintf(name.sun_path, sizeof name.sun_path, "/tmp/listenas-passed-%d", getpid());
    unlink(name.sun_path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    ck_assert_int_eq(chmod(name.sun_path, 0666), 0);
    ck_assert_int_eq(listen(fd, 100), 0);
    setenv("LISTENAS_REFUSER", name.sun_path, 1);
    return fd;
}

/* User=, AmbientCapabilities= and NoNewPrivileges= of a unit. */
static void give_up_rights(void)
{
    static const int kept[] = {CAP_NET_RAW, CAP_NET_ADMIN};
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct set[2] = {0};
    set[0].effective = set[0].permitted = set[0].inheritable = 1u << CAP_NET_RAW | 1u << CAP_NET_ADMIN;
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (setgroups(0, NULL) != 0 || setgid(REFUSER_USER) != 0 || setuid(REFUSER_USER) != 0 ||
        syscall(SYS_capset, &head, set) != 0)
        _exit(90);
    for (size_t i = 0; i < 2; i++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept[i], 0, 0) != 0)
            _exit(91);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static pid_t start_with(const char *count, void (*become)(void), int output)
{
    char program[PATH_MAX], number[16];
    snprintf(program, sizeof program, "%s/listenas", getenv("LISTENAS_BUILD"));
    int opened = open(program, O_RDONLY | O_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) {
        char *words[] = {program, (char[]){"refuser"}, NULL};
        snprintf(number, sizeof number, "%d", getpid());
        setenv("LISTEN_PID", number, 1);
        setenv("LISTEN_FDS", count, 1);
        if (output >= 0)
            dup2(output, STDERR_FILENO);
        int high = fcntl(opened, F_DUPFD_CLOEXEC, 10);
        dup2(passed, 3);
        if (become)
            become();
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        fexecve(high, words, environ);
        _exit(127);
    }
    close(opened);
    return pid;
}

static void set_up_passed(void)
{
    enter_place();
    passed = make_socket(SOCK_SEQPACKET);
    refuser = start_with("1", give_up_rights, -1);
    close(passed);
}

/* What somebody else gets who asks for a listener of theirs. */
static int asked_by(uid_t user)
{
    int status;
    struct sockaddr_in where;
    pid_t pid = fork();
    if (pid == 0) {
        if (setgid(user) != 0 || setuid(user) != 0)
            _exit(120);
        _exit(ask_watch(listen_on_loopback(&where, 1), REFUSER_REFUSE) & 0x7f);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

START_TEST(it_serves_root_and_everybody)
{
    struct server server = server_start(0, 3);
    ck_assert_int_eq(fill(server.port), 3);
    ck_assert_int_eq(connect_surplus(server.port), -ECONNREFUSED);
    server_kill(&server);
    ck_assert_int_eq(asked_by(SOMEBODY), 0);
    ck_assert_int_eq(asked_by(0), 0);
}
END_TEST

START_TEST(the_socket_is_left_to_who_made_it)
{
    struct stat status;
    ck_assert_int_eq(asked_by(0), 0);
    kill(refuser, SIGTERM);
    ck_assert_int_eq(waitpid(refuser, NULL, 0), refuser);
    ck_assert_int_eq(lstat(getenv("LISTENAS_REFUSER"), &status), 0);
}
END_TEST

static const struct {
    const char *count;
    int type;
    const char *said;
} mistakes[] = {
    {"2", SOCK_SEQPACKET, "LISTEN_FDS=2: expected one socket, of ListenSequentialPacket="},
    {"1", SOCK_STREAM, "LISTEN_FDS=1: expected one socket, of ListenSequentialPacket="},
};

START_TEST(another_kind_of_socket_is_named)
{
    int status, output[2];
    char said[256] = "";
    enter_place();
    passed = make_socket(mistakes[_i].type);
    ck_assert_int_eq(pipe2(output, O_CLOEXEC), 0);
    pid_t pid = start_with(mistakes[_i].count, NULL, output[1]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_gt(read(output[0], said, sizeof said - 1), 0);
    ck_assert_ptr_nonnull(strstr(said, mistakes[_i].said));
    ck_assert_int_eq(WEXITSTATUS(status), 125);
    unlink(getenv("LISTENAS_REFUSER"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("activation");
    TCase *whole = tcase_create("passed"), *wrong = tcase_create("wrong");
    if (geteuid() != 0) {
        puts("skipped: a passed socket: only root can make one for another user");
        return EXIT_SUCCESS;
    }
    tcase_set_timeout(whole, REFUSER_TEST_SECONDS);
    tcase_set_timeout(wrong, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, set_up_passed, tear_down);
    tcase_add_test(whole, it_serves_root_and_everybody);
    tcase_add_test(whole, the_socket_is_left_to_who_made_it);
    suite_add_tcase(suite, whole);
    tcase_add_loop_test(wrong, another_kind_of_socket_is_named, 0, sizeof mistakes / sizeof *mistakes);
    suite_add_tcase(suite, wrong);
    return run_where_watched(suite);
}
