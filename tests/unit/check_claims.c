/* Who gets which numbers: a thread alone all slots, threads at once lanes of their own, and nobody another's. */
#include "../suite.h"

#include <pthread.h>
#include <signal.h>

#include "../../shim/ring/cursor.h"

#define SLOTS 4096u
#include "one_ring.h"

static uint64_t append(struct ring_writer *writer, uint64_t time_ns, uint32_t tid)
{
    const struct record record = {.time_ns = time_ns, .pid = 7, .tid = tid, .call = 1};
    return ring_append_by(&ring, writer, &record);
}

/* Everything that a ring tells once. */
struct tally {
    uint64_t records, lost, latest_ns;
    bool in_order;
};

static struct tally read_all(void)
{
    struct cursor cursor;
    struct told told;
    enum cursor_answer answer;
    struct tally tally = {.in_order = true};
    ck_assert_int_eq(cursor_open(&cursor, &ring, CURSOR_ONCE), 0);
    while ((answer = cursor_next(&cursor, &told)) != CURSOR_END) {
        if (answer == CURSOR_GAP) {
            ck_assert_int_eq((int)told.gap, (int)GAP_OVERWRITTEN);
            tally.lost += told.missing.count;
            continue;
        }
        tally.records++;
        tally.in_order &= told.record.time_ns >= tally.latest_ns;
        tally.latest_ns = told.record.time_ns;
    }
    cursor_close(&cursor);
    return tally;
}

START_TEST(one_thread_has_all_slots)
{
    struct ring_writer writer = {0};
    for (uint64_t i = 1; i <= SLOTS; i++)
        append(&writer, i, 1);
    struct tally tally = read_all();
    ck_assert_uint_eq(tally.records, SLOTS);
    ck_assert_uint_eq(tally.lost, 0);
    ck_assert(tally.in_order);
}
END_TEST

/* Going round, it overwrites the oldest: nothing is gone that is newer than what is there, but for the last stays. */
START_TEST(one_thread_overwrites_the_oldest)
{
    struct ring_writer writer = {0};
    const uint64_t made = 10 * SLOTS + 77;
    for (uint64_t i = 1; i <= made; i++)
        append(&writer, i, 1);
    struct tally tally = read_all();
    ck_assert_uint_eq(tally.records + tally.lost, made);
    ck_assert(tally.in_order);
    ck_assert_uint_eq(tally.records, SLOTS);
    for (uint64_t i = 0; i < SLOTS; i++)
        ck_assert_uint_gt(ring.slots[i].words[0], made - SLOTS - SLOTS / 4);
}
END_TEST

/* Records of the second half that are written into a slot where the other had written before. */
START_TEST(two_threads_share_no_lane)
{
    struct ring_writer writers[2] = {0};
    uint64_t strange = 0, random = 1;
    for (uint64_t i = 0; i < 100 * SLOTS; i++) {
        uint32_t me = next_random(&random) % 16 == 0 ? next_random(&random) & 1 : i & 1;
        uint64_t number = ring_claim(&ring, &writers[me]);
        const struct record record = {.time_ns = i, .tid = me + 1};
        struct record before;
        memcpy(&before, (const void *)ring.slots[number & ring.mask].words, sizeof before);
        ring_write(&ring, number, &record);
        strange += i > 50 * SLOTS && before.tid != me + 1;
    }
    ck_assert_uint_lt(strange, 50 * SLOTS / 20);
}
END_TEST

START_TEST(many_short_threads_waste_nothing)
{
    for (uint64_t thread = 0; thread < 1000; thread++) {
        struct ring_writer writer = {0};
        for (uint64_t i = 0; i < 4; i++)
            append(&writer, thread * 4 + i + 1, (uint32_t)thread);
    }
    struct tally tally = read_all();
    ck_assert_uint_eq(tally.records, 4000);
    ck_assert_uint_eq(tally.lost, 0);
}
END_TEST

/* What threads leave unused when they end is less than a quarter of what they used. */
START_TEST(threads_that_end_waste_little)
{
    uint64_t records = 0;
    for (uint32_t length = 1; length <= 100; length++) {
        struct ring_writer writer = {0};
        for (uint32_t i = 0; i < length; i++)
            append(&writer, ++records, length);
    }
    ck_assert_uint_lt(ring_head(&ring) - records, records / 4);
}
END_TEST

/* The others have gone half around: what a thread has kept of its claim is not its any more. */
START_TEST(who_comes_late_claims_anew)
{
    struct ring_writer late = {0}, others = {0};
    for (uint64_t i = 1; i <= 200; i++)
        append(&late, i, 1);
    while (late.next == late.end)
        append(&late, 201, 1);
    const uint64_t kept = lane_number(&ring, late.lane, late.next);
    for (uint64_t i = 1; i <= 3 * SLOTS; i++)
        append(&others, 1000 + i, 2);
    uint64_t number = append(&late, 100000, 1);
    ck_assert_uint_ne(number, kept);
    struct record record;
    ck_assert_int_eq(ring_read(&ring, kept, &record), RING_LOST);
    ck_assert_int_eq(ring_read(&ring, number, &record), RING_RECORD);
    ck_assert_uint_eq(ring.slots[kept & ring.mask].words[0] > 1000, 1);
    ck_assert_uint_eq(late.claimed, 1);
}
END_TEST

