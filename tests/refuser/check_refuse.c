/* The gate from outside: unmodified servers, real clients, the command's own refuser. */
#include <fcntl.h>

#include "ask.h"
#include "fixture.h"

#define CLIENTS 2000
/* A SYN that slipped in is sent again after one second, then after two more. */
#define STORM_MS 40000

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

START_TEST(a_full_queue_turns_away_and_an_accept_lets_the_next_one_in)
{
    struct server server = server_start(0, 3);
    ck_assert_int_eq(fill(server.port), 3);
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
        ck_assert_int_eq(order(&server, 'a'), 0);
        ck_assert_int_ge(enter(server.port), 0);
        ck_assert_int_eq(fill(server.port), 0);
    }
    server_kill(&server);
}
END_TEST

START_TEST(the_server_is_not_disturbed)
{
    struct server server = server_start(0, 2);
    ck_assert_int_eq(order(&server, 'w'), 'n');
    fill(server.port);
    ck_assert_int_eq(order(&server, 'w'), 'n');
    server_kill(&server);
}
END_TEST

START_TEST(a_child_that_was_forked_after_listen_is_kept)
{
    struct server server = server_start(0, 2);
    ck_assert_int_eq(order(&server, 'f'), 0);
    waitpid(server.pid, NULL, 0);
    ck_assert_int_eq(fill(server.port), 2);
    int64_t until = storm_now_ms() + FREE_MS;
    while (storm_now_ms() < until)
        ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
    ck_assert_int_eq(order(&server, 'a'), 0);
    ck_assert_int_ge(enter(server.port), 0);
    server_kill(&server);
}
END_TEST

START_TEST(a_server_that_drops_root_is_kept)
{
    if (getuid() != 0) {
        puts("skipped: a_server_that_drops_root_is_kept: only root can");
        return;
    }
    struct server server = server_start(0, 2);
    ck_assert_int_eq(order(&server, 'd'), 0);
    ck_assert_int_eq(fill(server.port), 2);
    ck_assert_int_eq(order(&server, 'a'), 0);
    ck_assert_int_ge(enter(server.port), 0);
    server_kill(&server);
}
END_TEST

START_TEST(the_port_is_free_after_close)
{
    struct server server = server_start(0, 2);
    fill(server.port);
    ck_assert_int_eq(order(&server, 'c'), 0);
    ck_assert(becomes_free(server.port));
    server_kill(&server);
}
END_TEST

START_TEST(the_port_is_free_after_sigkill)
{
    struct server server = server_start(0, 2);
    server_kill(&server);
    ck_assert(becomes_free(server.port));
}
END_TEST

START_TEST(the_port_is_free_after_the_last_child)
{
    struct server server = server_start(0, 2);
    ck_assert_int_eq(order(&server, 'f'), 0);
    waitpid(server.pid, NULL, 0);
    ck_assert(!becomes_free(server.port));
    server_kill(&server);
    ck_assert(becomes_free(server.port));
}
END_TEST

