/* What is asked of the refuser, by whom and from where; and one that does not answer. */
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "ask.h"
#include "fixture.h"
#include "record.h"

#include "../../shim/gate/listeners.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

#define SOMEBODY 65533
#define NOBODY 65534

static const struct refuser_request keep = {.version = REFUSER_VERSION, .wish = REFUSER_REFUSE};

static int ask_with(struct refuser_request request, size_t size, int fd, size_t count)
{
    const int descriptors[] = {fd, fd, fd};
    request.descriptor = fd;
    return ask_anything(&request, size, descriptors, count);
}

START_TEST(odd_requests_get_an_errno)
{
    struct sockaddr_in nowhere = {.sin_family = AF_INET};
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC), local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(tcp, (struct sockaddr *)&nowhere, sizeof nowhere), 0);
    ck_assert_int_eq(ask_with(keep, 0, -1, 0), EPROTO);
    ck_assert_int_eq(ask_with(keep, sizeof keep - 1, -1, 0), EPROTO);
    ck_assert_int_eq(ask_with((struct refuser_request){.version = REFUSER_VERSION + 1}, sizeof keep, tcp, 1), EPROTO);
    ck_assert_int_eq(ask_with((struct refuser_request){.version = REFUSER_VERSION, .wish = 77}, sizeof keep, tcp, 1), EINVAL);
    ck_assert_int_eq(ask_with(keep, sizeof keep, -1, 0), EBADF);
    ck_assert_int_eq(ask_with(keep, sizeof keep, file, 1), ENOTSOCK);
    ck_assert_int_eq(ask_with(keep, sizeof keep, local, 1), EOPNOTSUPP);
    ck_assert_int_eq(ask_with(keep, sizeof keep, tcp, 1), EOPNOTSUPP);
    ck_assert_int_eq(listen(tcp, 0), 0);
    ck_assert_int_eq(ask_with(keep, sizeof keep, tcp, 3), EMFILE);
    ck_assert_int_eq(ask_with(keep, sizeof keep, tcp, 1), 0);
    close(file);
    close(local);
    close(tcp);
}
END_TEST

/* Has a child send the request with that way back, and returns what came by its other end. */
static ssize_t hear_from(const int *ends, bool by_child)
{
    char byte;
    pid_t pid = by_child ? fork() : 0;
    if (pid == 0 && send_anything(&keep, sizeof keep, &ends[1], 1) != 0)
        abort();
    if (pid == 0 && by_child)
        _exit(0);
    if (by_child)
        waitpid(pid, NULL, 0);
    ck_assert_int_eq(ask_with(keep, sizeof keep, -1, 0), EBADF); /* served in their order, so the first one is done */
    return recv(ends[0], &byte, 1, MSG_DONTWAIT);
}

START_TEST(an_answer_goes_to_the_asker_alone)
{
    int right[2], wrong[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, right), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, wrong), 0);
    ck_assert_int_eq(hear_from(right, false), 1);
    ck_assert_int_eq(hear_from(right, true), -1);
    ck_assert_int_eq(hear_from(wrong, false), -1);
    ck_assert_int_eq(send_anything(&keep, sizeof keep, NULL, 0), 0);
    ck_assert_int_eq(ask_with(keep, sizeof keep, -1, 0), EBADF);
}
END_TEST

/* Runs it in a child that is another user; returns what it returns, a number below 128. */
static int as_user(uid_t user, int (*ask)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (setgid(user) != 0 || setuid(user) != 0)
            _exit(127);
        _exit(ask());
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int ask_for_a_listener(void)
{
    struct sockaddr_in where;
    return abs(ask_watch(listen_on_loopback(&where, 0), REFUSER_REFUSE));
}

/* Becomes another user, but may open gates still. */
static void become_refuser_user(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    data[0].permitted = data[0].effective = data[0].inheritable = 1u << CAP_NET_RAW;
    if (prctl(PR_SET_KEEPCAPS, 1) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0 ||
        syscall(SYS_capset, &header, data) != 0 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) != 0)
        _exit(127);
}

static bool is_root(void)
{
    if (getuid() == 0)
        return true;
    puts("skipped: what other users ask: only root can become them");
    return false;
}

