/* What looks at a queue leave in the ring, over seconds and over days. */
#include "../../shim/ring/history.h"
#include "../../shim/ring/keep.h"
#include "../suite.h"
#include "ring_fixture.h"

#define SECOND UINT64_C(1000000000)

static struct ring ring;
static struct ring_listener *listener;

static bool nobody_is_gone(uint64_t owner, uint64_t cookie)
{
    (void)owner;
    (void)cookie;
    return false;
}

static void open_with(uint32_t slots)
{
    const struct ring_identity identity = identity_of(slots);
    make_directory();
    ck_assert_int_eq(ring_open(&ring, path, &identity), 0);
    listener = ring_listener(&ring, ring_listener_claim(&ring, 1, ring.header->born_ns, nobody_is_gone));
}

static void open_usual(void)
{
    open_with(RING_SLOTS_USUAL);
}

static void close_all(void)
{
    ring_close(&ring);
    remove_directory();
}

static void look(uint64_t after_ns, uint64_t waited, uint64_t accepted)
{
    const struct history_look found = {
        .now_ns = ring.header->born_ns + after_ns, .waited = waited, .holds = 8, .accepted = accepted};
    ring_history_note(&ring, listener, &found);
}

/* How many spans of a level hold something; `last` gets the one that ends last. */
static int spans_of(unsigned int level, struct history_span *last)
{
    struct history_span span;
    int count = 0;
    *last = (struct history_span){0};
    for (unsigned int i = 0; i < HISTORY_SPANS; i++) {
        if (!ring_history_span(&ring, listener, level, i, &span))
            continue;
        count++;
        if (span.to_ns > last->to_ns)
            *last = span;
    }
    return count;
}

START_TEST(a_span_has_the_most_that_waited_and_the_last_count)
{
    struct history_span span;
    look(1000, 3, 10);
    look(2000, 7, 11);
    look(3000, 1, 12);
    for (unsigned int level = 0; level < HISTORY_LEVELS; level++) {
        ck_assert_int_eq(spans_of(level, &span), 1);
        ck_assert_uint_eq(span.from_ns, ring.header->born_ns);
        ck_assert_uint_eq(span.to_ns - span.from_ns, UINT64_C(1) << (27 + 2 * level));
        ck_assert_uint_eq(span.waited, 7);
        ck_assert_uint_eq(span.holds, 8);
        ck_assert_uint_eq(span.accepted, 12);
    }
}
END_TEST

START_TEST(what_the_fine_levels_forget_the_coarse_ones_keep)
{
    struct history_span span;
    look(0, 8, 1);
    for (uint64_t second = 60; second < 3600; second += 10)
        look(second * SECOND, 2, second);
    bool is_kept = false;
    for (unsigned int i = 0; i < HISTORY_SPANS; i++)
        is_kept |= ring_history_span(&ring, listener, 5, i, &span) && span.waited == 8;
    ck_assert(is_kept);
    for (unsigned int level = 0; level < HISTORY_LEVELS; level++) {
        ck_assert_int_le(spans_of(level, &span), HISTORY_SPANS);
        ck_assert_uint_eq(span.accepted, 3590);
        ck_assert_uint_eq(span.waited, level < HISTORY_LEVELS - 1 ? 2 : 8);
    }
}
END_TEST

START_TEST(what_does_not_fit_is_cut)
{
    struct history_span span;
    const struct history_look found = {.now_ns = ring.header->born_ns, .waited = UINT64_MAX, .holds = UINT64_MAX};
    ring_history_note(&ring, listener, &found);
    ck_assert_int_eq(spans_of(0, &span), 1);
    ck_assert_uint_eq(span.waited, 0xffffff);
    ck_assert_uint_eq(span.holds, 0xffffff);
    ck_assert_uint_eq(span.accepted, 0);
}
END_TEST

START_TEST(a_clock_that_was_set_back_leaves_nothing)
{
    struct history_span span;
    const struct history_look found = {.now_ns = ring.header->born_ns - 1, .waited = 1};
    ring_history_note(&ring, listener, &found);
    ck_assert_int_eq(spans_of(0, &span), 0);
}
END_TEST

START_TEST(the_next_listener_of_the_place_begins_with_none)
{
    struct history_span span;
    look(0, 5, 5);
    atomic_store(&listener->samples, 1);
    ring_listener_set(listener, LISTENER_DEAD);
    uint32_t number = 0;
    for (uint32_t i = 0; i < ring.tables[TABLE_LISTENERS].entries; i++) {
        number = ring_listener_claim(&ring, 2, ring.header->born_ns, nobody_is_gone);
        ring_listener_set(ring_listener(&ring, number), LISTENER_LISTENS);
    }
    ck_assert_ptr_eq(ring_listener(&ring, number), listener);
    ck_assert_int_eq(spans_of(0, &span), 0);
}
END_TEST

/* Only the first listeners have one, and those of a small ring have none. */
START_TEST(a_listener_without_a_history_is_left_alone)
{
    struct history_span span;
    const uint32_t entries = ring.tables[TABLE_HISTORIES].entries;
    ck_assert(ring_has_history(&ring, ring_listener(&ring, entries)));
    listener = ring_listener(&ring, entries + 1);
    ck_assert(!ring_has_history(&ring, listener));
    look(0, 1, 1);
    ck_assert_int_eq(spans_of(0, &span), 0);
    close_all();
    open_with(RING_SLOTS_LEAST);
    ck_assert(!ring_has_history(&ring, listener));
    look(0, 1, 1);
    ck_assert_int_eq(spans_of(0, &span), 0);
}
END_TEST

/* A file may hold any number. */
START_TEST(a_span_beyond_all_time_is_none)
{
    struct history_span span;
    struct ring_history *history = (struct ring_history *)ring.tables[TABLE_HISTORIES].first;
    for (unsigned int level = 0; level < HISTORY_LEVELS; level++)
        for (unsigned int i = 0; i < HISTORY_SPANS; i++)
            atomic_store(&history->spans[level][i].depth, UINT64_MAX);
    for (unsigned int level = 0; level < HISTORY_LEVELS; level++)
        for (unsigned int i = 0; i < HISTORY_SPANS; i++)
            if (ring_history_span(&ring, listener, level, i, &span))
                ck_assert_uint_gt(span.to_ns, span.from_ns);
    ck_assert(!ring_history_span(&ring, listener, HISTORY_LEVELS, 0, &span));
    ck_assert(!ring_history_span(&ring, listener, 0, HISTORY_SPANS, &span));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("history");
    TCase *tests = tcase_create("looks");
    tcase_add_checked_fixture(tests, open_usual, close_all);
    tcase_add_test(tests, a_span_has_the_most_that_waited_and_the_last_count);
    tcase_add_test(tests, what_the_fine_levels_forget_the_coarse_ones_keep);
    tcase_add_test(tests, what_does_not_fit_is_cut);
    tcase_add_test(tests, a_clock_that_was_set_back_leaves_nothing);
    tcase_add_test(tests, the_next_listener_of_the_place_begins_with_none);
    tcase_add_test(tests, a_listener_without_a_history_is_left_alone);
    tcase_add_test(tests, a_span_beyond_all_time_is_none);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
