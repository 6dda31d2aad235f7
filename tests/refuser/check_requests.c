/*
 * What is asked of the refuser, by whom and from where; and whom the library believes.
 */
#include <pthread.h>

#include "fixture.h"
#include "record.h"

#define SOMEBODY 65533
#define NOBODY 65534

static bool is_root(void)
{
    if (getuid() == 0)
        return true;
    puts("skipped: what other users ask: only root can become them");
    return false;
}

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

static int send_request(const struct refuser_request *request)
{
    return ask_anything(request, sizeof *request);
}

/* --- what is asked --- */

START_TEST(bytes_that_are_no_request_get_eproto)
{
    static uint8_t bytes[4096];
    struct sockaddr_in where;
    struct refuser_request request = ask_request(listen_on_loopback(&where, 0), REFUSER_REFUSE);
    memset(bytes, 0xa5, sizeof bytes);
    memcpy(bytes, &request, sizeof request);
    for (size_t size = 0; size < 200; size++)
        ck_assert_int_eq(ask_anything(bytes, size), size == sizeof request ? 0 : EPROTO);
    ck_assert_int_eq(ask_anything(bytes, sizeof bytes), EPROTO);
    for (uint32_t version = 0; version < 10; version++) {
        request.version = version;
        ck_assert_int_eq(send_request(&request), version == REFUSER_VERSION ? 0 : EPROTO);
    }
}
END_TEST

START_TEST(only_a_wish_that_there_is_is_served)
{
    struct sockaddr_in where;
    const struct refuser_request good = ask_request(listen_on_loopback(&where, 0), REFUSER_REFUSE);
    static const uint32_t wishes[] = {0, 6, 77, 0x101, UINT32_MAX};
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        struct refuser_request request = good;
        request.wish = wishes[i];
        ck_assert_int_eq(send_request(&request), EINVAL);
    }
    for (uint32_t family = 0; family <= UINT16_MAX; family += family < 50 ? 1 : 997) {
        struct refuser_request request = good;
        request.family = (uint16_t)family;
        int error = send_request(&request);
        if (family == AF_INET)
            ck_assert_int_eq(error, 0);
        else
            ck_assert_int_eq(error, family == AF_INET6 ? ESRCH : EOPNOTSUPP);
    }
}
END_TEST

START_TEST(a_listener_that_is_not_there_is_not_found)
{
    struct sockaddr_in where;
    int fd = listen_on_loopback(&where, 0), other = listen_on_loopback(&where, 0);
    const struct refuser_request good = ask_request(fd, REFUSER_REFUSE), another = ask_request(other, REFUSER_REFUSE);
    struct refuser_request request = good;
    request.cookie ^= 1u << 20;
    request.inode = 0;
    ck_assert_int_eq(send_request(&request), ESRCH);
    request = good;
    request.port = another.port; /* another listener's */
    ck_assert_int_eq(send_request(&request), ESRCH);
    request = good;
    request.network ^= 1u << 30; /* this process is in no such network */
    ck_assert_int_eq(send_request(&request), ESRCH);
    close(fd);
    ck_assert_int_eq(send_request(&good), ESRCH);
    ck_assert_int_eq(send_request(&another), 0);
}
END_TEST

/* A connection is no listener, whoever has it. */
START_TEST(only_a_listener_is_watched)
{
    struct sockaddr_in where;
    int fd = listen_on_loopback(&where, 1), client = start_client(ntohs(where.sin_port));
    struct refuser_request request = ask_request(client, REFUSER_REFUSE);
    ck_assert_int_eq(send_request(&request), ESRCH);
    request = ask_request(accept(fd, NULL, NULL), REFUSER_REFUSE);
    ck_assert_int_eq(send_request(&request), ESRCH);
}
END_TEST

/* Where it listens is what the kernel says. */
START_TEST(a_wrong_address_changes_nothing)
{
    struct sockaddr_in where;
    int fd = listen_on_loopback(&where, 1);
    struct refuser_request request = ask_request(fd, REFUSER_REFUSE);
    memset(request.address, 0x7b, sizeof request.address);
    request.interface = 99;
    ck_assert_int_eq(send_request(&request), 0);
    ck_assert_int_eq(fill(ntohs(where.sin_port)), 2);
    ck_assert_int_eq(connect_surplus(ntohs(where.sin_port)), -ECONNREFUSED);
}
END_TEST

/* --- who asks --- */

static struct refuser_request of_another;

static int ask_for_anothers(void)
{
    return abs(send_request(&of_another));
}

