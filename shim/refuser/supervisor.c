#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../kernel/facts.h"
#include "heartbeat.h"
#include "refuser.h"

/* The least time between the starts of two workers. */
#define RESTART_NS 10000000L

/* How long a worker may take to end, in milliseconds. */
#define END_MS 500

/* Makes a child that shares the parent's table of descriptors but not its memory. */
static pid_t fork_worker(void)
{
    return (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
}

void refuser_defer_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGCHLD);
    sigprocmask(SIG_BLOCK, set, NULL);
}

/* Whether the worker has ended, and its status. Kills one that was stopped: the next worker goes on with its work. */
static bool has_ended(pid_t worker, int *status)
{
    while (waitpid(worker, status, WNOHANG | WUNTRACED) == worker) {
        if (!WIFSTOPPED(*status))
            return true;
        kill(worker, SIGKILL);
    }
    return false;
}

/* Waits for the worker's end. Passes signals on to it, and kills it if it is stopped or stuck. Returns its status. */
static int watch_worker(struct refuser *refuser, pid_t worker, struct heartbeat seen, bool *is_told)
{
    struct signalfd_siginfo signal;
    int status;
    while (!has_ended(worker, &status)) {
        struct pollfd wait[] = {{.fd = refuser->signals, .events = POLLIN}, {.fd = refuser->alarm, .events = POLLIN}};
        if (poll(wait, 2, *is_told ? END_MS : -1) == 0)
            kill(worker, SIGKILL); /* something holds it: the heartbeat does not notice that for a worker that sleeps */
        if (wait[1].revents && heartbeat_has_stopped(refuser, worker, &seen))
            kill(worker, SIGKILL);
        if (read(refuser->signals, &signal, sizeof signal) != sizeof signal || signal.ssi_signo == SIGCHLD)
            continue;
        *is_told = true;
        kill(worker, (int)signal.ssi_signo);
    }
    return status;
}

/* Returns when the refuser is to end; also in a worker that has become the supervisor. */
static void supervise(struct refuser *refuser)
{
    const struct timespec pause = {.tv_nsec = RESTART_NS};
    bool is_told = false;
    while (!is_told) {
        struct heartbeat seen = heartbeat_begin(refuser);
        pid_t supervisor = getpid(), worker = fork_worker();
        if (worker == 0) {
            if (worker_run(refuser, supervisor))
                _exit(EXIT_SUCCESS);
            continue;
        }
        if (worker > 0 && watch_worker(refuser, worker, seen, &is_told) == 0)
            return;
        nanosleep(&pause, NULL);
    }
}

static void raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int refuser_run(int requests, int program, const char *setting)
{
    sigset_t set;
    struct ucred who;
    if (!facts_peer_credentials(requests, &who))
        return ENOTSOCK;
    struct refuser *refuser = mmap(NULL, sizeof *refuser, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (refuser == MAP_FAILED)
        return errno;
    refuser->requests = requests;
    refuser->user = refuser->listeners.user = who.uid;
    refuser->program = program;
    strncpy(refuser->setting, setting, sizeof refuser->setting - 1);
    refuser->alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    refuser_defer_signals(&set);
    refuser->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    int error = refuser->alarm < 0 || refuser->signals < 0 ? errno : networks_begin(&refuser->networks, who.uid);
    if (error)
        return error;
    raise_limit();
    supervise(refuser);
    return 0;
}
