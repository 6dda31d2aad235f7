/*
 * Users who want the refuser to themselves: descriptors that block whoever closes them, connections that say nothing,
 * the whole table, one network after the other, SYNs by the hundred thousand. Nobody else may notice.
 */
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "../../shim/refuser/listeners.h"
#include "../../shim/refuser/network.h"
#include "fixture.h"
#include "wire.h"

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

#define SOMEBODY 65533
/* What others may notice: a SYN that is dropped and not answered is sent again after a second. */
#define NOTICE_MS 400
/*
 * A machine that is busy may leave the refuser or a client without a processor for longer, now and then; a hostile
 * user who keeps the refuser from its work does so to most of its clients, each time. So nine of ten must be in time,
 * in one of these trials.
 */
#define TRIALS 5

static bool is_root(void)
{
    if (getuid() == 0)
        return true;
    puts("skipped: what hostile users do: only root can become them");
    return false;
}

static void raise_files(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void set_up_hostile(void)
{
    set_up();
    raise_files();
}

/* Starts another user, who does that for ever; ready when it has told so. */
static pid_t start_user(uid_t user, void (*work)(int ready))
{
    int told[2];
    char byte;
    ck_assert_int_eq(pipe2(told, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGTERM, SIG_DFL);
        if (setgroups(0, NULL) != 0 || setgid(user) != 0 || setuid(user) != 0)
            _exit(1);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        work(told[1]);
        _exit(0);
    }
    close(told[1]);
    ck_assert_int_eq(read(told[0], &byte, 1), 1);
    close(told[0]);
    return pid;
}

static void end_user(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void say_ready(int ready)
{
    if (write(ready, "y", 1) != 1)
        _exit(1);
}

/* A listener of root's that is full. */
static int full_port(void)
{
    struct sockaddr_in where;
    int fd = listen_on_loopback(&where, 1);
    ck_assert_int_eq(ask_watch(fd, REFUSER_REFUSE), 0);
    ck_assert_int_eq(fill(ntohs(where.sin_port)), 2);
    return ntohs(where.sin_port);
}

/* One try of what may not take longer because of others. */
static void be_refused(int port)
{
    ck_assert_int_eq(connect_surplus(port), -ECONNREFUSED);
}

/* How many of so many tries take so long that one notices it; it ends when they are more than one in ten. */
static int count_noticed(void (*try)(int port), int port, int tries)
{
    int noticed = 0;
    for (int i = 0; i < tries && noticed <= tries / 10; i++) {
        int64_t start = storm_now_ms();
        try(port);
        noticed += storm_now_ms() - start >= NOTICE_MS;
    }
    return noticed;
}

static void assert_not_noticed(void (*try)(int port), int port, int tries)
{
    int noticed = tries;
    for (int trial = 0; trial < TRIALS && noticed > tries / 10; trial++)
        noticed = count_noticed(try, port, tries);
    ck_assert_msg(noticed <= tries / 10, "more than %d of %d took %d ms or more", tries / 10, tries, NOTICE_MS);
}

/* --- descriptors --- */

/* A connection with unsent data that its last owner waits for, for a minute. */
static int make_lingering(void)
{
    static char data[65536];
    const struct linger minute = {.l_onoff = 1, .l_linger = 60};
    const int little = 4096;
    struct sockaddr_in where;
    int listener = listen_on_loopback(&where, 1);
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    int fd = start_client(ntohs(where.sin_port));
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &minute, sizeof minute);
    while (send(fd, data, sizeof data, MSG_DONTWAIT) > 0)
        continue;
    fcntl(fd, F_SETFL, 0);
    return fd;
}

/* Sends bytes with a descriptor, or none if that is negative. */
static int send_with(int to, const void *bytes, size_t size, int fd)
{
    struct iovec content = {.iov_base = (void *)bytes, .iov_len = size};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {0};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(part), &fd, sizeof fd);
    }
    return sendmsg(to, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? errno : 0;
}

/* As a kernel before 6.16 is. */
static void forbid_passrights(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setsockopt, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SO_PASSRIGHTS, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOPROTOOPT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(127);
}

START_TEST(descriptors_are_refused_where_the_kernel_can)
{
    const int no = 0;
    int pair[2], fd = ask_connect();
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    if (setsockopt(pair[0], SOL_SOCKET, SO_PASSRIGHTS, &no, sizeof no) != 0)
        puts("skipped: descriptors_are_refused_where_the_kernel_can: this kernel cannot");
    else
        ck_assert_int_eq(send_with(fd, "x", 1, pair[1]), EPERM);
}
END_TEST

static void signal_both(pid_t worker, int number)
{
    kill(number == SIGCONT ? worker : refuser, number);
    kill(number == SIGCONT ? refuser : worker, number);
}

