/*
 * When an eye is shut and opened, by tables of events and times.
 */
#include <string.h>

#include "../../shim/refuser/traffic.h"
#include "../suite.h"

#define MS 1000000
/* Far from 0, as the clock is. */
#define START ((int64_t)1000 * 1000 * MS)

/* A line: what is seen, when, and whether that is much. */
struct event {
    int syns, others;
    int64_t at_ns;
    bool is_much;
};

static const struct event slow[] = {
    {15, 0, 0, false},      {15, 0, 10 * MS, false}, {15, 0, 20 * MS, false}, {0, 7, 30 * MS, false},
    {1, 7, 40 * MS, false}, {0, 0, 50 * MS, false},  {15, 0, 60 * MS, false}, {0, 0, 61 * MS, false},
};
static const struct event at_once[] = {{16, 0, 0, true}};
static const struct event others_weigh_two[] = {{0, 8, 0, true}};
static const struct event mixed[] = {{5, 5, 0, false}, {1, 0, MS, true}};
static const struct event within_a_window[] = {
    {8, 0, 0, false},
    {7, 0, 5 * MS, false},
    {1, 0, 9999999, true},
    {1, 0, 9999999, false}, /* not twice within a millisecond */
};
static const struct event over_two_windows[] = {{8, 0, 0, false}, {7, 0, 9 * MS, false}, {8, 0, 10 * MS, false}};
static const struct event again_and_again[] = {
    {64, 0, 0, true}, {64, 0, MS / 2, false}, {64, 0, MS, true}, {64, 0, 2 * MS - 1, false}, {64, 0, 2 * MS, true},
};

static const struct {
    const struct event *events;
    size_t count;
} tables[] = {
#define TABLE(events)                                                                                                  \
    {                                                                                                                  \
        events, sizeof events / sizeof *events                                                                         \
    }
    TABLE(slow),  TABLE(at_once),         TABLE(others_weigh_two), /**/
    TABLE(mixed), TABLE(within_a_window), TABLE(over_two_windows), TABLE(again_and_again),
};

START_TEST(what_is_much)
{
    struct traffic traffic = {0};
    for (size_t i = 0; i < tables[_i].count; i++) {
        const struct event *event = &tables[_i].events[i];
        bool is_much = traffic_is_much(&traffic, event->syns, event->others, START + event->at_ns);
        ck_assert_msg(is_much == event->is_much, "event %zu", i);
    }
}
END_TEST

START_TEST(an_open_eye_waits_for_nothing)
{
    struct traffic traffic = {0};
    ck_assert_int_eq(traffic_due(&traffic), INT64_MAX);
    traffic_shut(&traffic, START);
    ck_assert(traffic.shut);
    ck_assert_int_eq(traffic_due(&traffic), START + TRAFFIC_LOOK_NS);
    traffic_open(&traffic, true, START + MS);
    ck_assert(!traffic.shut);
    ck_assert_int_eq(traffic_due(&traffic), INT64_MAX);
}
END_TEST

/* A shut eye is looked after until it is to be opened, however late the looks are. */
START_TEST(a_shut_eye_opens_in_time)
{
    struct traffic traffic = {0};
    traffic_shut(&traffic, START);
    ck_assert_int_eq(traffic.open_ns, START + TRAFFIC_PAUSE_NS);
    traffic.look_ns = START + TRAFFIC_PAUSE_NS + 7;
    ck_assert_int_eq(traffic_due(&traffic), traffic.open_ns);
}
END_TEST

/* Where there is much at each trial, the pauses grow up to the longest. */
START_TEST(pauses_grow_while_there_is_much)
{
    static const int64_t pauses[] = {100, 200, 400, 800, 800, 800};
    struct traffic traffic = {0};
    int64_t now = START;
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        ck_assert(traffic_is_much(&traffic, 16, 0, now));
        traffic_shut(&traffic, now);
        ck_assert_int_eq(traffic.open_ns - now, pauses[i] * MS);
        now = traffic.open_ns;
        traffic_open(&traffic, false, now);
        now += 2 * MS;
    }
}
END_TEST

START_TEST(a_queue_that_fills_makes_pauses_short)
{
    struct traffic traffic = {0};
    int64_t now = START;
    for (int i = 0; i < 3; i++) {
        traffic_shut(&traffic, now);
        now = traffic.open_ns;
        traffic_open(&traffic, false, now);
    }
    ck_assert_int_eq(traffic.pause_ns, TRAFFIC_PAUSE_NS * 4);
    traffic_open(&traffic, true, now);
    traffic_shut(&traffic, now + MS);
    ck_assert_int_eq(traffic.pause_ns, TRAFFIC_PAUSE_NS);
}
END_TEST

START_TEST(quiet_makes_pauses_short)
{
    struct traffic traffic = {0};
    traffic_shut(&traffic, START);
    traffic_open(&traffic, false, START + TRAFFIC_PAUSE_NS);
    traffic_shut(&traffic, START + TRAFFIC_PAUSE_NS + MS);
    int64_t now = traffic.open_ns;
    traffic_open(&traffic, false, now);
    ck_assert(traffic_is_much(&traffic, 16, 0, now + TRAFFIC_PAUSE_MOST_NS - 1) && traffic.pause_ns != 0);
    traffic_open(&traffic, false, now);
    ck_assert(traffic_is_much(&traffic, 16, 0, now + 2 * TRAFFIC_PAUSE_MOST_NS) && traffic.pause_ns == 0);
}
END_TEST

static Suite *traffic(void)
{
    Suite *suite = suite_create("traffic");
    TCase *whole = tcase_create("traffic");
    tcase_add_loop_test(whole, what_is_much, 0, sizeof tables / sizeof *tables);
    tcase_add_test(whole, an_open_eye_waits_for_nothing);
    tcase_add_test(whole, a_shut_eye_opens_in_time);
    tcase_add_test(whole, pauses_grow_while_there_is_much);
    tcase_add_test(whole, a_queue_that_fills_makes_pauses_short);
    tcase_add_test(whole, quiet_makes_pauses_short);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return suite_run(traffic());
}
