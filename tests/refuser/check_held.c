/* The second queue of accept filters: which client is reset when one more comes than may be held, and which are not. */
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/tcp.h>
#include <sys/stat.h>

#include "ask.h"
#include "fixture.h"
#include "record.h"

#define CROWD 64

static void let_time_pass(int milliseconds)
{
    const struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

/* The kernel's timer tells who came first, but to a tick only; there is nothing that could be waited for. */
static void let_a_tick_pass(void)
{
    let_time_pass(15);
}

static int come_later(int port)
{
    int client = come(port);
    ck_assert_msg(client >= 0, "client: %s", strerror(-client));
    let_a_tick_pass();
    return client;
}

static void expect_reset(int client)
{
    ck_assert_int_eq(await_reset(client, SURE_MS), ECONNRESET);
    close(client);
}

static void expect_answer(int client)
{
    const struct timeval patience = {.tv_sec = SURE_MS / 1000};
    char byte = 'n';
    fcntl(client, F_SETFL, 0);
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ck_assert_int_eq(read(client, &byte, 1), 1);
    ck_assert_int_eq(byte, 'y');
    close(client);
}

/* Has the server accept one, which must be this client. */
static void expect_service(struct server *server, int client)
{
    ck_assert_int_eq(order(server, 'a'), 0);
    expect_answer(client);
}

static void speak(int client)
{
    ck_assert_int_eq(send(client, "hello", 5, MSG_NOSIGNAL), 5);
}

static void speak_and_expect_service(struct server *server, int client)
{
    speak(client);
    expect_service(server, client);
}

/* Three times as many clients come as stay; each that comes too much ends the one that is held longest. */
static void come_and_go(struct server *server, int stay)
{
    int clients[CROWD], count = 0;
    while (count < 3 * stay) {
        clients[count] = come_later(server->port);
        if (count >= stay)
            expect_reset(clients[count - stay]);
        count++;
    }
    for (int i = count - stay; i < count; i++)
        speak_and_expect_service(server, clients[i]);
}

static void set_syncookies(const char *value)
{
    int fd = open("/proc/sys/net/ipv4/tcp_syncookies", O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(write(fd, value, 1), 1);
    close(fd);
}

/* As many as stay at rest: one less than the platform holds where Linux has no more room than that. */
static const struct {
    const char *profile, *set;
    int backlog, stay;
} rests[] = {
    {"dragonfly", "filter.install=dataready", 5, 5},
    {"freebsd-4", "filter.install=httpready", 3, 3},
    {"freebsd-4", "filter.install=dataready", 1, 1},
    {"freebsd-9", "filter.install=dataready", 5, 6},
    {"freebsd-9", "filter.install=dataready", 2, 3},
    {"freebsd-9", "filter.install=dataready", 1, 1},
    {"freebsd-13", "filter.install=httpready", 8, 9},
    {"native", "filter.install=dataready,filter.overflow=reset", 3, 3},
    {"native", "filter.install=dataready,filter.overflow=reset,filter.capacity=backlog,listen.capacity_tcp=4 b", 2, 3},
};

START_TEST(the_one_held_longest_is_reset)
{
    static const char *const syncookies[] = {"0", "1"};
    setenv("LISTENAS_PROFILE", rests[_i].profile, 1);
    setenv("LISTENAS_SET", rests[_i].set, 1);
    for (size_t i = 0; i < sizeof syncookies / sizeof *syncookies; i++) {
        set_syncookies(syncookies[i]);
        struct server server = server_start(0, rests[_i].backlog);
        come_and_go(&server, rests[_i].stay);
        server_kill(&server);
        ck_assert(is_free(server.port));
    }
}
END_TEST

/* Without syncookies, who comes too much at once comes again, and there is room then; one is enough for a backlog of 0.
 */
static const struct {
    int backlog, crowd, stay;
} bursts[] = {{5, 15, 5}, {0, 2, 1}};

static int count_errors(const int *clients, int count, int error)
{
    int found = 0;
    for (int i = 0; i < count; i++)
        found += await_reset(clients[i], 0) == error;
    return found;
}

static bool is_connected(int client)
{
    struct tcp_info info;
    socklen_t length = sizeof info;
    return getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 && info.tcpi_state == TCP_ESTABLISHED;
}

START_TEST(a_burst_is_let_in)
{
    int clients[CROWD], crowd = bursts[_i].crowd, connected;
    struct server server = server_start(0, bursts[_i].backlog);
    for (int i = 0; i < crowd; i++)
        clients[i] = start_client(server.port);
    do {
        poll(NULL, 0, SHORT_MS);
        connected = 0;
        for (int i = 0; i < crowd; i++)
            connected += is_connected(clients[i]);
    } while (connected + count_errors(clients, crowd, ECONNRESET) < crowd || connected > bursts[_i].stay);
    ck_assert_int_eq(connected, bursts[_i].stay);
    for (int i = 0; i < crowd; i++)
        if (is_connected(clients[i]))
            speak_and_expect_service(&server, clients[i]);
    server_kill(&server);
}
END_TEST

/* Those who have spoken are in the accept queue, out of reach. */
START_TEST(who_is_queued_stays)
{
    int queued[3], clients[12];
    struct server server = server_start(0, 3);
    for (int i = 0; i < 3; i++) {
        queued[i] = come_later(server.port);
        speak(queued[i]);
    }
    for (int i = 0; i < 12; i++) {
        clients[i] = come_later(server.port);
        if (i >= 3)
            expect_reset(clients[i - 3]);
    }
    for (int i = 0; i < 3; i++)
        expect_service(&server, queued[i]);
    for (int i = 9; i < 12; i++)
        speak_and_expect_service(&server, clients[i]);
    server_kill(&server);
}
END_TEST

static const struct {
    const char *listener;
    int client; /* family */
} families[] = {{"0.0.0.0", AF_INET}, {"::", AF_INET}, {"::", AF_INET6}, {"::1", AF_INET6}};

static bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return has;
}

START_TEST(every_family)
{
    if (strchr(families[_i].listener, ':') && !has_ipv6()) {
        puts("skipped: accept filters on IPv6: there is none here");
        return;
    }
    client_domain = families[_i].client;
    setenv("LISTENAS_PROFILE", "native", 1); /* dragonfly has no dual stack */
    setenv("LISTENAS_SET", "filter.install=dataready,filter.overflow=reset", 1);
    struct server server = server_start_at(families[_i].listener, 0, 3);
    come_and_go(&server, 3);
    server_kill(&server);
    client_domain = AF_INET;
}
END_TEST

START_TEST(another_network)
{
    ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
    raise_loopback();
    forbid_syncookies();
    struct server server = server_start(0, 4), beside = server_start(0, 2);
    come_and_go(&server, 4);
    come_and_go(&beside, 2);
    server_kill(&server);
    server_kill(&beside);
    ck_assert(is_free(server.port));
}
END_TEST

/*
 * The kernel's timer starts again after 1 and 3 seconds: what is left of it when the third client comes is as if the
 * first had come later than the second. Who came when is in memory that the next worker finds.
 */
START_TEST(ages_outlive_the_timer_and_the_worker)
{
    struct server server = server_start(0, 2);
    int first = come_later(server.port), second, third;
    let_time_pass(1700);
    second = come_later(server.port);
    let_time_pass(500);
    kill(await_child_of(refuser), SIGKILL);
    third = come_later(server.port);
    expect_reset(first);
    speak_and_expect_service(&server, second);
    speak_and_expect_service(&server, third);
    server_kill(&server);
}
END_TEST

START_TEST(a_killed_worker_is_replaced)
{
    int clients[9];
    struct server server = server_start(0, 3);
    for (int i = 0; i < 9; i++) {
        clients[i] = come_later(server.port);
        if (i >= 3)
            expect_reset(clients[i - 3]);
        kill(await_child_of(refuser), SIGKILL);
    }
    for (int i = 6; i < 9; i++)
        speak_and_expect_service(&server, clients[i]);
    server_kill(&server);
}
END_TEST

/* --- a listener of the test's own, without the library --- */

static int hold(const struct sockaddr_in *where, int backlog, struct sockaddr_in *found)
{
    const int yes = 1, for_ever = INT_MAX;
    socklen_t length = sizeof *found;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)where, sizeof *where), 0);
    ck_assert_int_eq(setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &for_ever, sizeof for_ever), 0);
    ck_assert_int_eq(listen(fd, backlog), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)found, &length), 0);
    return fd;
}

