/* A full queue that refuses or resets, from outside: unmodified servers, real clients, the command's own refuser. */
#include <fcntl.h>
#include <sys/resource.h>

#include "ask.h"
#include "fixture.h"

#define CLIENTS 2000
/* A SYN that slipped in is sent again after one second, then after two more. */
#define STORM_MS 100000
/* Sooner than a SYN is sent again: who is answered within this time was answered at once. */
#define AT_ONCE_MS 900

static void assert_calm(struct storm storm, int count)
{
    int surplus = surplus_error == ECONNRESET ? storm.reset : storm.refused;
    ck_assert_msg(storm.served + surplus == count && storm.served > 0 && surplus > 0,
                  "served %d, refused %d, reset %d, dropped %d, lost %d of %d", storm.served, storm.refused,
                  storm.reset, storm.dropped, storm.lost, count);
}

/*
 * SYNs that come within one turn of the kernel's all meet the queue as it was before it, and are sent again
 * at the same time: of a queue of one, one of them gets in at each turn, after 1, 3, 7, ... seconds. So few
 * come there at a time.
 */
static const struct {
    int backlog;
    char order;
    int width;
} storms[] = {{1, 's', 4}, {5, 's', 16}, {12, 's', 16}, {5, 'p', 16}, {5, 't', 16}};

START_TEST(everybody_is_served_or_turned_away)
{
    struct server server = server_start(0, storms[_i].backlog);
    ck_assert_int_eq(order(&server, storms[_i].order), 0);
    assert_calm(storm_run(server.port, CLIENTS, storms[_i].width, STORM_MS), CLIENTS);
    server_kill(&server);
}
END_TEST

/* Nothing was ever shut: where one was accepted, the very next client gets in, and no other. */
static void assert_watched(struct server *server, int turns)
{
    for (int i = 0; i < turns; i++) {
        ck_assert_int_eq(connect_surplus(server->port), -surplus_error);
        ck_assert_int_eq(order(server, 'a'), 0);
        ck_assert_int_ge(enter(server->port), 0);
        ck_assert_int_eq(fill(server->port), 0);
    }
}

START_TEST(a_full_queue_turns_away_and_an_accept_lets_the_next_one_in)
{
    struct server server = server_start(0, 3);
    ck_assert_int_eq(fill(server.port), 3);
    assert_watched(&server, 20);
    server_kill(&server);
}
END_TEST

/* --- how many --- */

static const int capacities[] = {0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 50, 64, 100, 127, 128, 129, 255, 511, 1024};

static void raise_limit(int least)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    ck_assert_msg(limit.rlim_cur > (rlim_t)least, "fewer than %d descriptors", least);
}

/* A queue of none is one of one on Linux. */
static void assert_capacity(int backlog)
{
    int clients[QUEUE_LONGEST], expected = backlog > 0 ? backlog : 1;
    struct server server = server_start(0, backlog);
    int count = fill_with(server.port, clients);
    ck_assert_msg(count == expected, "listen(%d): %d", backlog, count);
    assert_watched(&server, 2);
    for (int i = 0; i < count; i++)
        close(clients[i]);
    server_kill(&server);
}

START_TEST(the_queue_holds_what_the_profile_says)
{
    raise_limit(2048);
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++)
        assert_capacity(capacities[i]);
}
END_TEST

START_TEST(the_longest_queue_holds_what_the_profile_says)
{
    raise_limit(8192);
    assert_capacity(4096);
}
END_TEST

/* --- clients --- */

/* 0 or the errno of a client that waits in connect, and reads then; `again`: the SYNs of one that is connected. */
static int connect_and_wait(int port, int64_t *time_ms, int *again)
{
    struct sockaddr_storage address;
    socklen_t length = client_address(&address, AF_INET, port);
    const struct timeval patience = {.tv_usec = SHORT_MS * 1000};
    char byte;
    int64_t start = storm_now_ms();
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int error = connect(fd, (const struct sockaddr *)&address, length) == 0 ? 0 : errno;
    *time_ms = storm_now_ms() - start;
    *again = sent_again(fd);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (error == 0 && read(fd, &byte, 1) < 0 && errno != EAGAIN)
        error = errno;
    if (error)
        close(fd);
    return error;
}

