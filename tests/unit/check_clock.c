/*
 * The time of a record against clocks and counters of the test's own making, and against the real ones.
 */
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../shim/ring/clock.h"
#include "../suite.h"
#include "stepped.h"

#define BORN UINT64_C(1800000000000000000)
#define MILLISECOND UINT64_C(1000000)
#define HOUR (UINT64_C(3600) * 1000 * MILLISECOND)
/* A thousandth of the window's millisecond, what a reading of the clock may take, and a clock that is being slewed. */
#define TOLERANCE UINT64_C(5000)

/* A machine whose counter goes at `ticks` a millisecond; both can be moved by themselves. */
static struct {
    uint64_t counter, ns, ticks;
} machine;

static struct ring_clock ring_clock;

static void pass(uint64_t ns)
{
    machine.ns += ns;
    machine.counter += ns * machine.ticks / MILLISECOND;
}

static void read_slowly(uint64_t ns)
{
    uint64_t before = machine.counter, then = machine.ns;
    pass(ns);
    ring_clock_learn(&ring_clock, before, machine.counter, then);
}

static void read_now(void)
{
    read_slowly(0);
}

static bool is_believed(void)
{
    return ring_clock_knows(&ring_clock, machine.counter - ring_clock.counter);
}

/* A tick is as exact as the clock can be. */
static void expect_right(void)
{
    uint64_t ns = ring_clock_compute(&ring_clock, machine.counter - ring_clock.counter),
             tick = MILLISECOND / machine.ticks + 1;
    ck_assert(is_believed());
    ck_assert_msg(ns + 2 * tick >= machine.ns && ns <= machine.ns + 2 * tick, "%lld ns off",
                  (long long)(ns - machine.ns));
}

static void start_machine(uint64_t ticks)
{
    memset(&ring_clock, 0, sizeof ring_clock);
    machine.counter = 12345;
    machine.ns = BORN;
    machine.ticks = ticks;
}

/* Three readings are two measurements. */
static void learn(void)
{
    for (int i = 0; i < 3; i++) {
        read_now();
        pass(MILLISECOND);
    }
    read_now();
    ck_assert(is_believed());
}

static void set_up(void)
{
    start_machine(2600000);
}

static const uint64_t rates[] = {1000, 24000, 62500, 1000000, 2600000, 5200000};
#define RATES (sizeof rates / sizeof *rates)

START_TEST(counter_of_any_rate_is_believed_after_two_measurements)
{
    start_machine(rates[_i]);
    ck_assert(!is_believed());
    read_now();
    ck_assert(!is_believed());
    pass(MILLISECOND);
    read_now();
    ck_assert(!is_believed());
    pass(MILLISECOND);
    read_now();
    ck_assert(is_believed());
}
END_TEST

START_TEST(time_is_right_until_the_millisecond_is_over)
{
    start_machine(rates[_i]);
    learn();
    for (uint64_t ns = 0; ns + MILLISECOND / 20 < MILLISECOND; ns += MILLISECOND / 20) {
        expect_right();
        pass(MILLISECOND / 20);
    }
    pass(MILLISECOND / 20 + MILLISECOND / 100);
    ck_assert(!is_believed());
    read_now();
    expect_right();
}
END_TEST

START_TEST(readings_in_a_rush_measure_nothing)
{
    for (int i = 0; i < 1000; i++) {
        read_now();
        ck_assert(!is_believed());
        pass(900);
    }
}
END_TEST

START_TEST(readings_in_a_rush_end_in_belief)
{
    int readings = 0;
    for (; !is_believed() && readings < 10000; readings++) {
        pass(900);
        read_now();
    }
    ck_assert_int_lt(readings, 2300);
    expect_right();
}
END_TEST

START_TEST(readings_far_apart_are_believed)
{
    for (int i = 0; i < 3; i++) {
        read_now();
        pass(2000 * MILLISECOND);
    }
    read_now();
    expect_right();
    pass(MILLISECOND / 2);
    expect_right();
}
END_TEST

/* However often: what does not fit the arithmetic would always be wrong alike. */
START_TEST(sleeps_are_no_measurement)
{
    static const uint64_t lengths[] = {UINT64_C(1) << 32, (UINT64_C(1) << 32) + 1000, 5000 * MILLISECOND,
                                       60000 * MILLISECOND, HOUR};
    learn();
    for (int i = 0; i < 5; i++) {
        pass(lengths[_i]);
        ck_assert(!is_believed());
        read_now();
        ck_assert(!is_believed());
    }
    learn();
    expect_right();
}
END_TEST