static int ask_for_ones_own(void)
{
    struct sockaddr_in where;
    return abs(ask_watch(listen_on_loopback(&where, 0), REFUSER_REFUSE));
}

START_TEST(nobody_decides_about_anothers_listener)
{
    struct sockaddr_in where;
    if (!is_root())
        return;
    int fd = listen_on_loopback(&where, 0);
    for (uint32_t wish = REFUSER_REFUSE; wish <= REFUSER_SHORTEN; wish++) {
        of_another = ask_request(fd, wish);
        of_another.descriptor = 9999;
        ck_assert_int_eq(as_user(SOMEBODY, ask_for_anothers), EACCES);
    }
    ck_assert_int_eq(as_user(SOMEBODY, ask_for_ones_own), 0);
}
END_TEST

static int listen_and_tell(int by)
{
    struct sockaddr_in where;
    const struct refuser_request request = ask_request(listen_on_loopback(&where, 0), REFUSER_REFUSE);
    return write(by, &request, sizeof request) == sizeof request;
}

START_TEST(root_decides_about_all)
{
    int told[2], status;
    if (!is_root())
        return;
    ck_assert_int_eq(pipe(told), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (setuid(SOMEBODY) != 0 || !listen_and_tell(told[1]))
            _exit(1);
        pause();
    }
    ck_assert(read(told[0], &of_another, sizeof of_another) == sizeof of_another);
    ck_assert_int_eq(ask_for_anothers(), 0);
    ck_assert_int_eq(as_user(NOBODY, ask_for_anothers), EACCES);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
}
END_TEST

/* The socket is root's, the server is not any more. */
START_TEST(who_gave_up_root_is_believed_by_the_descriptor)
{
    struct sockaddr_in where;
    if (!is_root())
        return;
    of_another = ask_request(listen_on_loopback(&where, 0), REFUSER_REFUSE);
    ck_assert_int_eq(as_user(SOMEBODY, ask_for_anothers), 0);
    int other = listen_on_loopback(&where, 0);
    of_another.descriptor = other; /* which is another socket */
    ck_assert_int_eq(as_user(SOMEBODY, ask_for_anothers), EACCES);
}
END_TEST

/* --- connections of another's listener --- */

static int listen_at(const char *text, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, text, &address.sin_addr);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 20) != 0)
        _exit(126);
    return fd;
}

static int queue_at(const char *text, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, text, &address.sin_addr);
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

static int victim_port;
static const char *claimed;

/* Its own listener's queue is as long, and it says that this is at the other address. */
static int shorten_anothers(void)
{
    int fd = listen_at("127.0.0.3", victim_port);
    for (int i = 0; i < 5; i++)
        if (queue_at("127.0.0.3", victim_port) < 0)
            return 125;
    struct refuser_request request = ask_request(fd, REFUSER_SHORTEN);
    inet_pton(AF_INET, claimed, request.address);
    return abs(send_request(&request));
}

START_TEST(nobody_resets_anothers_clients)
{
    static const char *const claims[] = {"127.0.0.2", "0.0.0.0", "127.0.0.3"};
    struct sockaddr_in where;
    int clients[3];
    socklen_t length = sizeof where;
    if (!is_root())
        return;
    int fd = listen_at("127.0.0.2", 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&where, &length), 0);
    victim_port = ntohs(where.sin_port);
    for (int i = 0; i < 3; i++)
        clients[i] = queue_at("127.0.0.2", victim_port);
    claimed = claims[_i];
    ck_assert_int_eq(as_user(SOMEBODY, shorten_anothers), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(await_reset(clients[i], 0), 0);
}
END_TEST

/* --- from where --- */

