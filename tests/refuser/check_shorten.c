/* A listener that listens again with a smaller backlog, as MKS has it: the newest of its queue are reset. */
#include <fcntl.h>
#include <linux/capability.h>

#include "ask.h"
#include "fixture.h"
#include "record.h"

#define MOST 9

static void set_up_mks(void)
{
    set_up();
    setenv("LISTENAS_PROFILE", "mks", 1);
}

/* The kernel counts the age of a connection in ticks; there is nothing that could be waited for. */
static void let_a_tick_pass(void)
{
    const struct timespec time = {.tv_nsec = 15000000};
    nanosleep(&time, NULL);
}

static void queue_up(int port, int *clients, int count)
{
    for (int i = 0; i < count; i++) {
        clients[i] = enter(port);
        ck_assert_int_ge(clients[i], 0);
        let_a_tick_pass();
    }
}

static int port_of(int client)
{
    struct sockaddr_in6 address = {0}; /* the port is where IPv4 has it */
    socklen_t length = sizeof address;
    ck_assert_int_eq(getsockname(client, (struct sockaddr *)&address, &length), 0);
    return ntohs(address.sin6_port);
}

static void expect_reset(const int *clients, int count)
{
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(await_reset(clients[i], SURE_MS), ECONNRESET);
}

static void expect_none_reset(const int *clients, int count)
{
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(await_reset(clients[i], 0), 0);
}

/* The server accepts these, in this order; `how`: 'o' or 'q' of the server. */
static void expect_accepted(struct server *server, char how, const int *clients, int count)
{
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(order(server, how), port_of(clients[i]));
}

static void expect_full(int port)
{
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(connect_surplus(port), -ECONNREFUSED);
}

/* Each that is accepted makes room for one, and no more, though the dead still stand in the queue. */
static void check_capacity(struct server *server, char how, const int *clients, int count)
{
    int late[MOST];
    for (int i = 0; i < count; i++) {
        expect_full(server->port);
        expect_accepted(server, how, &clients[i], 1);
        late[i] = enter(server->port);
        ck_assert_int_ge(late[i], 0);
    }
    expect_full(server->port);
    expect_accepted(server, how, late, count);
    ck_assert_int_eq(fill(server->port), count);
}

static const struct {
    char how;
    const char *place;
    int domain;
} ways[] = {{'o', "127.0.0.1", AF_INET}, {'q', "127.0.0.1", AF_INET}, {'o', "0.0.0.0", AF_INET},
            {'q', "::1", AF_INET6},      {'o', "::", AF_INET},        {'q', "::", AF_INET6}};

START_TEST(the_newest_are_reset_and_the_oldest_stay)
{
    int clients[6];
    client_domain = ways[_i].domain;
    if (strcmp(ways[_i].place, "::") == 0) { /* MKS has no dual stack */
        setenv("LISTENAS_PROFILE", "glibc", 1);
        setenv("LISTENAS_SET", "listen.relisten_excess=reset", 1);
    }
    struct server server = server_start_at(ways[_i].place, 0, 6);
    ck_assert_int_gt(server.port, 0);
    queue_up(server.port, clients, 6);
    ck_assert_int_eq(order(&server, '3'), 0);
    expect_reset(clients + 3, 3);
    expect_none_reset(clients, 3);
    check_capacity(&server, ways[_i].how, clients, 3);
    server_kill(&server);
}
END_TEST

START_TEST(a_queue_that_fits_is_left_alone)
{
    int clients[3];
    struct server server = server_start(0, 6);
    queue_up(server.port, clients, 3);
    ck_assert_int_eq(order(&server, '3'), 0);
    ck_assert_int_eq(await_reset(clients[2], SHORT_MS), 0);
    expect_none_reset(clients, 3);
    check_capacity(&server, 'o', clients, 3);
    server_kill(&server);
}
END_TEST