static void stand_still(void)
{
    machine.ticks = 0;
}

static void go_a_little_faster(void)
{
    machine.ticks += machine.ticks / 400;
}

static void go_faster(void)
{
    machine.ticks = machine.ticks * 101 / 100;
}

static void go_slower(void)
{
    machine.ticks = machine.ticks * 99 / 100;
}

static void jump_ahead(void)
{
    machine.counter += UINT64_C(1) << 40;
}

static void jump_back(void)
{
    machine.counter -= machine.counter / 2;
}

static void be_reset(void)
{
    machine.counter = 0;
}

static void set_clock_ahead(void)
{
    machine.ns += HOUR;
}

static void set_clock_back(void)
{
    machine.ns -= HOUR;
}

static void set_clock_a_little(void)
{
    machine.ns += MILLISECOND / 100;
}

static void (*const accidents[])(void) = {
    stand_still, go_a_little_faster, go_faster,       go_slower,      jump_ahead,
    jump_back,   be_reset,           set_clock_ahead, set_clock_back, set_clock_a_little,
};
#define ACCIDENTS (sizeof accidents / sizeof *accidents)

/* Whatever happens is found out by the reading that ends the millisecond, and forgotten after it. */
START_TEST(accident_ends_belief_until_two_agree)
{
    learn();
    pass(MILLISECOND);
    accidents[_i]();
    pass(2 * MILLISECOND);
    read_now();
    ck_assert(!is_believed());
    if (machine.ticks == 0) {
        for (int i = 0; i < 10; i++, pass(MILLISECOND), read_now())
            ck_assert(!is_believed());
        machine.ticks = 2600000;
    }
    learn();
    expect_right();
}
END_TEST

/* A suspended machine: time goes on, the counter does not. */
START_TEST(a_pause_spoils_no_more_than_a_rush)
{
    learn();
    int wrong = 0;
    machine.ns += HOUR;
    for (; ring_clock_is_sure(&ring_clock, machine.counter - ring_clock.counter); wrong++) {
        ring_clock.latest = machine.counter - ring_clock.counter;
        ring_clock.left--;
    }
    ck_assert_int_le(wrong, CLOCK_RUSH);
    uint64_t ns = ring_clock_compute(&ring_clock, machine.counter - ring_clock.counter);
    ck_assert(!ring_clock_agrees(ns, machine.ns));
}
END_TEST

START_TEST(a_record_that_comes_late_is_compared)
{
    learn();
    ck_assert(ring_clock_is_sure(&ring_clock, machine.counter - ring_clock.counter));
    pass(CLOCK_GAP_NS - 1000);
    ck_assert(ring_clock_is_sure(&ring_clock, machine.counter - ring_clock.counter));
    pass(2000);
    ck_assert(is_believed());
    ck_assert(!ring_clock_is_sure(&ring_clock, machine.counter - ring_clock.counter));
}
END_TEST

START_TEST(comparison_allows_for_the_tick_of_the_coarse_clock)
{
    ck_assert(ring_clock_agrees(BORN, BORN));
    ck_assert(ring_clock_agrees(BORN + 10 * MILLISECOND, BORN));
    ck_assert(ring_clock_agrees(BORN - TOLERANCE, BORN));
    ck_assert(!ring_clock_agrees(BORN + 20 * MILLISECOND, BORN));
    ck_assert(!ring_clock_agrees(BORN - 2 * MILLISECOND, BORN));
    ck_assert(!ring_clock_agrees(BORN, BORN + HOUR));
    ck_assert(!ring_clock_agrees(BORN, BORN - HOUR));
}
END_TEST

/* With the real clocks: a time that the counter gets wrong is noticed, and the clock is read in its place. */
START_TEST(a_wrong_time_is_read_anew)
{
    struct ring_clock clock = {
        .counter = ring_counter(), .ns = BORN, .rate = 1, .window = UINT64_MAX, .gap = UINT64_MAX};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ns = ring_clock_now(&clock);
    ck_assert_uint_ge(ns, (uint64_t)now.tv_sec * 1000 * MILLISECOND);
    ck_assert_uint_lt(ns, (uint64_t)(now.tv_sec + 3600) * 1000 * MILLISECOND);
}
END_TEST

START_TEST(reading_that_was_interrupted_is_not_believed)
{
    learn();
    pass(MILLISECOND);
    read_slowly(3000);
    ck_assert(!is_believed());
    pass(MILLISECOND);
    read_now();
    ck_assert(!is_believed());
    pass(MILLISECOND);
    read_slowly(1000);
    ck_assert(is_believed());
}
END_TEST

