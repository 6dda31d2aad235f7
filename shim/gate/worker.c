#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "decoy.h"
#include "keeper.h"
#include "processes.h"
#include "urgency.h"

/*
 * How often a closed gate's queue is asked for room, in nanoseconds: accept wakes nobody, so there is nothing
 * to wait for. A server that has taken nothing for a while is asked less often.
 */
#define ROOM_NS 250000L
#define ROOM_SELDOM_NS 2000000L
#define ROOM_EAGER_NS 1000000000L
/* How long after a queue was full the next one is expected. */
#define URGENT_NS 5000000000L
/* How often it is asked who holds the listeners; two misses in a row are well within a second. */
#define LOOK_NS 200000000L
#define LOOK_MISSES 2
/* How often a program's tree is looked for once it has ended and no listener is left; and how many misses end us. */
#define TREE_NS 1000000000L
#define TREE_MISSES 2

#define EVENTS_AT_ONCE 64

struct worker {
    struct keeper *keeper;
    int64_t look, hold, tree; /* when it is next time to look */
    int64_t changed;          /* when a connection last came or a gate was last opened or closed */
    int tree_misses;
    pid_t guardian;
    bool orphaned;
    bool urgent;  /* was made so since the last look */
    int64_t full; /* when a gate was last closed */
};

static volatile sig_atomic_t asked_to_end;

static void note_end(int number)
{
    (void)number;
    asked_to_end = 1;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Returns 0 or an errno. What is watched already reports anew. */
static int watch(int events, int fd, uint32_t when, uint32_t what)
{
    struct epoll_event event = {.events = when, .data.u32 = what};
    if (epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) == 0)
        return 0;
    return errno == EEXIST && epoll_ctl(events, EPOLL_CTL_MOD, fd, &event) == 0 ? 0 : errno;
}

/* Each arrival at the listener wakes us: an edge is what the kernel reports of each connection that comes. */
int watch_listener(const struct keeper *keeper, int place)
{
    const struct listener *listener = &keeper->listeners.of[place];
    int events = keeper->listeners.events;
    if (!listener->gated)
        return 0;
    int error = watch(events, listener->fd, EPOLLIN | EPOLLET, (uint32_t)place);
    if (error || listener->decoy < 0)
        return error;
    return watch(events, listener->decoy, EPOLLIN, EVENT_DECOY | (uint32_t)place);
}

static void watch_listeners(const struct keeper *keeper)
{
    for (int i = 0; i < keeper->listeners.end; i++)
        if (keeper->listeners.of[i].used)
            watch_listener(keeper, i);
}

struct strays {
    const struct keeper *keeper;
    int count, found[64];
};

static bool is_ours(const struct keeper *keeper, int fd)
{
    if (fd <= STDERR_FILENO || fd == keeper->requests || fd == keeper->program || fd == keeper->listeners.events)
        return true;
    for (int i = 0; i < keeper->listeners.end; i++)
        if (keeper->listeners.of[i].used && (keeper->listeners.of[i].fd == fd || keeper->listeners.of[i].decoy == fd))
            return true;
    return false;
}

static bool note_stray(int folder, int fd, void *context)
{
    struct strays *strays = context;
    if (fd != folder && !is_ours(strays->keeper, fd))
        strays->found[strays->count++] = fd;
    return strays->count < (int)(sizeof strays->found / sizeof *strays->found);
}

/* A worker that was killed may have held a descriptor that is in no table yet: it would keep a port for ever.
 */
static void close_strays(const struct keeper *keeper)
{
    struct strays strays = {.keeper = keeper};
    each_number("/proc/self/fd", note_stray, &strays);
    for (int i = 0; i < strays.count; i++)
        close(strays.found[i]);
}

/* What a killed worker did not live to watch, or took as an event and did not live to serve, is made good. */
static void begin(struct worker *worker)
{
    struct keeper *keeper = worker->keeper;
    close_strays(keeper);
    keeper->partner = (int)syscall(SYS_pidfd_open, worker->guardian, 0);
    int events = keeper->listeners.events;
    watch(events, keeper->requests, EPOLLIN, EVENT_REQUEST);
    watch(events, keeper->partner, EPOLLIN, EVENT_GUARDIAN);
    if (keeper->program >= 0 && !keeper->program_ended)
        watch(events, keeper->program, EPOLLIN, EVENT_PROGRAM);
    listeners_settle_all(&keeper->listeners);
    watch_listeners(keeper);
    worker->changed = now_ns();
    worker->orphaned = getppid() != worker->guardian; /* it may have died before there was anything to watch */
}

static void serve_listener(const struct listeners *all, struct listener *listener, bool at_decoy)
{
    if (at_decoy && listener->decoy >= 0)
        decoy_reset(listener->decoy);
    listener_settle(all, listener);
}

