/*
 * A refuser whose processes are killed, stopped or held: what it was told stays, and it is back within a second.
 */
#include <dirent.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include "fixture.h"

/* What is promised, with room for a machine that is busy; and a try that may not be in time is one of several. */
#define BACK_MS 1500
#define END_MS 500
#define TRIALS 5

static bool is_root(void)
{
    if (getuid() == 0)
        return true;
    puts("skipped: a refuser that serves other networks: only root's does");
    return false;
}

/* A listener of this process that is full. */
static int full_port(void)
{
    struct sockaddr_in where;
    int fd = listen_on_loopback(&where, 1);
    ck_assert_int_eq(ask_watch(fd, REFUSER_REFUSE), 0);
    ck_assert_int_eq(fill(ntohs(where.sin_port)), 2);
    return ntohs(where.sin_port);
}

/* Waits for another worker than that one, which this process may hold and then has to let go. */
static pid_t await_other(pid_t before)
{
    int64_t until = storm_now_ms() + REFUSER_AWAIT_MS;
    pid_t worker;
    while ((worker = child_of(refuser)) == before || worker == 0) {
        waitpid(before, NULL, __WALL | WNOHANG);
        ck_assert_int_lt(storm_now_ms(), until);
        sched_yield();
    }
    return worker;
}

/* Clients come until one is refused. */
static void check_refuses(int port)
{
    int64_t until = storm_now_ms() + REFUSER_AWAIT_MS;
    int met;
    while ((met = connect_within(port, 100)) != -ECONNREFUSED) {
        ck_assert_int_eq(met, -EINPROGRESS);
        ck_assert_int_lt(storm_now_ms(), until);
    }
}

/* How long it takes, from `start` on, until another worker refuses. */
static int64_t time_other(pid_t before, int port, int64_t start)
{
    await_other(before);
    check_refuses(port);
    return storm_now_ms() - start;
}

static bool exists(pid_t pid)
{
    return kill(pid, 0) == 0;
}

static int count_descriptors(pid_t pid)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *descriptors = opendir(path);
    ck_assert_ptr_nonnull(descriptors);
    while (readdir(descriptors))
        count++;
    closedir(descriptors);
    return count;
}

START_TEST(a_killed_worker_is_replaced_with_what_it_knew)
{
    int first = full_port(), second = full_port();
    int64_t shortest = INT64_MAX;
    pid_t worker = await_child_of(refuser);
    for (int i = 0; i < TRIALS; i++) {
        int64_t start = storm_now_ms();
        kill(worker, SIGKILL);
        int64_t took = time_other(worker, first, start);
        shortest = took < shortest ? took : shortest;
        worker = await_child_of(refuser);
        check_refuses(second);
        check_refuses(full_port());
    }
    ck_assert_msg(shortest < BACK_MS, "after %d ms", (int)shortest);
}
END_TEST

/* Waits until it sleeps and nothing is due any more. */
static void await_rest(pid_t worker)
{
    long before;
    do {
        before = sleeps_of(worker);
        usleep(500000);
    } while (sleeps_of(worker) != before);
}

/* Stopped while it has work, or while it is at rest and no alarm is set. */
START_TEST(a_stopped_worker_is_replaced)
{
    int64_t took = INT64_MAX;
    int port = full_port();
    for (int i = 0; i < TRIALS && took >= BACK_MS; i++) {
        pid_t worker = await_child_of(refuser);
        if (_i)
            await_rest(worker);
        int64_t start = storm_now_ms();
        kill(worker, SIGSTOP);
        took = time_other(worker, port, start);
    }
    ck_assert_msg(took < BACK_MS, "after %d ms", (int)took);
}
END_TEST

/* Holds it at its next call but a wait; false where that is forbidden. */
static bool hold(pid_t worker, int port)
{
    struct __ptrace_syscall_info call = {0};
    int status;
    if (ptrace(PTRACE_SEIZE, worker, NULL, PTRACE_O_TRACESYSGOOD) != 0 ||
        ptrace(PTRACE_INTERRUPT, worker, NULL, NULL) != 0 || waitpid(worker, &status, __WALL) != worker)
        return false;
    close(start_client(port)); /* so that there is something to do */
    do {
        if (ptrace(PTRACE_SYSCALL, worker, NULL, NULL) != 0 || waitpid(worker, &status, __WALL) != worker ||
            ptrace(PTRACE_GET_SYSCALL_INFO, worker, sizeof call, &call) <= 0)
            return false;
    } while (call.op != PTRACE_SYSCALL_INFO_ENTRY || call.entry.nr == SYS_ppoll || call.entry.nr == SYS_nanosleep);
    return true;
}

START_TEST(a_worker_that_gets_no_further_is_replaced)
{
    int64_t took = INT64_MAX;
    int port = full_port();
    for (int i = 0; i < TRIALS && took >= BACK_MS; i++) {
        pid_t worker = await_child_of(refuser);
        if (!hold(worker, port)) {
            puts("skipped: a_worker_that_gets_no_further_is_replaced: no process can be held here");
            return;
        }
        took = time_other(worker, port, storm_now_ms());
    }
    ck_assert_msg(took < BACK_MS, "after %d ms", (int)took);
}
END_TEST

/* It may have one more just now: of who asks, or of a file that it reads. */
static void await_descriptors(int expected)
{
    int64_t until = storm_now_ms() + REFUSER_AWAIT_MS;
    int count;
    while (abs((count = count_descriptors(refuser)) - expected) > 1 && storm_now_ms() < until)
        sched_yield();
    ck_assert_int_le(abs(count - expected), 1);
}