/* --- a handler in the middle of a measurement; ThreadSanitizer delivers a signal when it sees fit --- */

#ifndef __SANITIZE_THREAD__

static volatile int reading;

static void measure_in_between(int signal)
{
    (void)signal;
    pass(50 * MILLISECOND);
    read_now();
}

/* Its exit status: 0 if all is well in the end. */
static _Noreturn void be_interrupted(void)
{
    learn();
    pass(MILLISECOND);
    signal(SIGUSR1, measure_in_between);
    be_traced();
    reading = 1;
    read_now();
    reading = 0;
    uint64_t since = machine.counter - ring_clock.counter, ns = ring_clock_compute(&ring_clock, since);
    _exit(ring_clock_knows(&ring_clock, since) && (ns + 2 < machine.ns || ns > machine.ns + 2));
}

/* Interrupts the measurement after so many instructions of it. Returns false if it had ended by then. */
static bool interrupt_after(int steps)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        be_interrupted();
    await_traced(child);
    while (!is_set_in(child, &reading))
        step(child);
    for (int i = 0; i < steps && is_set_in(child, &reading); i++)
        step(child);
    bool in_time = is_set_in(child, &reading);
    ck_assert_int_eq(ptrace(PTRACE_DETACH, child, NULL, SIGUSR1), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "after %d steps: %x", steps, status);
    return in_time;
}

START_TEST(handler_between_any_two_instructions_does_no_harm)
{
    int steps = 0;
    while (interrupt_after(steps))
        steps++;
    ck_assert_int_gt(steps, 20);
}
END_TEST
#endif

/* --- the real ones --- */

static uint64_t real_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* However long the test is kept waiting, the time lies between that before and that after it. Returns how often not. */
static int count_wrong(int turns)
{
    int wrong = 0;
    for (int i = 0; i < turns; i++) {
        uint64_t before = real_ns(), ns = ring_clock_now(&ring_clock), after = real_ns();
        wrong += ns + TOLERANCE < before || ns > after + TOLERANCE;
    }
    return wrong;
}

START_TEST(real_time_is_right)
{
    ck_assert_int_eq(count_wrong(200000), 0);
}
END_TEST

START_TEST(real_time_is_right_in_a_forked_child)
{
    count_wrong(100000);
    pid_t child = fork();
    if (child == 0)
        _exit(count_wrong(100000) != 0);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
/* The test's time limit ends it where that never comes. */
START_TEST(real_counter_comes_to_be_used)
{
    while (!ring_clock.window)
        ring_clock_now(&ring_clock);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("clock");
    TCase *made = tcase_create("made"), *real = tcase_create("real");
    tcase_add_checked_fixture(made, set_up, NULL);
    tcase_add_loop_test(made, counter_of_any_rate_is_believed_after_two_measurements, 0, RATES);
    tcase_add_loop_test(made, time_is_right_until_the_millisecond_is_over, 0, RATES);
    tcase_add_test(made, readings_in_a_rush_measure_nothing);
    tcase_add_test(made, readings_in_a_rush_end_in_belief);
    tcase_add_test(made, readings_far_apart_are_believed);
    tcase_add_loop_test(made, sleeps_are_no_measurement, 0, 5);
    tcase_add_loop_test(made, accident_ends_belief_until_two_agree, 0, ACCIDENTS);
    tcase_add_test(made, reading_that_was_interrupted_is_not_believed);
    tcase_add_test(made, a_pause_spoils_no_more_than_a_rush);
    tcase_add_test(made, a_record_that_comes_late_is_compared);
    tcase_add_test(made, comparison_allows_for_the_tick_of_the_coarse_clock);
    tcase_add_test(made, a_wrong_time_is_read_anew);
#ifndef __SANITIZE_THREAD__
    tcase_set_timeout(made, 60);
    tcase_add_test(made, handler_between_any_two_instructions_does_no_harm);
#endif
    tcase_add_checked_fixture(real, set_up, NULL);
    tcase_set_timeout(real, 60);
    tcase_add_test(real, real_time_is_right);
    tcase_add_test(real, real_time_is_right_in_a_forked_child);
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
    tcase_add_test(real, real_counter_comes_to_be_used);
#endif
    suite_add_tcase(suite, made);
    suite_add_tcase(suite, real);
    return suite_run(suite);
}
