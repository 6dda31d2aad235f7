/* What a cursor tells: records in order of time, repetitions, and what is missing, how many and between which times. */
#include "../suite.h"

#include <time.h>

#include "../../shim/ring/cursor.h"
#include "../../shim/ring/keep.h"

#include "one_ring.h"

#define SECOND UINT64_C(1000000000)

static struct cursor cursor;

static void open_cursor(enum cursor_mode mode)
{
    ck_assert_int_eq(cursor_open(&cursor, &ring, mode), 0);
}

static void close_all(void)
{
    cursor_close(&cursor);
    tear_down();
}

static struct record made(uint64_t time_ns)
{
    return (struct record){.time_ns = time_ns, .pid = 7, .tid = 8, .call = 1, .fd = (int32_t)time_ns};
}

static uint64_t append(uint64_t time_ns)
{
    const struct record record = made(time_ns);
    return ring_append(&ring, &record);
}

static void repeat(uint64_t number, uint64_t time_ns, int count)
{
    struct record record;
    ck_assert_int_eq(ring_read(&ring, number, &record), RING_RECORD);
    for (record.time_ns = time_ns; count > 0; count--)
        ck_assert(ring_repeat(&ring, number, &record));
}

static struct told next(enum cursor_answer expected)
{
    struct told told;
    ck_assert_int_eq(cursor_next(&cursor, &told), expected);
    return told;
}

static void expect_record(uint64_t time_ns, uint64_t repeats)
{
    struct told told = next(CURSOR_RECORD);
    ck_assert_uint_eq(told.record.time_ns, time_ns);
    ck_assert_uint_eq(told.repeats.count, repeats);
    ck_assert(!told.is_kept);
}

static void expect_gap(enum gap gap, uint64_t count, uint64_t from_ns, uint64_t to_ns)
{
    struct told told = next(CURSOR_GAP);
    ck_assert_int_eq((int)told.gap, (int)gap);
    ck_assert_uint_eq(told.missing.count, count);
    ck_assert_uint_eq(told.missing.from_ns, from_ns);
    ck_assert_uint_eq(told.missing.to_ns, to_ns);
}

static void pass(uint64_t ns)
{
    const struct timespec time = {.tv_sec = (time_t)(ns / SECOND), .tv_nsec = (long)(ns % SECOND)};
    nanosleep(&time, NULL);
}

/* A writer that has begun its record, and no more. */
static uint64_t begin(void)
{
    uint64_t number = ring_claim_one(&ring);
    struct ring_slot *slot = &ring.slots[number & ring.mask];
    slot->stamp = stamp_busy(lane_round(&ring, number), slot_lost_next(slot));
    return number;
}

/* What it does next. */
static void end(uint64_t number, uint64_t time_ns)
{
    const struct record record = made(time_ns);
    ring_write(&ring, number, &record);
}

/* --- a test that looks in time --- */

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/*
 * Whether the cursor's last look was less than a second after `begun_ns`: on a busy machine it may be later, and then
 * patience has ended. Then the test is to begin anew, with another ring.
 */
static bool has_looked_in_time(uint64_t begun_ns)
{
    if (cursor.now_ns - begun_ns < SECOND)
        return true;
    close_all();
    set_up();
    return false;
}

static_assert(CURSOR_PATIENCE_NS == SECOND && CURSOR_AGAIN_NS == SECOND, "what has_looked_in_time allows");

START_TEST(an_empty_ring_has_nothing)
{
    open_cursor(CURSOR_ONCE);
    next(CURSOR_END);
    next(CURSOR_END);
}
END_TEST

START_TEST(records_come_in_order_of_time)
{
    append(100), append(300), append(200), append(250), append(250);
    repeat(1, 400, 3);
    open_cursor(CURSOR_ONCE);
    append(500); /* comes too late */
    expect_record(100, 0), expect_record(200, 0);
    ck_assert_uint_eq(next(CURSOR_RECORD).number, 3);
    ck_assert_uint_eq(next(CURSOR_RECORD).number, 4);
    struct told told = next(CURSOR_RECORD);
    ck_assert_uint_eq(told.record.time_ns, 300);
    ck_assert_uint_eq(told.repeats.count, 3);
    ck_assert_uint_eq(told.repeats.last_ns, 400);
    next(CURSOR_END);
}
END_TEST