START_TEST(clients_that_wait_in_connect)
{
    int64_t time_ms;
    int again, late = 0;
    struct server server = server_start(0, 2);
    ck_assert_int_eq(connect_and_wait(server.port, &time_ms, &again), 0);
    ck_assert_int_eq(connect_and_wait(server.port, &time_ms, &again), 0);
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(connect_and_wait(server.port, &time_ms, &again), surplus_error);
        late += time_ms >= AT_ONCE_MS;
    }
    ck_assert_int_lt(late, 10); /* a refuser that had no processor just then answers the next SYN */
    ck_assert_int_eq(order(&server, 'a'), 0);
    ck_assert_int_eq(connect_and_wait(server.port, &time_ms, &again), 0);
    ck_assert_int_eq(again, 0);
    server_kill(&server);
}
END_TEST

/* --- servers --- */

START_TEST(the_server_is_not_disturbed)
{
    struct server server = server_start(0, 2);
    ck_assert_int_eq(order(&server, 'w'), 'n');
    fill(server.port);
    ck_assert_int_eq(order(&server, 'w'), 'n');
    server_kill(&server);
}
END_TEST

START_TEST(a_server_that_is_stopped)
{
    int status;
    struct server server = server_start(0, 3);
    ck_assert_int_eq(kill(server.pid, SIGSTOP), 0);
    ck_assert_int_eq(waitpid(server.pid, &status, WUNTRACED), server.pid);
    ck_assert(WIFSTOPPED(status));
    ck_assert_int_eq(fill(server.port), 3);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
    ck_assert_int_eq(kill(server.pid, SIGCONT), 0);
    assert_watched(&server, 3);
    server_kill(&server);
}
END_TEST

START_TEST(a_server_that_is_busy)
{
    struct server server = server_start(0, 3);
    ck_assert_int_eq(order(&server, 'u'), 0);
    ck_assert_int_eq(fill(server.port), 3);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
    server_kill(&server);
}
END_TEST

START_TEST(a_child_that_was_forked_after_listen)
{
    struct server server = server_start(0, 2);
    ck_assert_int_eq(order(&server, 'f'), 0);
    waitpid(server.pid, NULL, 0);
    ck_assert_int_eq(fill(server.port), 2);
    assert_watched(&server, 3);
    server_kill(&server);
}
END_TEST

START_TEST(another_process_that_was_given_the_listener)
{
    struct server server = server_start(0, 2);
    ck_assert_int_eq(order(&server, 'g'), 0);
    waitpid(server.pid, NULL, 0);
    ck_assert_int_eq(fill(server.port), 2);
    assert_watched(&server, 3);
    server_kill(&server);
    ck_assert(is_free(server.port));
}
END_TEST

/* After listen, before its socket is made, and between both. */
START_TEST(a_server_that_gives_up_root)
{
    if (getuid() != 0) {
        puts("skipped: a_server_that_gives_up_root: only root can");
        return;
    }
    struct server after = server_start(0, 2), between = server_start(0, 2);
    ck_assert_int_eq(order(&after, 'd'), 0);
    ck_assert_int_eq(fill(after.port), 2);
    assert_watched(&after, 3);
    after.port = order(&after, 'n');
    ck_assert_int_eq(fill(after.port), 2);
    assert_watched(&after, 3);
    between.port = order(&between, 'e');
    ck_assert_int_gt(between.port, 0);
    ck_assert_int_eq(fill(between.port), 2);
    assert_watched(&between, 3);
    server_kill(&after);
    server_kill(&between);
}
END_TEST

/* --- ports --- */

START_TEST(the_port_is_free_after_close)
{
    struct server server = server_start(0, 2);
    fill(server.port);
    ck_assert_int_eq(order(&server, 'c'), 0);
    ck_assert(is_free(server.port));
    ck_assert_int_eq(connect_surplus(server.port), -ECONNREFUSED);
    server_kill(&server);
}
END_TEST

START_TEST(the_port_is_free_after_sigkill)
{
    struct server server = server_start(0, 2);
    fill(server.port);
    server_kill(&server);
    ck_assert(is_free(server.port));
    ck_assert_int_eq(connect_surplus(server.port), -ECONNREFUSED);
}
END_TEST

