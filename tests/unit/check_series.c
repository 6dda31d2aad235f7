/* The levels of a history, put together: no gap, no overlap, nothing of another listener. */
#include "../../shim/cli/view/series.h"
#include "../../shim/ring/keep.h"
#include "../suite.h"
#include "ring_fixture.h"

#define MS UINT64_C(1000000)
#define SECOND (1000 * MS)

static struct ring ring;
static struct ring_listener *listener;
static struct series series;

static bool nobody_is_gone(uint64_t owner, uint64_t cookie)
{
    (void)owner;
    (void)cookie;
    return false;
}

static void open_one(void)
{
    const struct ring_identity identity = identity_of(RING_SLOTS_USUAL);
    make_directory();
    ck_assert_int_eq(ring_open(&ring, path, &identity), 0);
    listener = ring_listener(&ring, ring_listener_claim(&ring, 1, ring.header->born_ns, nobody_is_gone));
}

static void close_one(void)
{
    ring_close(&ring);
    remove_directory();
}

/* A look each `step` up to `end`; the queue's length is its second, and each look accepts one. */
static void look_until(uint64_t end, uint64_t step)
{
    uint64_t accepted = 0;
    for (uint64_t at = 0; at < end; at += step) {
        const struct history_look look = {
            .now_ns = ring.header->born_ns + at, .waited = at / SECOND, .holds = 1000000, .accepted = ++accepted};
        ring_history_note(&ring, listener, &look);
    }
}

static const struct duration {
    uint64_t end, step;
} durations[] = {
    {500 * MS, 10 * MS},         {9 * SECOND, 10 * MS},         {10 * SECOND, 100 * MS},
    {35 * SECOND, 100 * MS},     {300 * SECOND, SECOND / 2},    {3600 * SECOND, SECOND},
    {4000 * SECOND, 7 * SECOND}, {86400 * SECOND, 60 * SECOND}, {500000 * SECOND, 300 * SECOND},
};

START_TEST(a_life_is_whole_from_the_first_look_to_the_last)
{
    const uint64_t end = durations[_i].end, step = durations[_i].step, born = ring.header->born_ns;
    look_until(end, step);
    series_read(&series, &ring, listener, born);
    ck_assert_uint_gt(series.count, 0);
    ck_assert_uint_eq(series.spans[0].from_ns, born);
    for (size_t i = 0; i < series.count; i++) {
        const struct history_span *span = &series.spans[i];
        uint64_t last = (span->to_ns - born - 1) / SECOND < (end - 1) / SECOND ? (span->to_ns - born - 1) / SECOND
                                                                               : (end - 1) / SECOND;
        ck_assert_uint_lt(span->from_ns, span->to_ns);
        ck_assert_uint_le(span->waited, last);
        ck_assert_uint_ge((span->waited + 1) * SECOND + step, span->to_ns < born + end ? span->to_ns - born : end);
        ck_assert(i == 0 || span->from_ns >= series.spans[i - 1].to_ns);
        ck_assert(i == 0 || span->accepted > series.spans[i - 1].accepted);
        if (i > 0 && step <= (UINT64_C(1) << 27)) /* a look in each span of the finest level */
            ck_assert_uint_eq(span->from_ns, series.spans[i - 1].to_ns);
    }
    ck_assert_uint_ge(series.spans[series.count - 1].to_ns, born + end - step);
    ck_assert_uint_eq(series.spans[series.count - 1].accepted, (end + step - 1) / step);
}
END_TEST

/* A span that began before the listener is cut. */
START_TEST(it_begins_with_the_listener)
{
    const uint64_t born = ring.header->born_ns;
    look_until(20 * SECOND, 50 * MS);
    series_read(&series, &ring, listener, born + 3 * SECOND + 1);
    ck_assert_uint_eq(series.spans[0].from_ns, born + 3 * SECOND + 1);
}
END_TEST

START_TEST(without_a_look_there_is_none)
{
    series_read(&series, &ring, listener, ring.header->born_ns);
    ck_assert_uint_eq(series.count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("series");
    TCase *tests = tcase_create("levels");
    tcase_add_checked_fixture(tests, open_one, close_one);
    tcase_add_loop_test(tests, a_life_is_whole_from_the_first_look_to_the_last, 0,
                        (int)(sizeof durations / sizeof *durations));
    tcase_add_test(tests, it_begins_with_the_listener);
    tcase_add_test(tests, without_a_look_there_is_none);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