/* Who sets the clock back an hour does not mix up what was before with what is after. */
START_TEST(a_clock_that_is_set_back_changes_no_order)
{
    append(5000 * SECOND), append(5001 * SECOND), append(1400 * SECOND), append(1401 * SECOND),
        append(1400 * SECOND + 1);
    open_cursor(CURSOR_ONCE);
    expect_record(5000 * SECOND, 0), expect_record(5001 * SECOND, 0), expect_record(1400 * SECOND, 0);
    expect_record(1400 * SECOND + 1, 0), expect_record(1401 * SECOND, 0);
    next(CURSOR_END);
}
END_TEST

START_TEST(overwritten_calls_are_counted)
{
    for (uint64_t i = 1; i <= 40; i++)
        repeat(append(i), i, 2);
    for (uint64_t i = 41; i <= SLOTS + 10; i++)
        append(i);
    open_cursor(CURSOR_ONCE);
    expect_gap(GAP_OVERWRITTEN, 30, ring.header->born_ns, 11);
    for (uint64_t i = 11; i <= SLOTS + 10; i++)
        expect_record(i, i <= 40 ? 2 : 0);
    next(CURSOR_END);
}
END_TEST

/* Whoever is overtaken while he follows is told how many calls that were: also those of records that he was told. */
START_TEST(who_is_overtaken_is_told_exactly)
{
    const uint64_t first = append(1);
    open_cursor(CURSOR_FOLLOW);
    expect_record(1, 0);
    next(CURSOR_END);
    repeat(first, 2, 5);
    for (uint64_t i = 3; i < 3 + 2 * SLOTS; i++)
        append(i);
    cursor_look(&cursor);
    expect_gap(GAP_OVERWRITTEN, 5 + SLOTS, 1, 3 + SLOTS);
    for (uint64_t i = 3 + SLOTS; i < 3 + 2 * SLOTS; i++)
        expect_record(i, 0);
    next(CURSOR_END);
    cursor_look(&cursor);
    next(CURSOR_END);
}
END_TEST

START_TEST(who_is_overtaken_between_look_and_reading_is_told)
{
    for (uint64_t i = 1; i <= SLOTS; i++)
        append(i);
    open_cursor(CURSOR_POLL);
    for (uint64_t i = 1; i <= 3; i++)
        append(SLOTS + i);
    expect_gap(GAP_OVERWRITTEN, 3, ring.header->born_ns, 4);
    for (uint64_t i = 4; i <= SLOTS; i++)
        expect_record(i, 0);
    next(CURSOR_END);
    cursor_look(&cursor);
    for (uint64_t i = 1; i <= 3; i++)
        expect_record(SLOTS + i, 0);
    next(CURSOR_END);
}
END_TEST

START_TEST(kept_records_come_first)
{
    struct record start = made(5), event = made(6);
    ring_keep_process(&ring, ring_append(&ring, &start), &start);
    ring_append(&ring, &event);
    for (uint64_t i = 7; i < 7 + SLOTS; i++)
        append(i);
    open_cursor(CURSOR_ONCE);
    struct told told = next(CURSOR_RECORD);
    ck_assert(told.is_kept);
    ck_assert_uint_eq(told.number, 0);
    ck_assert_uint_eq(told.record.time_ns, 5);
    expect_gap(GAP_OVERWRITTEN, 1, ring.header->born_ns, 7);
    expect_record(7, 0);
}
END_TEST

START_TEST(damage_and_death_are_told_where_they_are)
{
    append(10), append(20), append(30), begin(), begin(), append(40), begin();
    ring.slots[1].words[3] ^= 1;
    open_cursor(CURSOR_ONCE);
    expect_record(10, 0);
    expect_gap(GAP_DAMAGED, 1, 10, 30);
    expect_record(30, 0);
    expect_gap(GAP_UNFINISHED, 2, 30, 40);
    expect_record(40, 0);
    expect_gap(GAP_UNFINISHED, 1, 40, 0);
    next(CURSOR_END);
}
END_TEST

START_TEST(a_follower_waits_for_a_slow_writer)
{
    append(10);
    const uint64_t slow = begin();
    append(30);
    open_cursor(CURSOR_FOLLOW);
    next(CURSOR_END);
    append(40);
    end(slow, 20);
    cursor_look(&cursor);
    expect_record(10, 0), expect_record(20, 0), expect_record(30, 0);
    next(CURSOR_END);
    cursor_look(&cursor);
    expect_record(40, 0);
}
END_TEST