START_TEST(a_server_restarts_at_once_while_full)
{
    struct server server = server_start(0, 2);
    for (int i = 0; i < 5; i++) {
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
        ck_assert(becomes_free(ports[i]));
}
END_TEST

/* Still kept: full it refuses, and after an accept it lets one in. */
static void assert_kept(struct server *server)
{
    fill(server->port);
    ck_assert_int_eq(order(server, 'a'), 0);
    ck_assert_int_ge(enter(server->port), 0);
}

START_TEST(a_killed_worker_is_replaced)
{
    struct server server = server_start(0, 3);
    ck_assert_int_eq(fill(server.port), 3);
    for (int i = 0; i < 5; i++) {
        kill(await_child_of(refuser), SIGKILL);
        assert_kept(&server);
    }
    server_kill(&server);
    ck_assert(becomes_free(server.port));
}
END_TEST

START_TEST(a_killed_guardian_is_replaced)
{
    struct server server = server_start(0, 3);
    ck_assert_int_eq(fill(server.port), 3);
    for (int i = 0; i < 5; i++) {
        pid_t worker = await_child_of(refuser);
        kill(refuser, SIGKILL);
        waitpid(refuser, NULL, 0);
        refuser = worker;
        assert_kept(&server);
    }
    await_child_of(refuser);
    server_kill(&server);
    ck_assert(becomes_free(server.port));
}
END_TEST

START_TEST(a_refuser_that_ends_leaves_the_gate_open)
{
    struct server server = server_start(0, 2);
    fill(server.port);
    refuser_daemon_stop(refuser);
    refuser = 0;
    ck_assert_int_eq(order(&server, 'a'), 0);
    ck_assert_int_ge(enter(server.port), 0);
    server_kill(&server);
}
END_TEST

START_TEST(without_a_refuser_the_server_goes_on)
{
    refuser_daemon_stop(refuser);
    setenv("LISTENAS_REFUSER", "@listenas-nobody", 1);
    refuser = 0;
    struct server server = server_start(0, 2);
    ck_assert_int_gt(server.port, 0);
    ck_assert_int_ge(connect_once(server.port), 0);
    ck_assert_int_eq(order(&server, 'a'), 0);
    server_kill(&server);
}
END_TEST

/* A listener whose server calls listen again without telling anybody. */
START_TEST(a_new_backlog_counts_even_while_full)
{
    struct sockaddr_in where = {.sin_family = AF_INET};
    socklen_t length = sizeof where;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&where, length), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&where, &length), 0);
    ck_assert_int_eq(ask_watch(fd, surplus_error == ECONNRESET ? REFUSER_RESET : REFUSER_REFUSE), 0);
    ck_assert_int_eq(fill(ntohs(where.sin_port)), 2);
    ck_assert_int_eq(listen(fd, 3), 0);
    ck_assert_int_ge(enter(ntohs(where.sin_port)), 0);
    ck_assert_int_eq(fill(ntohs(where.sin_port)), 1);
    close(fd);
}
END_TEST

/* `run` starts a refuser of its own, which ends after the server. */
START_TEST(run_starts_one_of_its_own)
{
    char command[PATH_MAX], zero[] = "0", two[] = "2", run[] = "run";
    char *words[] = {command, run, server_path(), zero, two, NULL};
    refuser_daemon_stop(refuser);
    snprintf(command, sizeof command, "%s/listenas", getenv("LISTENAS_BUILD"));
    refuser = 0;
    struct server server = server_start_as(words);
    ck_assert_int_eq(fill(server.port), 2);
    ck_assert_int_eq(order(&server, 'w'), 'n');
    ck_assert_int_eq(order(&server, 'a'), 0);
    ck_assert_int_ge(enter(server.port), 0);
    server_kill(&server);
    ck_assert(becomes_free(server.port));
    /* The refuser is an orphan, and orphans of this test are its children. */
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

static TCase *case_of(const char *name, void (*prepare)(void), const TTest *const *tests, size_t count)
{
    TCase *whole = tcase_create(name);
    tcase_set_timeout(whole, 60);
    tcase_add_checked_fixture(whole, prepare, tear_down);
    tcase_add_loop_test(whole, everybody_is_served_or_turned_away, 0, sizeof storms / sizeof *storms);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(whole, tests[i]);
    return whole;
}

static Suite *gate(void)
{
    const TTest *const tests[] = {
        a_full_queue_turns_away_and_an_accept_lets_the_next_one_in,
        the_server_is_not_disturbed,
        a_child_that_was_forked_after_listen_is_kept,
        a_server_that_drops_root_is_kept,
        the_port_is_free_after_close,
        the_port_is_free_after_sigkill,
        the_port_is_free_after_the_last_child,
        a_server_restarts_at_once_while_full,
        a_descriptor_is_reused,
        two_hundred_listeners_at_once,
        a_killed_worker_is_replaced,
        a_killed_guardian_is_replaced,
        a_refuser_that_ends_leaves_the_gate_open,
        without_a_refuser_the_server_goes_on,
        a_new_backlog_counts_even_while_full,
        run_starts_one_of_its_own,
    };
    Suite *suite = suite_create("gate");
    suite_add_tcase(suite, case_of("refuse", set_up, tests, sizeof tests / sizeof *tests));
    suite_add_tcase(suite, case_of("reset", set_up_reset, tests, sizeof tests / sizeof *tests));
    return suite;
}

int main(void)
{
    return run_where_watched(gate());
}