/* Three at once, of which none comes back to its lanes at the same time. */
START_TEST(lanes_are_told_in_order_of_time)
{
    struct ring_writer writers[3] = {0};
    for (uint64_t made = 1; made <= 3 * SLOTS; made++) {
        append(&writers[made % 3], made, (uint32_t)(made % 3));
        if (made % 1000 != 0)
            continue;
        struct tally tally = read_all();
        ck_assert_uint_eq(tally.records + tally.lost, made);
        ck_assert(tally.in_order);
    }
}
END_TEST

/* Numbers that nobody has used yet leave the records before them in their slots: these are told. */
START_TEST(what_is_claimed_takes_no_record_away)
{
    struct ring_writer writer = {0};
    uint64_t made = 0;
    for (int round = 0; round < 5; round++)
        for (uint64_t i = 0; i < SLOTS + 13; i++) {
            append(&writer, ++made, 1);
            if (i % 500 != 0)
                continue;
            struct tally tally = read_all();
            ck_assert_uint_eq(tally.records + tally.lost, made);
            ck_assert(tally.in_order);
        }
}
END_TEST

/* A thread that idles with some of its claim left uses them later: a follower is told then. */
START_TEST(late_records_are_told)
{
    struct ring_writer slow = {0}, other = {0};
    struct cursor cursor;
    struct told told;
    uint64_t count = 0, made = 0;
    for (uint64_t i = 0; i < 100; i++)
        append(&slow, ++made, 1);
    ck_assert_int_eq(cursor_open(&cursor, &ring, CURSOR_FOLLOW), 0);
    for (int turn = 0; turn < 10; turn++) {
        for (int i = 0; i < 30; i++)
            append(&other, ++made, 2);
        append(&slow, ++made, 1);
        for (cursor_look(&cursor); cursor_next(&cursor, &told) == CURSOR_RECORD; count++)
            ck_assert_uint_eq(told.record.time_ns, count + 1);
        for (cursor_look(&cursor); cursor_next(&cursor, &told) == CURSOR_RECORD; count++)
            ck_assert_uint_eq(told.record.time_ns, count + 1);
        ck_assert_uint_eq(count, made);
    }
    cursor_close(&cursor);
}
END_TEST

/* --- handlers --- */

static struct ring_writer own;
static volatile uint64_t handled;
static _Atomic int goes_on;
static _Atomic uint64_t interrupted;

static void handle(int signal)
{
    (void)signal;
    for (int i = 0; i < 3; i++)
        append(&own, 1, 1);
    handled += 3;
}

/* Each call is interrupted once at most: handlers that follow each other for half a round meet who they interrupt. */
static void *interrupt(void *thread)
{
    while (atomic_load(&goes_on)) {
        uint64_t before = atomic_load(&interrupted);
        pthread_kill(*(pthread_t *)thread, SIGUSR1);
        while (atomic_load(&interrupted) == before && atomic_load(&goes_on))
            ;
    }
    return NULL;
}

/* Whatever a handler interrupts, each call has a number of its own. */
START_TEST(handlers_have_their_own)
{
    struct sigaction action = {.sa_handler = handle};
    pthread_t self = pthread_self(), other;
    sigaction(SIGUSR1, &action, NULL);
    atomic_store(&goes_on, 1);
    ck_assert_int_eq(pthread_create(&other, NULL, interrupt, &self), 0);
    while (handled < 30000) {
        append(&own, 1, 1);
        atomic_fetch_add(&interrupted, 1);
    }
    atomic_store(&goes_on, 0);
    pthread_join(other, NULL);
    struct tally tally = read_all();
    ck_assert_uint_eq(tally.records + tally.lost, atomic_load(&interrupted) + handled);
}
END_TEST

START_TEST(a_handler_between_claims_takes_one_number)
{
    append(&own, 1, 1);
    own.inside = 1;
    struct ring_writer before = own;
    uint64_t number = append(&own, 2, 1);
    struct record record;
    ck_assert_int_eq(ring_read(&ring, number, &record), RING_RECORD);
    ck_assert_mem_eq(&before, &own, sizeof own);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("claims");
    TCase *claims = tcase_create("claims");
    tcase_add_checked_fixture(claims, set_up, tear_down);
    tcase_set_timeout(claims, 60);
    tcase_add_test(claims, one_thread_has_all_slots);
    tcase_add_test(claims, one_thread_overwrites_the_oldest);
    tcase_add_test(claims, two_threads_share_no_lane);
    tcase_add_test(claims, many_short_threads_waste_nothing);
    tcase_add_test(claims, threads_that_end_waste_little);
    tcase_add_test(claims, who_comes_late_claims_anew);
    tcase_add_test(claims, what_is_claimed_takes_no_record_away);
    tcase_add_test(claims, lanes_are_told_in_order_of_time);
    tcase_add_test(claims, late_records_are_told);
    tcase_add_test(claims, handlers_have_their_own);
    tcase_add_test(claims, a_handler_between_claims_takes_one_number);
    suite_add_tcase(suite, claims);
    return suite_run(suite);
}
