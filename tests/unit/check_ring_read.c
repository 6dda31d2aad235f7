/* What the reader says: of a ring that goes round, of a writer that dies, of two writers in one slot. */
#include "../suite.h"
#include "one_ring.h"

#include <signal.h>
#include <sys/wait.h>

#include "../../shim/ring/stamp.h"

/* Beginning, what is lost, a store for each word, the round, and the stamp: A1 to A3 of a writer that has its number.
 */
#define STEPS (RECORD_WORDS + 4)

/* A writer that can be stopped anywhere. */
struct slow_writer {
    uint64_t number, sum, lost;
    uint64_t words[RECORD_WORDS];
    unsigned int step;
};

static struct slow_writer slow_writer_begin(uint64_t writer, uint64_t turn)
{
    struct slow_writer slow = {.number = ring_claim_one(&ring)};
    const struct record record = pattern(writer, turn);
    memcpy(slow.words, &record, sizeof slow.words);
    return slow;
}

static void slow_writer_step(struct slow_writer *slow)
{
    struct ring_slot *slot = &ring.slots[slow->number & ring.mask];
    unsigned int word = slow->step - 2;
    if (slow->step == 0) {
        slow->lost = slot_lost_next(slot);
        atomic_store_explicit(&slot->stamp, stamp_busy(lane_round(&ring, slow->number), slow->lost),
                              memory_order_relaxed);
    } else if (slow->step == 1) {
        atomic_store_explicit(&slot->lost, slow->lost, memory_order_release);
    } else if (word < RECORD_WORDS) {
        slow->sum += stamp_term(slow->words[word], word);
        atomic_store_explicit(&slot->words[word], slow->words[word], memory_order_release);
    } else if (word == RECORD_WORDS) {
        atomic_store_explicit(&slot->repeats, repeats_of_round(lane_round(&ring, slow->number)), memory_order_release);
    } else {
        atomic_store_explicit(&slot->stamp, stamp_of(slow->number, slow->sum), memory_order_release);
    }
    slow->step++;
}

/* Of a writer that stopped after so many steps. */
static enum ring_answer answer_after(int step)
{
    return step == 0 ? RING_WAIT : step < (int)STEPS ? RING_BUSY : RING_RECORD;
}

static void expect(uint64_t number, enum ring_answer expected)
{
    struct record record;
    ck_assert_int_eq(ring_read(&ring, number, &record), expected);
    if (expected == RING_RECORD)
        ck_assert(is_whole(&record));
}

START_TEST(steps_of_the_test_are_those_of_the_writer)
{
    struct slow_writer slow = slow_writer_begin(1, 2);
    while (slow.step < STEPS)
        slow_writer_step(&slow);
    expect(0, RING_RECORD);
    struct ring_slot by_steps = ring.slots[0];
    atomic_store(&ring.header->lanes[0].head, 0);
    by_steps.lost++; /* that one */
    append_pattern(&ring, 1, 2);
    ck_assert_mem_eq(&by_steps, &ring.slots[0], sizeof by_steps);
}
END_TEST

START_TEST(goes_round)
{
    expect(0, RING_WAIT);
    for (uint64_t turn = 0; turn < 5 * SLOTS + 7; turn++) {
        append_pattern(&ring, 3, turn);
        ck_assert_uint_eq(ring_head(&ring), turn + 1);
        for (uint64_t number = 0; number <= turn + 2; number++)
            expect(number, number > turn ? RING_WAIT : turn - number < SLOTS ? RING_RECORD : RING_LOST);
    }
}
END_TEST

START_TEST(record_of_zeros_is_a_record)
{
    const struct record zeros = {0};
    struct record record;
    ring_append(&ring, &zeros);
    ck_assert_int_eq(ring_read(&ring, 0, &record), RING_RECORD);
    ck_assert_mem_eq(&record, &zeros, sizeof zeros);
}
END_TEST

/* Stops a writer after each of its steps: the next numbers are read, and the slot's next turn heals it. */
START_TEST(writer_dies_after_step)
{
    append_pattern(&ring, 1, 0);
    struct slow_writer slow = slow_writer_begin(2, 0);
    for (int step = 0; step < _i; step++)
        slow_writer_step(&slow);
    append_pattern(&ring, 1, 1);
    expect(0, RING_RECORD);
    expect(1, answer_after(_i));
    expect(2, RING_RECORD);
    while (ring_head(&ring) < SLOTS + 1)
        append_pattern(&ring, 1, ring_head(&ring));
    expect(1, answer_after(_i));
    append_pattern(&ring, 1, 99);
    expect(1, RING_LOST);
    expect(SLOTS + 1, RING_RECORD);
}
END_TEST