START_TEST(a_users_refuser_serves_that_user_and_root)
{
    if (!is_root())
        return;
    refuser_daemon_stop(refuser);
    refuser = refuser_daemon_start_as(become_refuser_user);
    ck_assert_int_gt(refuser, 0);
    ck_assert_int_eq(as_user(SOMEBODY, ask_for_a_listener), EACCES); /* the path is the user's own */
    const char *path = getenv("LISTENAS_REFUSER");
    ck_assert(path && chmod(path, 0666) == 0);
    ck_assert_int_eq(as_user(SOMEBODY, ask_for_a_listener), EACCES);
    ck_assert_int_eq(as_user(NOBODY, ask_for_a_listener), 0);
    ck_assert_int_eq(ask_for_a_listener(), 0);
}
END_TEST

static int ask_for_too_many(void)
{
    int fds[LISTENERS_OF_USER];
    struct sockaddr_in where;
    for (int i = 0; i < LISTENERS_OF_USER; i++) {
        fds[i] = listen_on_loopback(&where, 0);
        if (ask_watch(fds[i], REFUSER_REFUSE) != 0)
            return 126;
    }
    int one_more = listen_on_loopback(&where, 0);
    if (ask_watch(one_more, REFUSER_REFUSE) != ENOBUFS)
        return 125;
    close(fds[0]);
    if (ask_with((struct refuser_request){.version = REFUSER_VERSION, .wish = REFUSER_CHECK}, sizeof keep, -1, 0) != 0)
        return 124;
    return abs(ask_watch(one_more, REFUSER_REFUSE));
}

START_TEST(a_user_has_so_many_listeners_at_most)
{
    if (is_root())
        ck_assert_int_eq(as_user(SOMEBODY, ask_for_too_many), 0);
}
END_TEST

START_TEST(a_refuser_has_so_many_listeners_at_most)
{
    static int fds[LISTENERS_MAX];
    struct rlimit limit;
    struct sockaddr_in where;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < LISTENERS_MAX + 64 || getuid() != 0) {
        puts("skipped: a_refuser_has_so_many_listeners_at_most: only root has so many, and with enough descriptors");
        return;
    }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < LISTENERS_MAX; i++) {
        fds[i] = listen_on_loopback(&where, 0);
        ck_assert_int_eq(ask_watch(fds[i], REFUSER_REFUSE), 0);
    }
    record_apart();
    struct server server = server_start(0, 2);
    char *record = read_record();
    ck_assert_msg(strstr(record, "\"refuser\":false,\"refuser_errno\":\"ENOBUFS\"") != NULL, "%s", record);
    ck_assert_int_ge(connect_once(server.port), 0);
    ck_assert_int_eq(order(&server, 'a'), 0);
    server_kill(&server);
    forget_record();
}
END_TEST

static void signal_both(pid_t worker, int number)
{
    kill(worker, number);
    kill(refuser, number);
}

/* bind finds the port in use, and asks; listen asks. Each waits once, and says so. */
START_TEST(a_stopped_refuser_costs_a_call_its_patience_once)
{
    pid_t worker = await_child_of(refuser);
    struct server server = server_start(0, 2);
    record_apart();
    signal_both(worker, SIGSTOP);
    int64_t start = storm_now_ms();
    struct server second = server_start(server.port, 2);
    int64_t waited = storm_now_ms() - start;
    ck_assert_int_eq(second.port, -EADDRINUSE);
    ck_assert_int_ge(waited, REFUSER_PATIENCE_MS);
    ck_assert_int_lt(waited, 2 * REFUSER_PATIENCE_MS);
    start = storm_now_ms();
    int port = order(&second, 'n');
    waited = storm_now_ms() - start;
    ck_assert_int_gt(port, 0);
    ck_assert_int_ge(waited, REFUSER_PATIENCE_MS);
    ck_assert_int_lt(waited, 2 * REFUSER_PATIENCE_MS);
    char *record = read_record();
    ck_assert_msg(strstr(record, "\"result\":-1,\"refuser_errno\":\"ETIMEDOUT\"") != NULL, "%s", record);
    ck_assert_msg(strstr(record, "\"refuser\":false,\"refuser_errno\":\"ETIMEDOUT\"") != NULL, "%s", record);
    signal_both(worker, SIGCONT);
    ck_assert_int_eq(fill(server.port), 2);
    server_kill(&second);
    server_kill(&server);
    ck_assert(becomes_free(server.port));
    ck_assert(becomes_free(port));
    forget_record();
}
END_TEST