static void serve_event(struct worker *worker, uint32_t what)
{
    struct keeper *keeper = worker->keeper;
    if (what == EVENT_REQUEST) {
        serve_requests(keeper);
    } else if (what == EVENT_GUARDIAN) {
        worker->orphaned = getppid() != worker->guardian;
    } else if (what == EVENT_PROGRAM) {
        keeper->program_ended = true;
        epoll_ctl(keeper->listeners.events, EPOLL_CTL_DEL, keeper->program, NULL);
        /* One that is started again at once must find its port free, unless a child goes on. */
        for (int i = 0; i < LOOK_MISSES; i++)
            listeners_look_around(&keeper->listeners, LOOK_MISSES);
    } else if (keeper->listeners.of[what % LISTENERS_MAX].used) {
        serve_listener(&keeper->listeners, &keeper->listeners.of[what % LISTENERS_MAX], what & EVENT_DECOY);
    }
}

/* Whether a gatekeeper of one program has nobody left to serve. */
static bool is_alone(struct worker *worker, int64_t now)
{
    if (now < worker->tree)
        return false;
    worker->tree = now + TREE_NS;
    worker->tree_misses = any_process_has(worker->keeper->setting) ? 0 : worker->tree_misses + 1;
    return worker->tree_misses >= TREE_MISSES;
}

/* To be woken first has its price for each connection, so it is for queues that were full a moment ago. */
static void hurry(struct worker *worker, bool is_full, int64_t now)
{
    if (is_full)
        worker->full = now;
    bool urgent = worker->full && now - worker->full < URGENT_NS;
    if (urgent && !worker->urgent)
        urgency_raise();
    else if (!urgent && worker->full) {
        urgency_lower();
        worker->full = 0;
    }
    worker->urgent = urgent;
}

static void settle_closed(struct worker *worker, int64_t now)
{
    struct listeners *all = &worker->keeper->listeners;
    for (int i = 0; i < all->end; i++) {
        if (!all->of[i].used || !all->of[i].closed)
            continue;
        listener_settle(all, &all->of[i]);
        if (!all->of[i].closed)
            worker->changed = now;
    }
}

/* How long to sleep at most; -1 for ever. */
static int64_t patience(const struct worker *worker, const struct listeners_count *count, int64_t now)
{
    int64_t until;
    if (count->closed > 0)
        return now - worker->changed < ROOM_EAGER_NS ? ROOM_NS : ROOM_SELDOM_NS;
    if (count->used > 0)
        until = count->holding > 0 && worker->hold < worker->look ? worker->hold : worker->look;
    else if (worker->keeper->program_ended)
        until = worker->tree;
    else
        return -1;
    return until > now ? until - now : 0;
}

static void sleep_until_event(struct worker *worker, int64_t most)
{
    struct pollfd wait = {.fd = worker->keeper->listeners.events, .events = POLLIN};
    struct timespec limit = {.tv_sec = most / 1000000000, .tv_nsec = most % 1000000000};
    sigset_t none;
    sigemptyset(&none);
    ppoll(&wait, 1, most < 0 ? NULL : &limit, &none);
}

static void serve_events(struct worker *worker)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(worker->keeper->listeners.events, events, EVENTS_AT_ONCE, 0);
    for (int i = 0; i < count; i++)
        serve_event(worker, events[i].data.u32);
    if (count > 0)
        worker->changed = now_ns();
}

bool worker_run(struct keeper *keeper, pid_t guardian)
{
    struct worker worker = {.keeper = keeper, .guardian = guardian};
    const struct sigaction end = {.sa_handler = note_end};
    for (size_t i = 0; i < 3; i++)
        sigaction((const int[]){SIGTERM, SIGINT, SIGHUP}[i], &end, NULL);
    prctl(PR_SET_NAME, "listenas-gate");
    prctl(PR_SET_TIMERSLACK, 1);
    setsid();
    begin(&worker);
    while (!asked_to_end && !worker.orphaned) {
        int64_t now = now_ns();
        settle_closed(&worker, now);
        if (now >= worker.look) {
            listeners_look_around(&keeper->listeners, LOOK_MISSES);
            worker.urgent = false;
            worker.look = now + LOOK_NS;
        }
        struct listeners_count count = listeners_count(&keeper->listeners);
        hurry(&worker, count.closed > 0, now);
        if (count.holding > 0 && now >= worker.hold)
            worker.hold = now + hold_look(&keeper->listeners, &keeper->hold);
        if (count.used == 0 && keeper->program_ended && is_alone(&worker, now))
            break;
        sleep_until_event(&worker, patience(&worker, &count, now));
        serve_events(&worker);
    }
    return !worker.orphaned;
}
