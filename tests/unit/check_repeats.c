/* Calls that are made again and again: one record with a count, and what is lost when it is overwritten. */
#include "../suite.h"
#include "one_ring.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

/*
 * For threads that write at once. In a small ring one of them may sleep in the middle of a slot while the others go
 * around: then the calls of that slot's record may be counted twice or not at all, as append.h says.
 */
static void set_up_large(void)
{
    make_directory();
    ring = ring_made(8 * SLOTS);
}

static struct record call_at(uint64_t time_ns)
{
    return (struct record){.time_ns = time_ns, .pid = 7, .tid = 8, .call = 3, .fd = 4, .result = -1, .given_error = 11};
}

static struct repeats repeats_of(uint64_t number)
{
    struct record record;
    struct repeats repeats = {0};
    ck_assert_int_eq(ring_read_repeats(&ring, number, &record, &repeats), RING_RECORD);
    return repeats;
}

START_TEST(equal_calls_take_one_slot)
{
    struct record record = call_at(1000);
    uint64_t number = ring_append(&ring, &record);
    ck_assert_uint_eq(repeats_of(number).count, 0);
    ck_assert_uint_eq(repeats_of(number).last_ns, 1000);
    uint64_t refused = 0; /* an assertion for each would take most of the time */
    for (uint64_t i = 1; i <= 1000000; i++) {
        record.time_ns = 1000 + i * 3;
        refused += !ring_repeat(&ring, number, &record);
    }
    ck_assert_uint_eq(refused, 0);
    ck_assert_uint_eq(ring_head(&ring), 1);
    ck_assert_uint_eq(repeats_of(number).count, 1000000);
    ck_assert_uint_eq(repeats_of(number).last_ns, 3001000);
}
END_TEST

/* In anything but its time. */
START_TEST(a_call_that_differs_is_none_of_them)
{
    const struct record record = call_at(1);
    uint64_t number = ring_append(&ring, &record);
    for (size_t byte = sizeof record.time_ns; byte < sizeof record; byte++) {
        struct record other = record;
        ((unsigned char *)&other)[byte] ^= 1;
        ck_assert(!ring_repeat(&ring, number, &other));
    }
    ck_assert_uint_eq(repeats_of(number).count, 0);
}
END_TEST

START_TEST(an_overwritten_record_counts_no_more)
{
    const struct record record = call_at(1);
    uint64_t number = ring_append(&ring, &record);
    for (uint32_t i = 0; i < SLOTS; i++) /* the last of them in its slot, and equal to it */
        ring_append(&ring, &record);
    ck_assert(!ring_repeat(&ring, number, &record));
    ck_assert_uint_eq(repeats_of(number + SLOTS).count, 0);
    ck_assert(ring_repeat(&ring, number + SLOTS, &record));
}
END_TEST

START_TEST(a_clock_that_was_set_back_gives_no_time)
{
    struct record record = call_at(1000);
    uint64_t number = ring_append(&ring, &record);
    record.time_ns = 10;
    ck_assert(ring_repeat(&ring, number, &record));
    ck_assert_uint_eq(repeats_of(number).last_ns, 1000);
}
END_TEST

START_TEST(times_are_exact_to_one_part_in_eight_million)
{
    for (int bit = 0; bit < 54; bit++) {
        for (int64_t more = -1; more <= 1; more++) {
            uint64_t ns = (UINT64_C(1) << bit) + (uint64_t)more, back = repeats_time(repeats_pack_time(ns));
            ck_assert_uint_le(back, ns);
            ck_assert_uint_le(ns - back, ns >> 22);
        }
    }
    ck_assert_uint_gt(repeats_time(repeats_pack_time(UINT64_MAX)), UINT64_C(200) * 86400 * 1000000000);
    ck_assert_uint_eq(repeats_count(repeats_one_more(0, UINT64_MAX)), 1);
}
END_TEST

START_TEST(a_full_count_begins_anew)
{
    const struct record record = call_at(1);
    uint64_t number = ring_append(&ring, &record);
    ring.slots[0].repeats = (REPEATS_COUNT_MOST - 1) << REPEATS_COUNT_SHIFT;
    ck_assert(ring_repeat(&ring, number, &record));
    ck_assert(!ring_repeat(&ring, number, &record));
    ck_assert_uint_eq(repeats_of(number).count, REPEATS_COUNT_MOST);
}
END_TEST

START_TEST(what_is_lost_is_counted_with_its_repeats)
{
    uint64_t lost = 0;
    for (uint32_t i = 0; i < 3 * SLOTS; i++) {
        struct record record = call_at(i);
        record.fd = (int32_t)i;
        uint64_t number = ring_append(&ring, &record);
        for (uint32_t more = 0; more < i % 5; more++)
            ck_assert(ring_repeat(&ring, number, &record));
        if (i >= SLOTS)
            lost += 1 + (i - SLOTS) % 5;
        ck_assert_uint_eq(ring_lost(&ring), lost);
    }
}
END_TEST

#define THREADS 4
#define TURNS 20000
/* So often they wait for each other, so that none sleeps while the others go round. */
#define MEET_EVERY 4000

static pthread_barrier_t meeting;

static void *repeat_often(void *context)
{
    struct record record = call_at(1);
    uint64_t number = UINT64_MAX, *made = context;
    record.tid = (uint32_t)gettid();
    for (int turn = 0; turn < TURNS; turn++) {
        if (turn % MEET_EVERY == 0)
            pthread_barrier_wait(&meeting);
        if (turn % 100 == 0)
            record.fd++;
        if (number == UINT64_MAX || !ring_repeat(&ring, number, &record))
            number = ring_append(&ring, &record);
        (*made)++;
    }
    return NULL;
}

/* What is there and what is lost are all calls, whoever overwrote whom. */
START_TEST(no_call_of_many_threads_is_forgotten)
{
    pthread_t threads[THREADS];
    uint64_t made[THREADS] = {0}, found = 0;
    ck_assert_int_eq(pthread_barrier_init(&meeting, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, repeat_often, &made[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (uint64_t number = 0; number < ring_head(&ring); number++) {
        struct record record;
        struct repeats repeats;
        if (ring_read_repeats(&ring, number, &record, &repeats) == RING_RECORD)
            found += 1 + repeats.count;
    }
    ck_assert_uint_eq(found + ring_lost(&ring), (uint64_t)THREADS * TURNS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("repeats");
    TCase *repeats = tcase_create("repeats"), *threads = tcase_create("threads");
    tcase_add_checked_fixture(repeats, set_up, tear_down);
    tcase_add_checked_fixture(threads, set_up_large, tear_down);
    tcase_set_timeout(repeats, 60);
    tcase_set_timeout(threads, 60);
    tcase_add_test(repeats, equal_calls_take_one_slot);
    tcase_add_test(repeats, a_call_that_differs_is_none_of_them);
    tcase_add_test(repeats, an_overwritten_record_counts_no_more);
    tcase_add_test(repeats, a_clock_that_was_set_back_gives_no_time);
    tcase_add_test(repeats, times_are_exact_to_one_part_in_eight_million);
    tcase_add_test(repeats, a_full_count_begins_anew);
    tcase_add_test(repeats, what_is_lost_is_counted_with_its_repeats);
    tcase_add_test(threads, no_call_of_many_threads_is_forgotten);
    suite_add_tcase(suite, repeats);
    suite_add_tcase(suite, threads);
    return suite_run(suite);
}