/* So that a server does not wait, but goes on at once. */
START_TEST(a_refuser_that_dies_lets_the_asker_go)
{
    int ends[2];
    pid_t worker = await_child_of(refuser);
    struct server server = server_start(0, 2);
    signal_both(worker, SIGSTOP);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    ck_assert_int_eq(send_anything(&keep, sizeof keep, &ends[1], 1), 0);
    close(ends[1]);
    signal_both(worker, SIGKILL);
    ck_assert_int_eq(read_gate_answer(ends[0]), -EPIPE);
    int64_t start = storm_now_ms();
    ck_assert_int_gt(order(&server, 'n'), 0);
    ck_assert_int_lt(storm_now_ms() - start, REFUSER_PATIENCE_MS);
    server_kill(&server);
}
END_TEST

static void enter_another_network(void)
{
    ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
    raise_loopback();
    forbid_syncookies();
}

START_TEST(a_server_in_another_network_is_kept)
{
    static const char *const settings[] = {"", "listen.overflow_tcp=reset"};
    enter_another_network();
    setenv("LISTENAS_SET", settings[_i], 1);
    surplus_error = _i ? ECONNRESET : ECONNREFUSED;
    struct server server = server_start(0, 3);
    ck_assert_int_eq(fill(server.port), 3);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
        ck_assert_int_eq(order(&server, 'a'), 0);
        ck_assert_int_ge(enter(server.port), 0);
    }
    server_kill(&server);
    ck_assert(becomes_free(server.port));
}
END_TEST

/* As a refuser leaves it both of whose processes are killed at once. */
START_TEST(a_gate_that_was_left_shut_is_opened)
{
    const int nowhere = INT_MAX;
    struct sockaddr_in where;
    int fd = listen_on_loopback(&where, 1);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &nowhere, sizeof nowhere), 0);
    ck_assert_int_eq(connect_once(ntohs(where.sin_port)), -ECONNREFUSED);
    surplus_error = _i ? ECONNRESET : ECONNREFUSED;
    ck_assert_int_eq(ask_watch(fd, _i ? REFUSER_RESET : REFUSER_REFUSE), 0);
    ck_assert_int_eq(fill(ntohs(where.sin_port)), 2);
}
END_TEST

static void hide_processes(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/proc", NULL, MS_PRIVATE, NULL) != 0 ||
        mount("none", "/proc", "tmpfs", 0, NULL) != 0)
        _exit(127);
}

/* Who holds a listener could not be found out, so it would be let go at once, without a word. */
START_TEST(a_process_that_is_not_seen_is_told)
{
    struct sockaddr_in where;
    struct refuser_request request = keep;
    int fd = listen_on_loopback(&where, 0);
    request.descriptor = fd + 1;
    ck_assert_int_eq(ask_anything(&request, sizeof request, &fd, 1), ESRCH);
    ck_assert_int_eq(ask_watch(fd, REFUSER_REFUSE), 0);
    refuser_daemon_stop(refuser);
    refuser = refuser_daemon_start_as(hide_processes);
    ck_assert_int_gt(refuser, 0);
    ck_assert_int_eq(ask_watch(fd, REFUSER_REFUSE), ESRCH);
}
END_TEST

static Suite *requests(void)
{
    const TTest *const tests[] = {
        odd_requests_get_an_errno,
        an_answer_goes_to_the_asker_alone,
        a_users_refuser_serves_that_user_and_root,
        a_user_has_so_many_listeners_at_most,
        a_refuser_has_so_many_listeners_at_most,
        a_stopped_refuser_costs_a_call_its_patience_once,
        a_refuser_that_dies_lets_the_asker_go,
        a_process_that_is_not_seen_is_told,
    };
    Suite *suite = suite_create("requests");
    TCase *whole = tcase_create("requests");
    tcase_set_timeout(whole, 60);
    tcase_add_checked_fixture(whole, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(whole, tests[i]);
    tcase_add_loop_test(whole, a_gate_that_was_left_shut_is_opened, 0, 2);
    tcase_add_loop_test(whole, a_server_in_another_network_is_kept, 0, 2);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(requests());
}