START_TEST(a_queue_that_is_shortened_again_and_again)
{
    int clients[8];
    struct server server = server_start(0, 8);
    queue_up(server.port, clients, 8);
    ck_assert_int_eq(order(&server, '6'), 0);
    expect_reset(clients + 6, 2);
    ck_assert_int_eq(order(&server, '6'), 0);
    expect_none_reset(clients, 6);
    ck_assert_int_eq(order(&server, '2'), 0);
    expect_reset(clients + 2, 4);
    check_capacity(&server, 'q', clients, 2);
    server_kill(&server);
}
END_TEST

START_TEST(a_larger_backlog_afterwards)
{
    int clients[6], late[5];
    struct server server = server_start(0, 6);
    queue_up(server.port, clients, 6);
    ck_assert_int_eq(order(&server, '3'), 0);
    expect_reset(clients + 3, 3);
    ck_assert_int_eq(order(&server, '8'), 0);
    ck_assert_int_eq(fill_with(server.port, late), 5);
    expect_full(server.port);
    expect_accepted(&server, 'o', clients, 3);
    expect_accepted(&server, 'o', late, 5);
    ck_assert_int_eq(fill(server.port), 8);
    server_kill(&server);
}
END_TEST

/* poll counts them, and accept finds nobody: as wherever a connection is gone before it is accepted. */
START_TEST(a_queue_of_none_but_dead_reads_as_ready)
{
    int clients[3];
    struct server server = server_start(0, 3);
    queue_up(server.port, clients, 3);
    ck_assert_int_eq(order(&server, '1'), 0);
    expect_reset(clients + 1, 2);
    expect_accepted(&server, 'q', clients, 1);
    ck_assert_int_eq(order(&server, 'z'), 1);
    ck_assert_int_eq(order(&server, 'q'), -EAGAIN);
    ck_assert_int_eq(order(&server, 'z'), 0);
    ck_assert_int_eq(fill(server.port), 1);
    server_kill(&server);
}
END_TEST

/* An accept that waits passes over the dead and goes on to wait. */
START_TEST(an_accept_that_waits_beyond_the_dead)
{
    int clients[3];
    struct server server = server_start(0, 3);
    queue_up(server.port, clients, 3);
    ck_assert_int_eq(order(&server, '1'), 0);
    expect_reset(clients + 1, 2);
    expect_accepted(&server, 'o', clients, 1);
    fputc('o', server.orders);
    fflush(server.orders);
    int late = enter(server.port);
    ck_assert_int_ge(late, 0);
    ck_assert_int_eq(read_answer(&server), port_of(late));
    server_kill(&server);
}
END_TEST

/* Whoever it is that accepts: the dead are known by the listener. */
START_TEST(a_child_accepts)
{
    int clients[5];
    struct server server = server_start(0, 5);
    queue_up(server.port, clients, 5);
    ck_assert_int_eq(order(&server, '2'), 0);
    expect_reset(clients + 2, 3);
    ck_assert_int_eq(order(&server, 'f'), 0);
    check_capacity(&server, 'q', clients, 2);
    server_kill(&server);
}
END_TEST

/* --- where it cannot be done --- */

static void expect_record(const char *text)
{
    const char *record = read_record();
    ck_assert_msg(strstr(record, text) != NULL, "%s is not in: %s", text, record);
}

/* What `listenas log` prints for people. */
static void expect_log(const char *text)
{
    static char log[8192];
    char line[PATH_MAX + 64];
    snprintf(line, sizeof line, "%s/listenas log %s/*.ring", getenv("LISTENAS_BUILD"), getenv("LISTENAS_RING"));
    FILE *output = popen(line, "r");
    ck_assert_ptr_nonnull(output);
    log[fread(log, 1, sizeof log - 1, output)] = '\0';
    pclose(output);
    ck_assert_msg(strstr(log, text) != NULL, "%s is not in: %s", text, log);
}