/* A child in a network of its own: what it returns. */
static int in_another_network(int (*work)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (unshare(CLONE_NEWNET) != 0)
            _exit(127);
        raise_loopback();
        forbid_syncookies();
        _exit(work());
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* So many that were closed at once, and then one that stays. */
static int come_after_many(void)
{
    struct sockaddr_in where;
    for (int i = 0; i < 60; i++) {
        int fd = listen_on_loopback(&where, 1);
        int error = ask_watch(fd, REFUSER_REFUSE);
        if (error)
            return abs(error);
        if (fill(ntohs(where.sin_port)) != 2 || connect_surplus(ntohs(where.sin_port)) != -ECONNREFUSED)
            return 100;
        close(fd);
    }
    return 0;
}

START_TEST(another_network_is_served_however_often_its_server_starts_anew)
{
    ck_assert_int_eq(in_another_network(come_after_many), 0);
}
END_TEST

/* The library's own way, with either overflow. */
START_TEST(a_server_in_another_network_is_watched)
{
    static const char *const settings[] = {"", "listen.overflow_tcp=reset"};
    ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
    raise_loopback();
    forbid_syncookies();
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
}
END_TEST

/* --- a refuser that is none --- */

/* What a process does that has the refuser's place, with each that comes. */
struct fake {
    void (*answer)(int fd);
    uid_t user;
    int backlog;
};

static struct fake fake;
static pid_t faker;

static void send_answer(int fd, struct refuser_answer answer, size_t size)
{
    uint8_t bytes[64] = {0};
    struct refuser_request request;
    memcpy(bytes, &answer, sizeof answer);
    if (recv(fd, &request, sizeof request, 0) == sizeof request)
        send(fd, bytes, size, MSG_NOSIGNAL);
}

static void answer_well(int fd)
{
    send_answer(fd, (struct refuser_answer){.version = REFUSER_VERSION}, sizeof(struct refuser_answer));
}

static void answer_another_version(int fd)
{
    send_answer(fd, (struct refuser_answer){.version = REFUSER_VERSION + 1}, sizeof(struct refuser_answer));
}

static void answer_4096(int fd)
{
    send_answer(fd, (struct refuser_answer){.version = REFUSER_VERSION, .error = 4096}, sizeof(struct refuser_answer));
}

static void answer_below_0(int fd)
{
    send_answer(fd, (struct refuser_answer){.version = REFUSER_VERSION, .error = -1}, sizeof(struct refuser_answer));
}

static void answer_too_little(int fd)
{
    send_answer(fd, (struct refuser_answer){.version = REFUSER_VERSION}, sizeof(struct refuser_answer) - 1);
}

static void answer_too_much(int fd)
{
    send_answer(fd, (struct refuser_answer){.version = REFUSER_VERSION}, sizeof(struct refuser_answer) + 1);
}

static void answer_eperm(int fd)
{
    send_answer(fd, (struct refuser_answer){.version = REFUSER_VERSION, .error = EPERM}, sizeof(struct refuser_answer));
}

static void hang_up(int fd)
{
    struct refuser_request request;
    recv(fd, &request, sizeof request, 0);
}

/* Until the asker is gone. */
static void be_silent(int fd)
{
    struct refuser_request request;
    while (recv(fd, &request, sizeof request, 0) > 0)
        continue;
}

static void be_fake(const char *path)
{
    struct refuser_address address;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), client;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGTERM, SIG_DFL);
    refuser_address_read(&address, path);
    if (bind(fd, (struct sockaddr *)&address.name, address.length) != 0 || setuid(fake.user) != 0 ||
        listen(fd, fake.backlog) != 0)
        _exit(1);
    while ((client = accept(fd, NULL, NULL)) >= 0) {
        fake.answer(client);
        close(client);
    }
    _exit(0);
}

/* Takes the place of the refuser. */
static void start_fake(struct fake what)
{
    static char path[64];
    refuser_daemon_stop(refuser);
    fake = what;
    snprintf(path, sizeof path, "/tmp/listenas-fake-%d", (int)getpid());
    faker = fork();
    if (faker == 0)
        be_fake(path);
    while (!refuser_answers(path))
        sched_yield();
    setenv("LISTENAS_REFUSER", path, 1);
    refuser = faker;
}

/* Expects that in the record of a server's listen; returns how long the server took to be ready. */
static int64_t check_listen(const char *expected)
{
    record_apart();
    int64_t start = storm_now_ms();
    struct server server = server_start(0, 2);
    int64_t took = storm_now_ms() - start;
    ck_assert_int_gt(server.port, 0);
    char *record = read_record();
    ck_assert_msg(strstr(record, expected) != NULL, "%s: %s", expected, record);
    ck_assert_int_ge(enter(server.port), 0);
    server_kill(&server);
    forget_record();
    return took;
}

/* As a refuser whose worker is replaced while it has the request: the next one has it when it is sent again. */
static void hang_up_twice(int fd)
{
    static int turns;
    struct refuser_request request;
    if (recv(fd, &request, sizeof request, MSG_PEEK) > 0 && turns++ < 2)
        return;
    answer_well(fd);
}

