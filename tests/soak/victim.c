#include "victim.h"

#include <dirent.h>
#include <signal.h>
#include <time.h>

#include "../refuser/ask.h"
#include "../refuser/daemon.h"
#include "../refuser/storm.h"

/* Longer than it keeps anybody who asks nothing. */
#define SETTLE_MS 3000

static void pause_ms(long ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

struct victim victim_start(void)
{
    struct victim victim = {.supervisor = refuser_daemon_start()};
    if (victim.supervisor)
        await_child_of(victim.supervisor);
    return victim;
}

static bool has_ended_in_time(pid_t pid)
{
    int64_t until = storm_now_ms() + SETTLE_MS;
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (storm_now_ms() > until)
            return false;
        pause_ms(1);
    }
    return true;
}

bool victim_stop(struct victim *victim)
{
    pid_t worker = child_of(victim->supervisor);
    kill(victim->supervisor, SIGTERM);
    bool has_ended = has_ended_in_time(victim->supervisor);
    if (!has_ended) {
        kill(victim->supervisor, SIGKILL);
        if (worker > 0)
            kill(worker, SIGKILL);
        waitpid(victim->supervisor, NULL, 0);
    }
    refuser_daemon_stop(0); /* what is left is its address */
    victim->supervisor = 0;
    return has_ended;
}

static bool awaits_other_worker(const struct victim *victim, pid_t before)
{
    int64_t until = storm_now_ms() + VICTIM_MS;
    for (;;) {
        pid_t worker = child_of(victim->supervisor);
        if (worker && worker != before)
            return true;
        if (storm_now_ms() > until)
            return false;
        pause_ms(1);
    }
}

static bool strike_worker(const struct victim *victim, int number)
{
    pid_t worker = await_child_of(victim->supervisor);
    kill(worker, number);
    return awaits_other_worker(victim, worker);
}

bool victim_kill_worker(const struct victim *victim)
{
    return strike_worker(victim, SIGKILL);
}

bool victim_stop_worker(const struct victim *victim)
{
    return strike_worker(victim, SIGSTOP);
}

/* The worker becomes the supervisor, and a child of this process, which is a subreaper. */
bool victim_kill_supervisor(struct victim *victim)
{
    pid_t worker = await_child_of(victim->supervisor);
    kill(victim->supervisor, SIGKILL);
    waitpid(victim->supervisor, NULL, 0);
    victim->supervisor = worker;
    return awaits_other_worker(victim, 0);
}

void victim_kill_both(struct victim *victim)
{
    pid_t worker = await_child_of(victim->supervisor);
    kill(victim->supervisor, SIGSTOP);
    kill(worker, SIGKILL);
    kill(victim->supervisor, SIGKILL);
    waitpid(victim->supervisor, NULL, 0);
    waitpid(worker, NULL, 0);
    *victim = victim_start();
}

/* Both processes share one table of descriptors. */
static int count_descriptors(const struct victim *victim)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)victim->supervisor);
    DIR *directory = opendir(path);
    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count;
}

void victim_note_descriptors(struct victim *victim)
{
    pause_ms(SETTLE_MS / 2);
    victim->descriptors = count_descriptors(victim);
}

bool victim_has_no_leak(const struct victim *victim)
{
    int64_t until = storm_now_ms() + SETTLE_MS;
    while (count_descriptors(victim) > victim->descriptors) {
        if (storm_now_ms() > until)
            return false;
        pause_ms(10);
    }
    return true;
}