static int hold_at(in_addr_t address, int port, int backlog, int *found)
{
    struct sockaddr_in where = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(address)};
    int fd = hold(&where, backlog, &where);
    *found = ntohs(where.sin_port);
    return fd;
}

static int ask_hold(int listener, unsigned int most)
{
    struct refuser_request request = ask_request(listener, REFUSER_HOLD);
    request.most = most;
    return ask_anything(&request, sizeof request);
}

/* Accepts one, which must be this client. */
static void expect_accept(int listener, int client)
{
    struct sockaddr_in peer = {0}, own = {0};
    socklen_t length = sizeof peer, own_length = sizeof own;
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    ck_assert_int_eq(poll(&wait, 1, SURE_MS), 1);
    int connection = accept(listener, (struct sockaddr *)&peer, &length);
    ck_assert_int_ge(connection, 0);
    ck_assert_int_eq(getsockname(client, (struct sockaddr *)&own, &own_length), 0);
    ck_assert_int_eq(peer.sin_port, own.sin_port);
    close(connection);
    close(client);
}

START_TEST(a_new_backlog_counts)
{
    int port, clients[6], listener = hold_at(INADDR_LOOPBACK, 0, 2, &port);
    ck_assert_int_eq(ask_hold(listener, UINT_MAX), 0);
    for (int i = 0; i < 3; i++)
        clients[i] = come_later(port);
    expect_reset(clients[0]);
    ck_assert_int_eq(listen(listener, 4), 0);
    for (int i = 3; i < 6; i++)
        clients[i] = come_later(port);
    expect_reset(clients[1]);
    for (int i = 2; i < 6; i++) {
        speak(clients[i]);
        expect_accept(listener, clients[i]);
    }
    close(listener);
}
END_TEST