/*
 * In the first, second or third message of a connection that is there when the refuser wakes up. A worker that they
 * block is late in each round, and is replaced.
 */
START_TEST(descriptors_do_not_block_the_refuser)
{
    enum { ROUNDS = 5 };
    refuser_daemon_stop(refuser);
    refuser = refuser_daemon_start_as(forbid_passrights);
    ck_assert_int_gt(refuser, 0);
    int port = full_port();
    pid_t worker = await_child_of(refuser);
    int noticed = 0;
    for (int i = 0; i < ROUNDS; i++) {
        int lingering = make_lingering();
        signal_both(worker, SIGSTOP);
        int fd = ask_connect();
        for (int message = 0; message < _i; message++)
            ck_assert_int_eq(send_with(fd, "x", 1, -1), 0);
        ck_assert_int_eq(send_with(fd, "x", 1, lingering), 0);
        close(lingering);
        signal_both(worker, SIGCONT);
        noticed += count_noticed(be_refused, port, 20) > 0;
        close(fd);
    }
    ck_assert_int_lt(noticed, ROUNDS);
    ck_assert_int_eq(child_of(refuser), worker);
}
END_TEST

/* --- connections --- */

static void ask_nothing(int ready)
{
    enum { MANY = 300 };
    int fds[MANY];
    for (int i = 0; i < MANY; i++)
        fds[i] = ask_connect();
    say_ready(ready);
    for (int i = 0;; i = (i + 1) % MANY) {
        close(fds[i]);
        fds[i] = ask_connect();
    }
}

static void ask_for_one(int unused)
{
    struct sockaddr_in where;
    (void)unused;
    int fd = listen_on_loopback(&where, 1);
    ck_assert_int_eq(ask_watch(fd, REFUSER_REFUSE), 0);
    close(fd);
}

START_TEST(those_who_say_nothing_keep_nobody_from_asking)
{
    enum { USERS = 2 };
    pid_t users[USERS];
    if (!is_root())
        return;
    chmod(getenv("LISTENAS_REFUSER"), 0666);
    int port = full_port();
    for (int i = 0; i < USERS; i++)
        users[i] = start_user(SOMEBODY - (uid_t)i, ask_nothing);
    assert_not_noticed(ask_for_one, 0, 100);
    assert_not_noticed(be_refused, port, 100);
    for (int i = 0; i < USERS; i++)
        end_user(users[i]);
}
END_TEST

/* --- places --- */

static void want_all(int ready)
{
    struct sockaddr_in where;
    for (int i = 0; i < LISTENERS_MAX / 4 + 100; i++)
        ask_watch(listen_on_loopback(&where, 0), REFUSER_REFUSE);
    say_ready(ready);
    pause();
}

/* Four users want more than all. Who was there stays, and who comes gets in. */
START_TEST(four_users_do_not_fill_the_table)
{
    enum { USERS = 4 };
    pid_t users[USERS];
    if (!is_root())
        return;
    chmod(getenv("LISTENAS_REFUSER"), 0666);
    int early = full_port();
    for (int i = 0; i < USERS; i++)
        users[i] = start_user(SOMEBODY - (uid_t)i, want_all);
    int late = full_port();
    assert_not_noticed(be_refused, early, 10);
    assert_not_noticed(be_refused, late, 10);
    for (int i = 0; i < USERS; i++)
        end_user(users[i]);
    assert_not_noticed(be_refused, full_port(), 10);
}
END_TEST

static int networks_got;

/* Holds one network after the other open by a child, and tells how many were served. */
static int want_networks(void)
{
    int got = 0;
    for (int i = 0; i < NETWORKS_OF_USER + 6; i++) {
        int told[2];
        char answer = 1;
        if (pipe(told) != 0)
            return 120;
        if (fork() == 0) {
            struct sockaddr_in where;
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
                _exit(1);
            raise_loopback();
            answer = (char)abs(ask_watch(listen_on_loopback(&where, 0), REFUSER_REFUSE));
            if (write(told[1], &answer, 1) == 1)
                pause();
            _exit(0);
        }
        close(told[1]);
        if (read(told[0], &answer, 1) != 1)
            return 121;
        if (answer != 0 && answer != ENOBUFS)
            return answer;
        got += answer == 0;
        close(told[0]);
    }
    return got;
}

START_TEST(one_user_has_so_many_networks)
{
    int status;
    if (!is_root())
        return;
    chmod(getenv("LISTENAS_REFUSER"), 0666);
    pid_t pid = fork();
    if (pid == 0) {
        if (setgid(SOMEBODY) != 0 || setuid(SOMEBODY) != 0)
            _exit(127);
        int got = want_networks();
        _exit(got);
    }
    waitpid(pid, &status, 0);
    networks_got = WEXITSTATUS(status);
    if (networks_got == 121) {
        puts("skipped: one_user_has_so_many_networks: users may make none here");
        return;
    }
    ck_assert_int_eq(networks_got, NETWORKS_OF_USER);
    ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
    raise_loopback();
    forbid_syncookies();
    assert_not_noticed(be_refused, full_port(), 10);
}
END_TEST

