/*
 * When an eye is shut and opened, by tables of events and times.
 */
#include <string.h>

#include "../../shim/refuser/traffic.h"
#include "../suite.h"

#define MS 1000000
/* Far from 0, as the clock is. */
#define START ((int64_t)1000 * 1000 * MS)

/* A line: what is seen, when, whether a window is over that had much, and whether what comes next is to gather. */
struct event {
    int syns, others;
    int64_t at_ns;
    bool is_much, gathers;
};

static const struct event little[] = {
    {7, 0, 0, false, false},
    {8, 0, 10 * MS, false, false},
    {1, 7, 20 * MS, false, false},
    {0, 7, 30 * MS, false, false},
};
static const struct event much[] = {{15, 0, 0, false, false}, {1, 0, 10 * MS, true, true}};
static const struct event not_before_the_end[] = {
    {64, 0, 0, false, true},
    {64, 0, 9999999, false, true},
    {0, 0, 10 * MS, true, true},
};
static const struct event others_weigh_two[] = {{0, 8, 0, false, true}, {0, 0, 10 * MS, true, true}};
static const struct event mixed[] = {{5, 5, 0, false, false}, {1, 0, MS, false, true}, {0, 0, 11 * MS, true, true}};
static const struct event a_calm_window_ends_it[] = {
    {64, 0, 0, false, true},
    {0, 0, 10 * MS, true, true},
    {1, 0, 20 * MS, false, false},
};
static const struct event what_is_old_is_no_traffic[] = {{64, 0, 0, false, true}, {15, 0, 20 * MS, false, false}};

static const struct {
    const struct event *events;
    size_t count;
} tables[] = {
#define TABLE(events)                                                                                                  \
    {                                                                                                                  \
        events, sizeof events / sizeof *events                                                                         \
    }
    TABLE(little),
    TABLE(much),
    TABLE(mixed),
    TABLE(not_before_the_end),
    TABLE(others_weigh_two),
    TABLE(a_calm_window_ends_it),
    TABLE(what_is_old_is_no_traffic),
};

START_TEST(what_is_much)
{
    struct traffic traffic = {0};
    for (size_t i = 0; i < tables[_i].count; i++) {
        const struct event *event = &tables[_i].events[i];
        bool is_much = traffic_is_much(&traffic, event->syns, event->others, START + event->at_ns);
        ck_assert_msg(is_much == event->is_much, "event %zu", i);
        ck_assert_msg(traffic_gathers(&traffic, START + event->at_ns) == event->gathers, "event %zu", i);
    }
}
END_TEST

START_TEST(an_open_eye_waits_for_nothing)
{
    struct traffic traffic = {0};
    ck_assert_int_eq(traffic_due(&traffic), INT64_MAX);
    traffic_looked(&traffic, 0, START);
    traffic_shut(&traffic, START);
    ck_assert(traffic.shut);
    ck_assert_int_eq(traffic_due(&traffic), START + TRAFFIC_LOOK_NS);
    traffic_open(&traffic, true, START + MS);
    ck_assert(!traffic.shut);
    ck_assert_int_eq(traffic_due(&traffic), INT64_MAX);
}
END_TEST

/* The more room, the later the next look, within bounds. */
static const struct {
    uint32_t room;
    int64_t pause_ns;
} looks[] = {
    {0, TRAFFIC_LOOK_NS},
    {TRAFFIC_ROOM_PER_LOOK, TRAFFIC_LOOK_NS},
    {3 * TRAFFIC_ROOM_PER_LOOK, 3 * TRAFFIC_LOOK_NS},
    {4096, TRAFFIC_LOOK_MOST_NS},
    {UINT32_MAX, TRAFFIC_LOOK_MOST_NS},
};

START_TEST(room_makes_looks_rare)
{
    struct traffic traffic = {0};
    traffic_looked(&traffic, looks[_i].room, START);
    ck_assert_int_eq(traffic.look_ns - START, looks[_i].pause_ns);
}
END_TEST

static const struct {
    bool shut;
    uint32_t queued, backlog;
    int64_t dropped_ago_ns; /* negative: never */
    bool is_crowded;
} queues[] = {
    {true, 0, 0, -1, false},
    {true, 1, 0, -1, true},
    {true, 5, 10, -1, false},
    {true, 6, 10, -1, true},
    {false, 2, 10, -1, false},
    {false, 3, 10, -1, true},
    {true, 0, 10, 0, true},
    {true, 0, 10, TRAFFIC_CALM_NS - 1, true},
    {true, 0, 10, TRAFFIC_CALM_NS, false},
    {true, UINT32_MAX, UINT32_MAX, -1, true},
};

START_TEST(what_is_crowded)
{
    const struct traffic traffic = {.shut = queues[_i].shut};
    int64_t dropped = queues[_i].dropped_ago_ns < 0 ? 0 : START - queues[_i].dropped_ago_ns;
    ck_assert_int_eq(traffic_is_crowded(&traffic, queues[_i].queued, queues[_i].backlog, dropped, START),
                     queues[_i].is_crowded);
}
END_TEST

/* A shut eye is looked after until it is to be opened, however late the looks are. */
START_TEST(a_shut_eye_opens_in_time)
{
    struct traffic traffic = {0};
    traffic_looked(&traffic, 0, START);
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
        ck_assert(!traffic_is_much(&traffic, 16, 0, now));
        now += TRAFFIC_WINDOW_NS;
        ck_assert(traffic_is_much(&traffic, 0, 0, now));
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
    traffic_is_much(&traffic, 16, 0, now + TRAFFIC_PAUSE_MOST_NS - 1);
    ck_assert_int_ne(traffic.pause_ns, 0);
    traffic_open(&traffic, false, now);
    traffic_is_much(&traffic, 16, 0, now + TRAFFIC_PAUSE_MOST_NS);
    ck_assert_int_eq(traffic.pause_ns, 0);
}
END_TEST

static Suite *traffic(void)
{
    Suite *suite = suite_create("traffic");
    TCase *whole = tcase_create("traffic");
    tcase_add_loop_test(whole, what_is_much, 0, sizeof tables / sizeof *tables);
    tcase_add_loop_test(whole, room_makes_looks_rare, 0, sizeof looks / sizeof *looks);
    tcase_add_loop_test(whole, what_is_crowded, 0, sizeof queues / sizeof *queues);
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