static void remove_filter(int listener)
{
    const int none = 0;
    ck_assert_int_eq(setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &none, sizeof none), 0);
    ck_assert_int_eq(ask_watch(listener, REFUSER_UNHOLD), 0);
}

/* How long nothing may happen where nothing is left to do: longer than between two looks. */
#define REST_MS 400

START_TEST(nobody_is_looked_for_after_a_close)
{
    int port, listener = hold_at(INADDR_LOOPBACK, 0, 2, &port);
    ck_assert(refuser_comes_to_rest(refuser, REST_MS));
    ck_assert_int_eq(ask_hold(listener, 1), 0);
    ck_assert(refuser_stirs(refuser));
    close(listener);
    ck_assert(refuser_comes_to_rest(refuser, REST_MS));
}
END_TEST

START_TEST(a_removed_filter_ends_it)
{
    int clients[3], port, listener = hold_at(INADDR_LOOPBACK, 0, 2, &port);
    ck_assert_int_eq(ask_hold(listener, 1), 0);
    ck_assert_int_eq(ask_watch(listener, REFUSER_UNHOLD), 0);
    ck_assert(refuser_comes_to_rest(refuser, REST_MS));
    ck_assert_int_eq(ask_watch(listener, REFUSER_UNHOLD), ESRCH);
    for (int i = 0; i < 3; i++)
        clients[i] = come_later(port);
    ck_assert_int_eq(await_reset(clients[0], REST_MS), 0);
    close(listener);
}
END_TEST

/* The server removes it: who comes then is accepted without a word, and the refuser has nothing more to look at. */
START_TEST(a_server_that_removes_its_filter)
{
    int clients[3];
    setenv("LISTENAS_PROFILE", "native", 1);
    setenv("LISTENAS_SET", "filter.install=dataready,filter.overflow=reset,filter.option=yes,filter.remove=ok", 1);
    struct server server = server_start(0, 3);
    clients[0] = come_later(server.port);
    ck_assert(refuser_stirs(refuser));
    ck_assert_int_eq(order(&server, 'y'), 0);
    ck_assert(refuser_comes_to_rest(refuser, REST_MS));
    for (int i = 1; i < 3; i++)
        clients[i] = come_later(server.port);
    speak(clients[0]);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(order(&server, 'a'), 0);
    for (int i = 0; i < 3; i++)
        expect_answer(clients[i]);
    server_kill(&server);
}
END_TEST

/* Its accept queue refuses, its second queue resets, whichever was asked for first; without the filter it refuses
 * still. */
START_TEST(two_wishes_for_one_listener)
{
    int port, clients[4] = {0}, listener = hold_at(INADDR_LOOPBACK, 0, 2, &port);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(i == _i ? ask_hold(listener, 1) : ask_watch(listener, REFUSER_REFUSE), 0);
    for (int i = 0; i < 2; i++)
        clients[i] = come_later(port);
    expect_reset(clients[0]);
    clients[0] = clients[1];
    for (int i = 0; i < 3; i++) {
        speak(clients[i]);
        clients[i + 1] = i < 2 ? come_later(port) : connect_surplus(port);
    }
    ck_assert_int_eq(clients[3], -ECONNREFUSED);
    remove_filter(listener);
    for (int i = 0; i < 3; i++)
        expect_accept(listener, clients[i]);
    ck_assert_int_ge(enter(port), 0);
    ck_assert_int_eq(fill(port), 2);
    close(listener);
}
END_TEST

/* Clients of a listener that nobody named are left alone, though the address of the named one covers theirs. */
START_TEST(other_listeners_are_left_alone)
{
    int port, clients[4], kept = hold_at(INADDR_ANY, 0, 3, &port), other = hold_at(INADDR_LOOPBACK, port, 3, &port);
    const struct sockaddr_in second = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1)};
    ck_assert_int_eq(ask_hold(kept, 1), 0);
    for (int i = 0; i < 4; i++)
        clients[i] = come_later(port);
    for (int i = 0, before = -1; i < 4; i++) {
        int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ck_assert_int_eq(connect(client, (const struct sockaddr *)&second, sizeof second), 0);
        let_a_tick_pass();
        if (before >= 0)
            expect_reset(before);
        before = client;
    }
    for (int i = 0; i < 4; i++) {
        speak(clients[i]);
        expect_accept(other, clients[i]);
    }
    close(kept);
    close(other);
}
END_TEST