/* --- a flood --- */

#define FLOOD_MS 2500
#define FLOOD_LEAST 20000

/* The processor time of a process in milliseconds, and its memory in pages. */
static void read_use(pid_t pid, int64_t *time_ms, long *pages)
{
    char path[64], name[64];
    unsigned long user, system;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file,
                            "%*d %63s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %*u "
                            "%*u %ld",
                            name, &user, &system, pages),
                     4);
    fclose(file);
    *time_ms = (int64_t)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

/* SYNs from all of 127.0.0.0/8, as many as go, and at least so many; returns how many. */
static int64_t flood(int port, int64_t until_ms, int64_t least)
{
    int raw = wire_raw(AF_INET);
    int64_t count = 0;
    uint8_t packet[128];
    struct segment_plan plan = {.family = AF_INET, .to_port = (uint16_t)port, .flags = WIRE_SYN};
    struct in_addr to = {htonl(INADDR_LOOPBACK)};
    memcpy(&plan.to, &to, sizeof to);
    while (storm_now_ms() < until_ms || count < least) {
        for (int i = 0; i < 100; i++, count++) {
            struct in_addr from = {htonl(0x7f000000u | ((uint32_t)count * 2654435761u >> 8))};
            memcpy(&plan.from, &from, sizeof from);
            plan.from_port = (uint16_t)(1024 + count % 60000);
            plan.sequence = (uint32_t)count * 977;
            wire_send_bytes(raw, AF_INET, &plan.to, packet, wire_write(packet, &plan));
        }
    }
    close(raw);
    return count;
}

START_TEST(a_flood_costs_half_a_processor_at_most)
{
    int64_t before_ms, after_ms;
    long pages_before, pages_after;
    struct server server = server_start(0, 2);
    ck_assert_int_eq(fill(server.port), 2);
    ck_assert_int_eq(connect_surplus(server.port), -ECONNREFUSED);
    pid_t worker = await_child_of(refuser);
    read_use(worker, &before_ms, &pages_before);
    int64_t start = storm_now_ms(), count = flood(server.port, start + FLOOD_MS, FLOOD_LEAST);
    int64_t took = storm_now_ms() - start;
    read_use(worker, &after_ms, &pages_after);
    printf("flood: %lld SYNs in %lld ms cost %lld ms\n", (long long)count, (long long)took,
           (long long)(after_ms - before_ms));
    ck_assert_int_le(after_ms - before_ms, took * 6 / 10);
    ck_assert_int_lt(pages_after - pages_before, (16 << 20) / sysconf(_SC_PAGESIZE));
    ck_assert_int_eq(child_of(refuser), worker);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(connect_surplus(server.port), -ECONNREFUSED);
        ck_assert_int_eq(order(&server, 'a'), 0);
        ck_assert_int_ge(enter(server.port), 0);
    }
    server_kill(&server);
}
END_TEST

/* While the same user floods in one network, the refuser serves another one. */
START_TEST(a_flood_in_one_network_is_no_matter_in_another)
{
    int port = full_port(), told[2];
    char byte;
    ck_assert_int_eq(pipe2(told, O_CLOEXEC), 0);
    pid_t flooder = fork();
    if (flooder == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGTERM, SIG_DFL);
        if (unshare(CLONE_NEWNET) != 0)
            _exit(1);
        raise_loopback();
        forbid_syncookies();
        int its_port = full_port();
        say_ready(told[1]);
        flood(its_port, INT64_MAX, 0);
        _exit(0);
    }
    close(told[1]);
    ck_assert_int_eq(read(told[0], &byte, 1), 1);
    assert_not_noticed(be_refused, port, 200);
    end_user(flooder);
    close(told[0]);
}
END_TEST

static Suite *hostile(void)
{
    Suite *suite = suite_create("hostile");
    TCase *whole = tcase_create("hostile");
    tcase_set_timeout(whole, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, set_up_hostile, tear_down);
    tcase_add_test(whole, descriptors_are_refused_where_the_kernel_can);
    tcase_add_loop_test(whole, descriptors_do_not_block_the_refuser, 0, 3);
    tcase_add_test(whole, those_who_say_nothing_keep_nobody_from_asking);
    tcase_add_test(whole, four_users_do_not_fill_the_table);
    tcase_add_test(whole, one_user_has_so_many_networks);
    tcase_add_test(whole, a_flood_costs_half_a_processor_at_most);
    tcase_add_test(whole, a_flood_in_one_network_is_no_matter_in_another);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(hostile());
}
