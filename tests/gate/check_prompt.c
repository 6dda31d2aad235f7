/*
 * What a program under the library meets at a gate is so when its call returns, not some microseconds later.
 */
#include "fixture.h"

#define TIMES 25

START_TEST(there_is_room_when_accept_returns)
{
    struct server server = server_start(0, 2);
    ck_assert_int_eq(fill(server.port), 2);
    for (int i = 0; i < TIMES; i++) {
        ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
        ck_assert_int_eq(order(&server, 'a'), 0);
        ck_assert_int_ge(connect_once(server.port), 0);
    }
    server_kill(&server);
}
END_TEST

START_TEST(a_program_meets_its_own_full_queue_at_once)
{
    for (int backlog = 1; backlog <= TIMES; backlog++) {
        struct server server = server_start(0, backlog);
        ck_assert_int_eq(order(&server, 'm'), backlog);
        server_kill(&server);
    }
}
END_TEST

START_TEST(the_port_is_free_when_close_returns)
{
    for (int i = 0; i < TIMES; i++) {
        struct server server = server_start(0, 2);
        ck_assert_int_eq(fill(server.port), 2);
        ck_assert_int_eq(order(&server, 'c'), 0);
        ck_assert(is_free(server.port));
        server_kill(&server);
    }
}
END_TEST

static TCase *case_of(const char *name, void (*prepare)(void))
{
    TCase *whole = tcase_create(name);
    tcase_set_timeout(whole, 60);
    tcase_add_checked_fixture(whole, prepare, tear_down);
    tcase_add_test(whole, there_is_room_when_accept_returns);
    tcase_add_test(whole, a_program_meets_its_own_full_queue_at_once);
    tcase_add_test(whole, the_port_is_free_when_close_returns);
    return whole;
}

int main(void)
{
    Suite *suite = suite_create("prompt");
    suite_add_tcase(suite, case_of("refuse", set_up));
    suite_add_tcase(suite, case_of("reset", set_up_reset));
    return run_where_kept(suite);
}