START_TEST(the_port_is_free_after_the_last_child)
{
    struct server server = server_start(0, 2);
    ck_assert_int_eq(order(&server, 'f'), 0);
    waitpid(server.pid, NULL, 0);
    ck_assert(!is_free(server.port));
    server_kill(&server);
    ck_assert(is_free(server.port));
}
END_TEST

START_TEST(a_server_restarts_at_once_while_full)
{
    struct server server = server_start(0, 2);
    for (int i = 0; i < 20; i++) {
        int port = server.port;
        ck_assert_int_eq(fill(port), 2);
        server_kill(&server);
        server = server_start(port, 2);
        ck_assert_int_eq(server.port, port);
    }
    server_kill(&server);
}
END_TEST

START_TEST(a_descriptor_is_reused)
{
    struct server server = server_start(0, 2);
    for (int i = 0; i < 10; i++) {
        fill(server.port);
        ck_assert_int_eq(order(&server, 'c'), 0);
        server.port = order(&server, 'n');
        ck_assert_int_gt(server.port, 0);
        ck_assert_int_eq(fill(server.port), 2);
    }
    server_kill(&server);
}
END_TEST

/* A close is a close: nobody else holds the listener. */
START_TEST(a_listener_that_is_closed_is_gone)
{
    struct server server = server_start(0, 2);
    ck_assert_int_eq(order(&server, 'r'), 1000);
    server_kill(&server);
}
END_TEST

#define MANY 200

START_TEST(two_hundred_listeners_at_once)
{
    struct server server = server_start(0, 1);
    int ports[MANY] = {server.port};
    for (int i = 1; i < MANY; i++) {
        ports[i] = order(&server, 'n');
        ck_assert_int_gt(ports[i], 0);
    }
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(fill(ports[i]), 1);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(connect_surplus(ports[i]), -surplus_error);
    server_kill(&server);
    for (int i = 0; i < MANY; i++)
        ck_assert(is_free(ports[i]));
}
END_TEST

/* A listener whose server calls listen again without telling anybody. */
START_TEST(a_new_backlog_counts_even_while_full)
{
    struct sockaddr_in where;
    int fd = listen_on_loopback(&where, 1);
    ck_assert_int_eq(ask_watch(fd, surplus_error == ECONNRESET ? REFUSER_RESET : REFUSER_REFUSE), 0);
    ck_assert_int_eq(fill(ntohs(where.sin_port)), 2);
    ck_assert_int_eq(listen(fd, 3), 0);
    ck_assert_int_ge(enter(ntohs(where.sin_port)), 0);
    ck_assert_int_eq(fill(ntohs(where.sin_port)), 1);
    close(fd);
}
END_TEST

static TCase *case_of(const char *name, void (*prepare)(void), const TTest *const *tests, size_t count)
{
    TCase *whole = tcase_create(name);
    tcase_set_timeout(whole, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, prepare, tear_down);
    tcase_add_loop_test(whole, everybody_is_served_or_turned_away, 0, sizeof storms / sizeof *storms);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(whole, tests[i]);
    return whole;
}

static Suite *full_queues(void)
{
    const TTest *const tests[] = {
        a_full_queue_turns_away_and_an_accept_lets_the_next_one_in,
        the_queue_holds_what_the_profile_says,
        the_longest_queue_holds_what_the_profile_says,
        clients_that_wait_in_connect,
        the_server_is_not_disturbed,
        a_server_that_is_stopped,
        a_server_that_is_busy,
        a_child_that_was_forked_after_listen,
        another_process_that_was_given_the_listener,
        a_server_that_gives_up_root,
        the_port_is_free_after_close,
        the_port_is_free_after_sigkill,
        the_port_is_free_after_the_last_child,
        a_server_restarts_at_once_while_full,
        a_descriptor_is_reused,
        a_listener_that_is_closed_is_gone,
        two_hundred_listeners_at_once,
        a_new_backlog_counts_even_while_full,
    };
    Suite *suite = suite_create("full queues");
    suite_add_tcase(suite, case_of("refuse", set_up, tests, sizeof tests / sizeof *tests));
    suite_add_tcase(suite, case_of("reset", set_up_reset, tests, sizeof tests / sizeof *tests));
    return suite;
}

int main(void)
{
    return run_where_watched(full_queues());
}
