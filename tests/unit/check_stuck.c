/* Which worker the supervisor takes for stuck, at the alarm that goes off while the worker is awake. */
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../shim/refuser/heartbeat.h"
#include "../../shim/refuser/refuser.h"
#include "../suite.h"

#define HOGS 3
/* Alarms at which a worker without a processor is not stuck; the second would be enough for one that is. */
#define ALARMS 4
/* Alarms until a worker has used a processor for long enough, on a machine however busy. */
#define ALARMS_MOST 100

static struct refuser *refuser;
static pid_t worker, hogs[HOGS];

static void set_up(void)
{
    refuser = mmap(NULL, sizeof *refuser, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(refuser, MAP_FAILED);
    refuser->alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    ck_assert_int_ge(refuser->alarm, 0);
}

static void end_process(pid_t pid)
{
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
}

static void tear_down(void)
{
    end_process(worker);
    for (int i = 0; i < HOGS; i++)
        end_process(hogs[i]);
    close(refuser->alarm);
    munmap(refuser, sizeof *refuser);
}

static void sleep_for_ever(void)
{
    for (;;)
        pause();
}

static void work_for_ever(void)
{
    for (;;)
        continue;
}

static void keep_to_first_processor(void)
{
    cpu_set_t allowed, one;
    size_t processor = 0;
    sched_getaffinity(0, sizeof allowed, &allowed);
    while (!CPU_ISSET(processor, &allowed))
        processor++;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    sched_setaffinity(0, sizeof one, &one);
}

static void work_on_first_processor(void)
{
    keep_to_first_processor();
    work_for_ever();
}

/* It gets what the others leave of that processor. */
static void work_behind_others(void)
{
    const struct sched_param none = {0};
    sched_setscheduler(0, SCHED_IDLE, &none);
    work_on_first_processor();
}

static pid_t start(void (*work)(void))
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    work();
    _exit(0);
}

static bool is_stuck_at_next_alarm(struct heartbeat *seen)
{
    struct pollfd alarm = {.fd = refuser->alarm, .events = POLLIN};
    ck_assert_int_eq(poll(&alarm, 1, -1), 1);
    return heartbeat_has_stopped(refuser, worker, seen);
}

START_TEST(one_that_waits_for_something_is_stuck_at_the_second_alarm)
{
    struct heartbeat seen = heartbeat_begin(refuser);
    worker = start(sleep_for_ever);
    heartbeat_wake(refuser);
    ck_assert(!is_stuck_at_next_alarm(&seen));
    ck_assert(is_stuck_at_next_alarm(&seen));
}
END_TEST

START_TEST(one_that_works_without_end_is_stuck)
{
    bool stuck = false;
    struct heartbeat seen = heartbeat_begin(refuser);
    worker = start(work_for_ever);
    heartbeat_wake(refuser);
    ck_assert(!is_stuck_at_next_alarm(&seen));
    for (int i = 0; i < ALARMS_MOST && !stuck; i++)
        stuck = is_stuck_at_next_alarm(&seen);
    ck_assert(stuck);
}
END_TEST

START_TEST(one_that_waits_for_a_processor_is_not)
{
    struct heartbeat seen = heartbeat_begin(refuser);
    for (int i = 0; i < HOGS; i++)
        hogs[i] = start(work_on_first_processor);
    worker = start(work_behind_others);
    heartbeat_wake(refuser);
    for (int i = 0; i < ALARMS; i++)
        ck_assert(!is_stuck_at_next_alarm(&seen));
}
END_TEST

START_TEST(one_that_gets_further_or_sleeps_is_not)
{
    struct heartbeat seen = heartbeat_begin(refuser);
    worker = start(sleep_for_ever);
    for (int i = 0; i < ALARMS; i++) {
        heartbeat_wake(refuser);
        ck_assert(!is_stuck_at_next_alarm(&seen));
    }
    heartbeat_sleep(refuser);
    ck_assert(!is_stuck_at_next_alarm(&seen));
}
END_TEST

/* The worker before it was killed while it was awake; the new one has not come as far as that. */
START_TEST(one_that_has_only_begun_is_not)
{
    heartbeat_begin(refuser);
    heartbeat_wake(refuser);
    struct heartbeat seen = heartbeat_begin(refuser);
    worker = start(sleep_for_ever);
    ck_assert(!is_stuck_at_next_alarm(&seen));
}
END_TEST

/* The worker before it was killed when it had said that it sets the alarm, but had not set it. */
START_TEST(the_next_one_sets_the_alarm)
{
    struct itimerspec left;
    heartbeat_begin(refuser);
    refuser->is_alarm_set = 1;
    heartbeat_begin(refuser);
    heartbeat_wake(refuser);
    ck_assert_int_eq(timerfd_gettime(refuser->alarm, &left), 0);
    ck_assert_int_gt(left.it_value.tv_nsec, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stuck");
    TCase *whole = tcase_create("stuck");
    tcase_set_timeout(whole, 240);
    tcase_add_checked_fixture(whole, set_up, tear_down);
    tcase_add_test(whole, one_that_waits_for_something_is_stuck_at_the_second_alarm);
    tcase_add_test(whole, one_that_works_without_end_is_stuck);
    tcase_add_test(whole, one_that_waits_for_a_processor_is_not);
    tcase_add_test(whole, one_that_gets_further_or_sleeps_is_not);
    tcase_add_test(whole, one_that_has_only_begun_is_not);
    tcase_add_test(whole, the_next_one_sets_the_alarm);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
