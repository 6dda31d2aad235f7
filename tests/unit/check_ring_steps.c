/*
 * A writer that dies between any two instructions of an append: what the ring holds and what it has lost are still all
 * calls. The writer is stopped at each instruction; as if it had died there, the others go once around the ring.
 */
#include "../suite.h"
#include "one_ring.h"
#include "stepped.h"

#define BEFORE (SLOTS + 10) /* so that each slot holds a record */
#define GOING_ROUND (SLOTS + 10)

static volatile int appending;
static uint64_t extra; /* calls made beside those BEFORE */

static struct record made(uint64_t time_ns)
{
    return (struct record){.time_ns = time_ns, .pid = 7, .tid = 8, .call = 1, .fd = (int32_t)time_ns};
}

static uint64_t append(uint64_t time_ns)
{
    const struct record record = made(time_ns);
    return ring_append(&ring, &record);
}

/* `writer` is NULL for an append of one number. */
static _Noreturn void be_stepped(struct ring_writer *writer)
{
    const struct record record = made(BEFORE);
    be_traced();
    appending = 1;
    if (writer)
        ring_append_by(&ring, writer, &record);
    else
        ring_append(&ring, &record);
    appending = 0;
    _exit(0);
}

static bool is_there(uint64_t number)
{
    struct record record;
    return ring_read(&ring, number, &record) == RING_RECORD;
}

/* Calls that are in the ring or counted as lost, after the others have gone once around. The ring is put back. */
static uint64_t calls_told(uint8_t *copy)
{
    uint64_t told = 0;
    memcpy(copy, ring.header, ring.size);
    for (uint32_t i = 0; i < GOING_ROUND; i++)
        append(1000 + i);
    for (uint64_t number = 0; number < ring_head(&ring); number++)
        told += is_there(number);
    told += ring_lost(&ring);
    memcpy(ring.header, copy, ring.size);
    return told;
}

static void expect_each_call_told_once(struct ring_writer *writer)
{
    int status, steps = 0;
    uint8_t *copy = malloc(ring.size);
    const uint64_t number = writer ? writer->next : ring_head(&ring);
    pid_t child = fork();
    if (child == 0)
        be_stepped(writer);
    await_traced(child);
    while (!is_set_in(child, &appending))
        step(child);
    for (; is_set_in(child, &appending); steps++) {
        uint64_t made = BEFORE + extra + is_there(number) + GOING_ROUND;
        ck_assert_msg(calls_told(copy) == made, "wrong after %d steps", steps);
        step(child);
    }
    ck_assert_int_gt(steps, 20);
    ck_assert(is_there(number));
    ck_assert_int_eq(ptrace(PTRACE_DETACH, child, NULL, 0), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    free(copy);
}

START_TEST(a_death_at_any_step_leaves_each_call_told_once)
{
    for (uint64_t i = 0; i < BEFORE; i++)
        append(i);
    expect_each_call_told_once(NULL);
}
END_TEST

/* The same for one that has numbers left of its last claim, and for one that needs to claim. */
START_TEST(so_does_that_of_a_thread_with_claims)
{
    struct ring_writer writer = {0};
    for (uint64_t i = 0; i < BEFORE; i++) {
        const struct record record = made(i);
        ring_append_by(&ring, &writer, &record);
    }
    while ((writer.next == writer.end) != (_i == 1)) {
        const struct record record = made(BEFORE);
        ck_assert_uint_lt(ring_append_by(&ring, &writer, &record), BEFORE + 2 * SLOTS);
        extra++;
    }
    expect_each_call_told_once(&writer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ring steps");
    TCase *steps = tcase_create("steps");
    tcase_add_checked_fixture(steps, set_up, tear_down);
    tcase_set_timeout(steps, 60);
    tcase_add_test(steps, a_death_at_any_step_leaves_each_call_told_once);
    tcase_add_loop_test(steps, so_does_that_of_a_thread_with_claims, 0, 2);
    suite_add_tcase(suite, steps);
    return suite_run(suite);
}