/* The refuser's processes share their descriptors; a worker may be killed at any moment. */
START_TEST(kills_leave_no_descriptor)
{
    enum { KILLS = 50 };
    int port = full_port(), before;
    pid_t worker = await_child_of(refuser);
    check_refuses(port);
    before = count_descriptors(refuser);
    for (int i = 0; i < KILLS; i++) {
        struct sockaddr_in where;
        const struct refuser_request request = ask_request(listen_on_loopback(&where, 1), REFUSER_REFUSE);
        int fd = ask_connect();
        if (fd >= 0) {
            send(fd, &request, sizeof request, MSG_NOSIGNAL);
            if (i % 3 == 0)
                usleep((useconds_t)i * 5);
        }
        kill(worker, SIGKILL);
        worker = await_other(worker);
        if (fd >= 0)
            close(fd);
    }
    check_refuses(full_port());
    check_refuses(port);
    await_descriptors(before);
}
END_TEST

/* Also where another network was entered. */
START_TEST(other_networks_are_served_on)
{
    if (!is_root())
        return;
    pid_t worker = await_child_of(refuser);
    int before = 0;
    ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
    raise_loopback();
    forbid_syncookies();
    int port = full_port();
    for (int i = 0; i < 5; i++) {
        kill(worker, SIGKILL);
        worker = await_other(worker);
        check_refuses(port);
        check_refuses(full_port());
        if (i == 0)
            before = count_descriptors(refuser);
    }
    await_descriptors(before);
}
END_TEST

START_TEST(a_killed_supervisor_is_replaced_by_its_worker)
{
    int port = full_port(), status;
    for (int i = 0; i < 3; i++) {
        pid_t before = refuser, worker = await_child_of(refuser);
        kill(before, SIGKILL);
        ck_assert_int_eq(waitpid(before, &status, 0), before);
        refuser = worker; /* this process is its subreaper */
        check_refuses(port);
        await_child_of(refuser);
        check_refuses(full_port());
    }
}
END_TEST

/* How long a signal takes to end it; `was_worker`: where the supervisor was a worker before. */
static int64_t time_end(int number, bool was_worker)
{
    const char *path = getenv("LISTENAS_REFUSER");
    pid_t worker = await_child_of(refuser);
    int status;
    full_port();
    if (was_worker) {
        kill(refuser, SIGKILL);
        waitpid(refuser, NULL, 0);
        refuser = worker;
        worker = await_child_of(refuser);
    }
    int64_t start = storm_now_ms();
    kill(refuser, number);
    ck_assert_int_eq(waitpid(refuser, &status, 0), refuser);
    int64_t took = storm_now_ms() - start;
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert(!exists(worker));
    ck_assert_int_ne(access(path, F_OK), 0);
    refuser = 0;
    return took;
}

START_TEST(a_word_ends_both)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    int64_t took = time_end(signals[_i % 3], _i >= 3);
    for (int i = 1; i < TRIALS && took >= END_MS; i++) {
        refuser = refuser_daemon_start();
        ck_assert_int_gt(refuser, 0);
        took = time_end(signals[_i % 3], _i >= 3);
    }
    ck_assert_msg(took < END_MS, "after %d ms", (int)took);
}
END_TEST

/* Holds a worker that sleeps, which no heartbeat tells of. */
static bool hold_asleep(pid_t worker)
{
    await_rest(worker);
    return ptrace(PTRACE_SEIZE, worker, NULL, NULL) == 0 && ptrace(PTRACE_INTERRUPT, worker, NULL, NULL) == 0 &&
           waitpid(worker, NULL, __WALL) == worker;
}

/* Told to end while the worker is held, it does not wait for ever. */
START_TEST(a_word_ends_a_held_worker_too)
{
    int port = full_port(), status;
    pid_t worker = await_child_of(refuser);
    if (!(_i ? hold_asleep(worker) : hold(worker, port))) {
        puts("skipped: a_word_ends_a_held_worker_too: no process can be held here");
        return;
    }
    kill(refuser, SIGTERM);
    int64_t until = storm_now_ms() + REFUSER_AWAIT_MS;
    while (waitpid(refuser, &status, WNOHANG) != refuser) {
        waitpid(worker, NULL, __WALL | WNOHANG);
        ck_assert_int_lt(storm_now_ms(), until);
        sched_yield();
    }
    refuser = 0;
}
END_TEST

static Suite *heartbeat(void)
{
    Suite *suite = suite_create("heartbeat");
    TCase *whole = tcase_create("heartbeat");
    tcase_set_timeout(whole, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, set_up, tear_down);
    tcase_add_test(whole, a_killed_worker_is_replaced_with_what_it_knew);
    tcase_add_loop_test(whole, a_stopped_worker_is_replaced, 0, 2);
    tcase_add_test(whole, a_worker_that_gets_no_further_is_replaced);
    tcase_add_test(whole, kills_leave_no_descriptor);
    tcase_add_test(whole, other_networks_are_served_on);
    tcase_add_test(whole, a_killed_supervisor_is_replaced_by_its_worker);
    tcase_add_loop_test(whole, a_word_ends_both, 0, 6);
    tcase_add_loop_test(whole, a_word_ends_a_held_worker_too, 0, 2);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(heartbeat());
}
