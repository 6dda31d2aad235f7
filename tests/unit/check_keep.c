/* What a ring keeps of processes and listeners. */
#include "../../shim/ring/keep.h"
#include "../suite.h"
#include "one_ring.h"

static uint32_t processes(void)
{
    return ring.tables[TABLE_PROCESSES].entries;
}

static uint32_t listeners(void)
{
    return ring.tables[TABLE_LISTENERS].entries;
}

START_TEST(a_kept_record_is_whole_or_not_there)
{
    struct ring_kept kept = {0};
    const struct record record = pattern(1, 2), later = pattern(1, 3);
    struct record found;
    uint64_t number;
    ck_assert(!ring_kept(&kept, &number, &found));
    ring_keep(&kept, 0, &record);
    ck_assert(ring_kept(&kept, &number, &found));
    ck_assert_uint_eq(number, 0);
    ck_assert_mem_eq(&found, &record, sizeof record);
    ring_keep(&kept, 9, &later);
    ck_assert(ring_kept(&kept, &number, &found));
    ck_assert_uint_eq(number, 9);
    kept.words[3] ^= 1;
    ck_assert(!ring_kept(&kept, &number, &found));
}
END_TEST

static bool is_kept(uint32_t pid)
{
    const struct ring_process *process;
    struct record record;
    uint64_t at;
    for (uint32_t number = 1; (process = ring_process(&ring, number)); number++)
        if (ring_kept(&process->start, &at, &record) && record.pid == pid)
            return true;
    return false;
}

static void start(uint32_t pid)
{
    const struct record record = {.pid = pid};
    ring_keep_process(&ring, pid, &record);
}

static bool nobody_is_gone(uint64_t owner, uint64_t cookie)
{
    (void)owner;
    (void)cookie;
    return false;
}

static bool even_ones_are_gone(uint64_t owner, uint64_t cookie)
{
    (void)cookie;
    return owner % 2 == 0;
}

static uint32_t enter(uint64_t owner, enum listener_state state)
{
    uint32_t number = ring_listener_claim(&ring, owner, owner + 1, nobody_is_gone);
    if (number)
        ring_listener_set(ring_listener(&ring, number), state);
    return number;
}

/* The oldest go first, but not one that has a listener, however many come after it. */
START_TEST(a_process_with_a_listener_stays)
{
    enter(UINT64_C(1) << 32 | 3, LISTENER_LISTENS);
    for (uint32_t pid = 1; pid <= 1000; pid++)
        start(pid);
    ck_assert(is_kept(1));
    ck_assert(!is_kept(2));
    for (uint32_t pid = 1000; pid > 1000 - (processes() - 2); pid--)
        ck_assert_msg(is_kept(pid), "%u", pid);
}
END_TEST

START_TEST(a_living_listener_is_never_overwritten)
{
    for (uint32_t i = 0; i < listeners(); i++)
        ck_assert_uint_ne(enter(i, LISTENER_LISTENS), 0);
    for (int i = 0; i < 100; i++)
        ck_assert_uint_eq(enter(1000, LISTENER_LISTENS), 0);
    for (uint32_t number = 1; number <= listeners(); number++)
        ck_assert_uint_lt(ring_listener(&ring, number)->owner, listeners());
    ck_assert_uint_eq(ring.header->listeners_missed, 100);
    ck_assert_uint_eq(ring.header->listeners_gone, 0);
}
END_TEST

START_TEST(the_longest_dead_go_first_then_the_bound_then_the_gone)
{
    uint32_t numbers[8];
    ck_assert_uint_eq(listeners(), 8);
    static const enum listener_state states[] = {LISTENER_LISTENS, LISTENER_BOUND, LISTENER_DEAD,    LISTENER_DEAD,
                                                 LISTENER_LISTENS, LISTENER_BOUND, LISTENER_LISTENS, LISTENER_LISTENS};
    static const int order[] = {2, 3, 1, 5};
    for (uint32_t i = 0; i < 8; i++)
        numbers[i] = enter(i, states[i]);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        uint32_t number = ring_listener_claim(&ring, 101, 101, nobody_is_gone);
        ck_assert_uint_eq(number, numbers[order[i]]);
        ring_listener_set(ring_listener(&ring, number), LISTENER_LISTENS);
    }
    ck_assert_uint_eq(ring_listener_claim(&ring, 101, 101, nobody_is_gone), 0);
    ck_assert_uint_ne(ring_listener_claim(&ring, 101, 101, even_ones_are_gone), 0);
    ck_assert_uint_eq(ring.header->listeners_gone, 5);
    ck_assert_uint_eq(ring.header->listeners_missed, 1);
}
END_TEST

START_TEST(a_claimed_place_has_nothing_of_its_former_owner)
{
    uint32_t number = enter(5, LISTENER_LISTENS);
    struct ring_listener *listener = ring_listener(&ring, number);
    const struct record record = pattern(1, 2);
    struct record found;
    uint64_t at;
    listener->cookie = 77;
    listener->accepted = 9;
    listener->full_times = 1;
    ring_listener_failed(listener, EAGAIN);
    ring_keep(&listener->made_by[MADE_BY_LISTEN], 3, &record);
    ck_assert_uint_eq(ring_listener_find(&ring, 77), number);
    ck_assert_uint_eq(listener->life, 6);
    ring_listener_set(listener, LISTENER_DEAD);
    ck_assert_uint_eq(listener->life, 0);
    ck_assert_uint_eq(ring_listener_find(&ring, 77), 0);
    for (uint32_t i = 1; i < listeners(); i++)
        enter(i, LISTENER_LISTENS);
    ck_assert_uint_eq(ring_listener_claim(&ring, 6, 7, nobody_is_gone), number);
    ck_assert_uint_eq(
        listener->cookie | listener->accepted | listener->failed | listener->full_times | listener->errors[0], 0);
    ck_assert(!ring_kept(&listener->made_by[MADE_BY_LISTEN], &at, &found));
    ck_assert_uint_eq(listener->owner, 6);
}
END_TEST

START_TEST(errors_are_counted_by_number)
{
    struct ring_listener *listener = ring_listener(&ring, enter(5, LISTENER_LISTENS));
    for (unsigned int error = 1; error <= 10; error++)
        for (unsigned int i = 0; i < error; i++)
            ring_listener_failed(listener, error);
    ck_assert_uint_eq(listener->failed, 55);
    uint64_t sum = 0;
    for (unsigned int i = 0; i < LISTENER_ERRORS; i++) {
        sum += listener->errors[i] & 0xffffffff;
        if (i < LISTENER_ERRORS - 1)
            ck_assert_uint_eq(listener->errors[i], (uint64_t)(i + 1) << 48 | (i + 1));
    }
    ck_assert_uint_eq(listener->errors[LISTENER_ERRORS - 1] >> 48, 0);
    ck_assert_uint_eq(sum, 55);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keep");
    TCase *keep = tcase_create("keep");
    tcase_add_checked_fixture(keep, set_up, tear_down);
    tcase_add_test(keep, a_kept_record_is_whole_or_not_there);
    tcase_add_test(keep, a_process_with_a_listener_stays);
    tcase_add_test(keep, a_living_listener_is_never_overwritten);
    tcase_add_test(keep, the_longest_dead_go_first_then_the_bound_then_the_gone);
    tcase_add_test(keep, a_claimed_place_has_nothing_of_its_former_owner);
    tcase_add_test(keep, errors_are_counted_by_number);
    suite_add_tcase(suite, keep);
    return suite_run(suite);
}