/* The same in a process of its own, killed by SIGKILL. */
START_TEST(process_is_killed_after_step)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct slow_writer slow = slow_writer_begin(2, 0);
        for (int step = 0; step < _i; step++)
            slow_writer_step(&slow);
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
    expect(0, answer_after(_i));
    for (uint64_t turn = 0; turn < SLOTS; turn++)
        append_pattern(&ring, 1, turn);
    for (uint64_t number = 1; number <= SLOTS; number++)
        expect(number, RING_RECORD);
    expect(0, RING_LOST);
}
END_TEST

/* Whatever the reader accepts under a number must be what the writer of that number wrote. */
static void expect_no_mixture(uint64_t number, uint64_t writer, uint64_t turn)
{
    const struct record expected = pattern(writer, turn);
    struct record record;
    if (ring_read(&ring, number, &record) == RING_RECORD)
        ck_assert_mem_eq(&record, &expected, sizeof expected);
}

static void go_round_before(uint64_t number)
{
    while (ring_head(&ring) < number)
        append_pattern(&ring, 1, ring_head(&ring));
}

/* A writer sleeps after `_i` of its steps through a whole round, another writes its slot, and the first goes on. */
START_TEST(sleeper_wakes_a_round_later)
{
    struct slow_writer slow = slow_writer_begin(2, 20);
    for (int step = 0; step < _i; step++)
        slow_writer_step(&slow);
    go_round_before(SLOTS);
    append_pattern(&ring, 3, 30);
    expect(SLOTS, RING_RECORD);
    while (slow.step < STEPS) {
        slow_writer_step(&slow);
        expect_no_mixture(0, 2, 20);
        expect_no_mixture(SLOTS, 3, 30);
    }
    go_round_before(2 * SLOTS);
    append_pattern(&ring, 4, 40);
    expect(2 * SLOTS, RING_RECORD);
}
END_TEST

/* Two writers a round apart, their steps shuffled by chance; every other time their records differ in one bit. */
START_TEST(shuffled_writers_leave_no_mixture)
{
    uint64_t random = 1;
    struct record record;
    for (int turn = 0; turn < 20000; turn++) {
        atomic_store(&ring.slots[0].stamp, SLOT_EMPTY); /* no number comes twice but here */
        atomic_store(&ring.header->lanes[0].head, 0);
        struct slow_writer a = slow_writer_begin(2, 20);
        atomic_store(&ring.header->lanes[0].head, SLOTS);
        struct slow_writer b = slow_writer_begin(3, 30);
        if (turn & 1) {
            memcpy(b.words, a.words, sizeof b.words);
            b.words[next_random(&random) % RECORD_WORDS] ^= UINT64_C(1) << next_random(&random) % 64;
        }
        while (a.step < STEPS || b.step < STEPS) {
            struct slow_writer *next = (next_random(&random) & 1) ? &a : &b;
            slow_writer_step(next->step < STEPS ? next : next == &a ? &b : &a);
            if (ring_read(&ring, 0, &record) == RING_RECORD)
                ck_assert_mem_eq(&record, a.words, sizeof record);
            if (ring_read(&ring, SLOTS, &record) == RING_RECORD)
                ck_assert_mem_eq(&record, b.words, sizeof record);
        }
    }
}
END_TEST

START_TEST(every_flipped_bit_of_a_slot_is_seen)
{
    struct record record;
    append_pattern(&ring, 1, 1);
    _Atomic uint64_t *words = &ring.slots[0].stamp;
    for (size_t bit = 0; bit < 8 * offsetof(struct ring_slot, repeats); bit++) {
        words[bit / 64] ^= UINT64_C(1) << bit % 64;
        ck_assert_int_ne(ring_read(&ring, 0, &record), RING_RECORD);
        words[bit / 64] ^= UINT64_C(1) << bit % 64;
    }
    expect(0, RING_RECORD);
}
END_TEST

START_TEST(numbers_at_the_end_of_their_range)
{
    const uint64_t last = UINT64_MAX - 1;
    atomic_store(&ring.header->lanes[0].head, last);
    append_pattern(&ring, 1, 1);
    expect(last, RING_RECORD);
    expect(0, RING_LOST);
    expect(UINT64_MAX, RING_WAIT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ring reader");
    TCase *reader = tcase_create("reader");
    tcase_add_checked_fixture(reader, set_up, tear_down);
    tcase_set_timeout(reader, 60);
    tcase_add_test(reader, steps_of_the_test_are_those_of_the_writer);
    tcase_add_test(reader, goes_round);
    tcase_add_test(reader, record_of_zeros_is_a_record);
    tcase_add_loop_test(reader, writer_dies_after_step, 0, (int)STEPS + 1);
    tcase_add_loop_test(reader, process_is_killed_after_step, 0, (int)STEPS + 1);
    tcase_add_loop_test(reader, sleeper_wakes_a_round_later, 0, (int)STEPS + 1);
    tcase_add_test(reader, shuffled_writers_leave_no_mixture);
    tcase_add_test(reader, every_flipped_bit_of_a_slot_is_seen);
    tcase_add_test(reader, numbers_at_the_end_of_their_range);
    suite_add_tcase(suite, reader);
    return suite_run(suite);
}