START_TEST(the_record_tells_how_many)
{
    int clients[6];
    record_apart();
    struct server server = server_start(0, 6);
    queue_up(server.port, clients, 6);
    ck_assert_int_eq(order(&server, '4'), 0);
    expect_record(
        "\"asked\":4,\"effective\":4,\"given\":3,\"capacity\":4,\"reset\":2,\"overflow\":\"refuse\",\"refuser\":true");
    expect_log("; 2 beyond the new backlog reset by listen.relisten_excess");
    expect_accepted(&server, 'o', clients, 4);
    ck_assert_int_eq(order(&server, 'q'), -EAGAIN);
    expect_record("\"why\":[\"listen.relisten_excess\"]");
    server_kill(&server);
    forget_record();
}
END_TEST

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
    const char *record, *log;
} failures[] = {
    {lose_refuser,
     "\"reset\":0,\"overflow\":\"refuse\",\"refuser\":false,\"refuser_errno\":\"ECONNREFUSED\","
     "\"shorten_errno\":\"ECONNREFUSED\"",
     "connections beyond the new backlog stay queued: its refuser is gone"},
    {restrict_refuser, "\"reset\":0,\"overflow\":\"refuse\",\"refuser\":true,\"shorten_errno\":\"EPERM\"",
     "connections beyond the new backlog stay queued: its refuser lacks CAP_NET_ADMIN; a full queue refuses"},
};

/* Then the queue is kept, as the kernel has it, and nobody comes in before it is short enough. */
START_TEST(the_record_says_why_not)
{
    int clients[6];
    failures[_i].prepare();
    record_apart();
    struct server server = server_start(0, 6);
    queue_up(server.port, clients, 6);
    ck_assert_int_eq(order(&server, '3'), 0);
    expect_record(failures[_i].record);
    expect_log(failures[_i].log);
    ck_assert_int_eq(await_reset(clients[5], SHORT_MS), 0);
    expect_none_reset(clients, 6);
    expect_accepted(&server, 'o', clients, 3);
    ck_assert_int_ne(connect_once(server.port), 0);
    expect_accepted(&server, 'o', clients + 3, 3);
    ck_assert_int_ge(enter(server.port), 0);
    server_kill(&server);
    forget_record();
}
END_TEST

/* The kernel does not tell whose queue a connection of a group is in (SO_REUSEPORT). */
START_TEST(a_group_is_left_alone)
{
    int clients[24], count = 0;
    record_apart();
    struct server server = server_start(0, 6);
    server.port = order(&server, 'j');
    ck_assert_int_gt(server.port, 0);
    while (count < 24) {
        int client = come(server.port);
        if (client >= 0)
            clients[count++] = client;
    }
    ck_assert_int_eq(order(&server, '2'), 0);
    expect_record("\"reset\":0,\"overflow\":\"refuse\",\"refuser\":true,\"shorten_errno\":\"EOPNOTSUPP\"");
    ck_assert_int_eq(await_reset(clients[23], SHORT_MS), 0);
    expect_none_reset(clients, 24);
    server_kill(&server);
    forget_record();
}
END_TEST

static Suite *shorter_queues(void)
{
    const TTest *const tests[] = {
        a_queue_that_fits_is_left_alone,
        a_queue_that_is_shortened_again_and_again,
        a_larger_backlog_afterwards,
        a_queue_of_none_but_dead_reads_as_ready,
        an_accept_that_waits_beyond_the_dead,
        a_child_accepts,
        the_record_tells_how_many,
        a_group_is_left_alone,
    };
    Suite *suite = suite_create("shorter queues");
    TCase *whole = tcase_create("shorter queues");
    tcase_set_timeout(whole, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, set_up_mks, tear_down);
    tcase_add_loop_test(whole, the_newest_are_reset_and_the_oldest_stay, 0, sizeof ways / sizeof *ways);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(whole, tests[i]);
    tcase_add_loop_test(whole, the_record_says_why_not, 0, sizeof failures / sizeof *failures);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(shorter_queues());
}