START_TEST(a_follower_gives_up_a_dead_writer)
{
    uint64_t begun_ns;
    do {
        begun_ns = now_ns();
        append(10), begin(), append(30);
        open_cursor(CURSOR_FOLLOW);
        cursor_look(&cursor);
    } while (!has_looked_in_time(begun_ns));
    next(CURSOR_END);
    pass(CURSOR_PATIENCE_NS);
    cursor_look(&cursor);
    expect_record(10, 0);
    expect_gap(GAP_UNFINISHED, 1, 10, 30);
    expect_record(30, 0);
}
END_TEST

START_TEST(who_polls_waits_for_nobody)
{
    uint64_t begun_ns, slow, dead;
    do {
        begun_ns = now_ns();
        append(10);
        slow = begin(), dead = begin();
        append(30);
        open_cursor(CURSOR_POLL);
        expect_record(10, 0), expect_record(30, 0);
        next(CURSOR_END);
        end(slow, 20);
        cursor_look(&cursor);
    } while (!has_looked_in_time(begun_ns));
    expect_record(20, 0);
    next(CURSOR_END);
    pass(CURSOR_PATIENCE_NS);
    cursor_look(&cursor);
    expect_gap(GAP_UNFINISHED, 1, 20, 0);
    end(dead, 25);
    cursor_look(&cursor);
    next(CURSOR_END);
}
END_TEST

START_TEST(repetitions_are_told_when_they_end)
{
    uint64_t begun_ns, number;
    do {
        begun_ns = now_ns();
        number = append(10);
        open_cursor(CURSOR_FOLLOW);
        expect_record(10, 0);
        repeat(number, 12, 7);
        cursor_look(&cursor);
    } while (!has_looked_in_time(begun_ns));
    next(CURSOR_END);
    pass(CURSOR_QUIET_NS);
    append(20);
    cursor_look(&cursor);
    struct told told = next(CURSOR_REPEATED);
    ck_assert_uint_eq(told.number, number);
    ck_assert_uint_eq(told.repeats.count, 7);
    ck_assert_uint_eq(told.repeats.last_ns, 12);
    expect_record(20, 0);
    cursor_look(&cursor);
    next(CURSOR_END);
}
END_TEST

START_TEST(the_newest_record_is_found)
{
    struct record other = made(40);
    ck_assert_uint_eq(cursor_newest(&ring, 0), 0);
    append(10), append(20);
    other.pid = 9;
    ring_append(&ring, &other);
    begin();
    ck_assert_uint_eq(cursor_newest(&ring, 0), 40);
    ck_assert_uint_eq(cursor_newest(&ring, 7), 20);
    ck_assert_uint_eq(cursor_newest(&ring, 8), 0);
}
END_TEST

/* A file says what it likes. */
START_TEST(odd_numbers_end)
{
    static const uint64_t heads[] = {UINT64_MAX, UINT64_MAX / 2, SLOTS + 1, 0};
    struct told told;
    for (uint64_t i = 0; i < SLOTS; i++)
        append(UINT64_MAX - i * SECOND);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        open_cursor(CURSOR_POLL);
        atomic_store(&ring.header->lanes[0].head, heads[i]);
        ring.slots[3].lost = UINT64_MAX - i;
        for (int looks = 0; looks < 4; looks++) {
            int count = 0;
            while (cursor_next(&cursor, &told) != CURSOR_END)
                ck_assert_int_lt(count++, 10 * (int)SLOTS);
            cursor_look(&cursor);
        }
        cursor_close(&cursor);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cursor");
    TCase *tests = tcase_create("cursor");
    tcase_add_checked_fixture(tests, set_up, close_all);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, an_empty_ring_has_nothing);
    tcase_add_test(tests, records_come_in_order_of_time);
    tcase_add_test(tests, a_clock_that_is_set_back_changes_no_order);
    tcase_add_test(tests, overwritten_calls_are_counted);
    tcase_add_test(tests, who_is_overtaken_is_told_exactly);
    tcase_add_test(tests, who_is_overtaken_between_look_and_reading_is_told);
    tcase_add_test(tests, kept_records_come_first);
    tcase_add_test(tests, damage_and_death_are_told_where_they_are);
    tcase_add_test(tests, a_follower_waits_for_a_slow_writer);
    tcase_add_test(tests, a_follower_gives_up_a_dead_writer);
    tcase_add_test(tests, who_polls_waits_for_nobody);
    tcase_add_test(tests, repetitions_are_told_when_they_end);
    tcase_add_test(tests, the_newest_record_is_found);
    tcase_add_test(tests, odd_numbers_end);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