/* By SO_REUSEPORT: which of the two holds a client cannot be told, so both together may hold what each of them may. */
START_TEST(listeners_at_one_address_count_together)
{
    int port, clients[CROWD], count = 0, first = hold_at(INADDR_LOOPBACK, 0, 8, &port);
    int second = hold_at(INADDR_LOOPBACK, port, 8, &port);
    ck_assert_int_eq(ask_hold(first, 2), 0);
    for (; count < 4; count++)
        clients[count] = come_later(port);
    ck_assert_int_eq(ask_hold(second, 2), 0);
    for (; count < 6; count++)
        clients[count] = come_later(port);
    expect_reset(clients[0]);
    expect_reset(clients[1]);
    for (int i = 2; i < 6; i++) {
        struct pollfd waits[] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};
        speak(clients[i]);
        ck_assert_int_eq(poll(waits, 2, SURE_MS), 1);
        expect_accept(waits[0].revents ? first : second, clients[i]);
    }
    close(first);
    close(second);
}
END_TEST

/* --- where it cannot be kept --- */

static void lose_net_admin(void)
{
    if (prctl(PR_CAPBSET_DROP, CAP_NET_ADMIN) != 0)
        _exit(127);
}

static void lose_refuser(void)
{
    refuser_daemon_stop(refuser);
    refuser = 0;
    setenv("LISTENAS_REFUSER", "@listenas-nobody", 1);
}

static void restrict_refuser(void)
{
    refuser_daemon_stop(refuser);
    refuser = refuser_daemon_start_as(lose_net_admin);
    ck_assert_int_gt(refuser, 0);
}

static const struct {
    void (*prepare)(void);
    const char *error;
} failures[] = {{lose_refuser, "ECONNREFUSED"}, {restrict_refuser, "EPERM"}};

/* Then all is as the kernel has it: one more than the backlog is held, and the next one waits. */
START_TEST(the_record_says_why_not)
{
    int clients[3];
    char expected[128];
    failures[_i].prepare();
    record_apart();
    struct server server = server_start(0, 2);
    char *record = read_record();
    snprintf(expected, sizeof expected,
             "\"filter\":\"dataready\",\"overflow\":\"reset\",\"refuser\":false,\"refuser_errno\":\"%s\"",
             failures[_i].error);
    ck_assert_msg(strstr(record, expected) != NULL, "%s", record);
    for (int i = 0; i < 3; i++)
        clients[i] = come_later(server.port);
    ck_assert_int_eq(connect_once(server.port), -EINPROGRESS);
    for (int i = 0; i < 3; i++)
        speak_and_expect_service(&server, clients[i]);
    server_kill(&server);
    forget_record();
}
END_TEST

START_TEST(the_record_says_that_it_resets)
{
    record_apart();
    struct server server = server_start(0, 2);
    char *record = read_record();
    ck_assert_msg(strstr(record, "\"filter\":\"dataready\",\"overflow\":\"reset\",\"refuser\":true") != NULL, "%s",
                  record);
    server_kill(&server);
    forget_record();
}
END_TEST

static void set_up_hold(void)
{
    set_up();
    setenv("LISTENAS_PROFILE", "dragonfly", 1);
    setenv("LISTENAS_SET", "filter.install=dataready", 1);
}

static Suite *held(void)
{
    const TTest *const tests[] = {
        who_is_queued_stays,
        another_network,
        ages_outlive_the_timer_and_the_worker,
        a_killed_worker_is_replaced,
        a_new_backlog_counts,
        nobody_is_looked_for_after_a_close,
        a_removed_filter_ends_it,
        a_server_that_removes_its_filter,
        other_listeners_are_left_alone,
        listeners_at_one_address_count_together,
        the_record_says_that_it_resets,
    };
    Suite *suite = suite_create("held");
    TCase *whole = tcase_create("held");
    tcase_set_timeout(whole, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, set_up_hold, tear_down);
    tcase_add_loop_test(whole, the_one_held_longest_is_reset, 0, sizeof rests / sizeof *rests);
    tcase_add_loop_test(whole, a_burst_is_let_in, 0, sizeof bursts / sizeof *bursts);
    tcase_add_loop_test(whole, every_family, 0, sizeof families / sizeof *families);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(whole, tests[i]);
    tcase_add_loop_test(whole, two_wishes_for_one_listener, 0, 2);
    tcase_add_loop_test(whole, the_record_says_why_not, 0, sizeof failures / sizeof *failures);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(held());
}