START_TEST(an_answer_that_is_none_is_recorded)
{
    static const struct {
        void (*answer)(int fd);
        const char *expected;
    } fakes[] = {
        {answer_well, "\"refuser\":true"},
        {answer_another_version, "\"refuser_errno\":\"EPROTO\""},
        {answer_4096, "\"refuser_errno\":\"EPROTO\""},
        {answer_below_0, "\"refuser_errno\":\"EPROTO\""},
        {answer_too_little, "\"refuser_errno\":\"EPROTO\""},
        {answer_too_much, "\"refuser_errno\":\"EPROTO\""},
        {answer_eperm, "\"refuser_errno\":\"EPERM\""},
        {hang_up, "\"refuser_errno\":\"ECONNREFUSED\""},
        {hang_up_twice, "\"refuser\":true"},
    };
    start_fake((struct fake){.answer = fakes[_i].answer, .user = getuid(), .backlog = 10});
    check_listen(fakes[_i].expected);
}
END_TEST

/* Neither root nor the server's own user: the server is root here, and the answer would have been good. */
START_TEST(another_users_refuser_is_not_believed)
{
    if (!is_root())
        return;
    start_fake((struct fake){.answer = answer_well, .user = SOMEBODY, .backlog = 10});
    check_listen("\"refuser_errno\":\"EACCES\"");
}
END_TEST

/* A call that waits for its patience once takes less than this, in one of these trials on a machine that is busy. */
#define ONCE_MS (REFUSER_PATIENCE_MS + 1500)
#define TRIALS 5

START_TEST(a_silent_refuser_costs_a_call_its_patience_once)
{
    int64_t took = INT64_MAX;
    start_fake((struct fake){.answer = be_silent, .user = getuid(), .backlog = 10});
    for (int i = 0; i < TRIALS && took >= ONCE_MS; i++) {
        took = check_listen("\"refuser_errno\":\"ETIMEDOUT\"");
        ck_assert_int_ge(took, REFUSER_PATIENCE_MS);
    }
    ck_assert_int_lt(took, ONCE_MS);
}
END_TEST

static void *let_accept(void *of)
{
    const struct timespec late = {.tv_sec = REFUSER_PATIENCE_MS / 1000 - 1, .tv_nsec = 500000000};
    nanosleep(&late, NULL);
    while (accept(*(int *)of, NULL, NULL) >= 0)
        continue;
    return NULL;
}

/* How long a call takes where it has a queue, which is full for most of that time, and then no answer. */
static int64_t time_late_refuser(void)
{
    struct refuser_address address;
    pthread_t thread;
    int clients[4];
    char path[64];
    snprintf(path, sizeof path, "/tmp/listenas-fake-%d", (int)getpid());
    refuser_address_read(&address, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address.name, address.length), 0);
    ck_assert_int_eq(listen(fd, 0), 0);
    for (int i = 0; i < 4; i++) {
        clients[i] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        connect(clients[i], (struct sockaddr *)&address.name, address.length);
    }
    setenv("LISTENAS_REFUSER", path, 1);
    pthread_create(&thread, NULL, let_accept, &fd);
    int64_t took = check_listen("\"refuser_errno\":\"ETIMEDOUT\"");
    shutdown(fd, SHUT_RDWR);
    pthread_join(thread, NULL);
    unlink(path);
    close(fd);
    for (int i = 0; i < 4; i++)
        close(clients[i]);
    return took;
}

START_TEST(a_late_and_silent_refuser_costs_no_more)
{
    int64_t took = INT64_MAX;
    refuser_daemon_stop(refuser);
    refuser = 0;
    for (int i = 0; i < TRIALS && took >= ONCE_MS; i++) {
        took = time_late_refuser();
        ck_assert_int_ge(took, REFUSER_PATIENCE_MS);
    }
    ck_assert_int_lt(took, ONCE_MS);
}
END_TEST

static Suite *requests(void)
{
    const TTest *const tests[] = {
        bytes_that_are_no_request_get_eproto,
        only_a_wish_that_there_is_is_served,
        a_listener_that_is_not_there_is_not_found,
        only_a_listener_is_watched,
        a_wrong_address_changes_nothing,
        nobody_decides_about_anothers_listener,
        root_decides_about_all,
        who_gave_up_root_is_believed_by_the_descriptor,
        another_network_is_served_however_often_its_server_starts_anew,
        another_users_refuser_is_not_believed,
        a_silent_refuser_costs_a_call_its_patience_once,
        a_late_and_silent_refuser_costs_no_more,
    };
    Suite *suite = suite_create("requests");
    TCase *whole = tcase_create("requests");
    tcase_set_timeout(whole, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(whole, tests[i]);
    tcase_add_loop_test(whole, nobody_resets_anothers_clients, 0, 3);
    tcase_add_loop_test(whole, a_server_in_another_network_is_watched, 0, 2);
    tcase_add_loop_test(whole, an_answer_that_is_none_is_recorded, 0, 9);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(requests());
}
