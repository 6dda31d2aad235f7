/* The worker's rounds: it sleeps until something comes or is due, and handles it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "../kernel/system.h"
#include "effort.h"
#include "heartbeat.h"
#include "judge_look.h"
#include "moment.h"
#include "refuser.h"
#include "relatives.h"
#include "requests.h"
#include "sweep.h"
#include "tell.h"

/* The numbers of epoll events, besides EVENT_ASKER and the places after it. */
enum { EVENT_REQUESTS = 1, EVENT_PROGRAM, EVENT_EYE = 10 };

#define EVENTS_AT_ONCE 64
/* How many times one eye is read before the others have their turn. */
#define READS_AT_ONCE 4

/*
 * The program's tree has ended when two looks find no process of it: during one, a process may be between two
 * programs.
 */
#define TREE_NS 20000000
#define TREE_MISSES 2

/* How often other network namespaces are searched for closed listeners, so that they can be left. */
#define SWEEP_NS 10000000000

struct worker {
    struct refuser *refuser;
    int events; /* the epoll instance */
    struct requests requests;
    int64_t tree_ns, sweep_ns; /* when that is due; INT64_MAX for never */
    int tree_misses;
    struct effort effort;
};

static volatile sig_atomic_t is_told, is_orphan;

static void note_end(int number)
{
    if (number == SIGUSR1)
        is_orphan = 1;
    else if (number != SIGALRM) /* which only interrupts a call */
        is_told = 1;
}

/* --- begin --- */

static void catch_signals(pid_t supervisor)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGALRM};
    const struct sigaction action = {.sa_handler = note_end};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    is_orphan = is_told = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
    prctl(PR_SET_PDEATHSIG, SIGUSR1);
    if (getppid() != supervisor)
        is_orphan = 1;
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Closes what a killed worker has left open and nobody knows of. */
static void close_strays(const struct refuser *refuser)
{
    int kept[8 + 6 * NETWORKS_MAX + RINGS_MAX] = {refuser->requests, refuser->program, refuser->alarm, refuser->signals,
                                                  STDERR_FILENO};
    size_t count = 5;
    for (int i = 0; i < NETWORKS_MAX; i++) {
        const struct network *network = &refuser->networks.of[i];
        const int own[] = {network->diag,   network->four,   network->six,
                           network->eye[0], network->eye[1], network->netstat};
        if (network->used)
            memcpy(kept + count, own, sizeof own);
        count += network->used ? sizeof own / sizeof *own : 0;
    }
    for (int i = 0; i < RINGS_MAX; i++)
        if (refuser->rings.of[i].used)
            kept[count++] = refuser->rings.of[i].root;
    qsort(kept, count, sizeof *kept, by_number);
    for (size_t i = 0; i < count; i++) {
        unsigned int first = kept[i] < STDERR_FILENO ? STDERR_FILENO + 1 : (unsigned int)kept[i] + 1;
        unsigned int last = i + 1 < count ? (unsigned int)kept[i + 1] - 1 : ~0u;
        if (first <= last && (i + 1 == count || kept[i + 1] > STDERR_FILENO))
            syscall(SYS_close_range, first, last, 0);
    }
}

static void watch(const struct worker *worker, int fd, uint32_t what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = what};
    if (fd >= 0)
        epoll_ctl(worker->events, EPOLL_CTL_ADD, fd, &event);
}

/* Those that are watched already stay so. */
static void watch_eyes(const struct worker *worker)
{
    for (int i = 0; i < worker->refuser->networks.end; i++)
        for (int eye = 0; worker->refuser->networks.of[i].used && eye < 2; eye++)
            watch(worker, worker->refuser->networks.of[i].eye[eye], EVENT_EYE + 2 * (uint32_t)i + (uint32_t)eye);
}

static void begin(struct worker *worker)
{
    struct refuser *refuser = worker->refuser;
    prctl(PR_SET_NAME, "listenas-refuse");
    prctl(PR_SET_TIMERSLACK, 1);
    setsid();
    close_strays(refuser);
    listeners_recover(&refuser->listeners);
    requests_begin(&worker->requests, refuser->requests);
    worker->events = epoll_create1(EPOLL_CLOEXEC);
    watch(worker, refuser->requests, EVENT_REQUESTS);
    watch(worker, refuser->program, EVENT_PROGRAM);
    watch_eyes(worker);
    for (int i = 0; i < NETWORKS_MAX; i++) {
        refuser->networks.of[i].judge.count = 0;
        if (refuser->networks.of[i].used)
            lookup_forget(refuser->networks.of[i].diag);
    }
    worker->tree_ns = refuser->program_ended && refuser->program < 0 ? 0 : INT64_MAX;
}

/* --- the program's tree --- */

static void note_program_end(struct worker *worker)
{
    struct refuser *refuser = worker->refuser;
    if (refuser->program >= 0)
        close(refuser->program);
    refuser->program = -1;
    refuser->program_ended = true;
    worker->tree_ns = 0;
    worker->tree_misses = 0;
}

/* Looks for another process of the tree, to wait for its end. Returns whether there is none. */
static bool has_tree_ended(struct worker *worker, int64_t now_ns)
{
    if (now_ns < worker->tree_ns)
        return false;
    worker->refuser->program = relatives_find(worker->refuser->setting);
    worker->tree_ns = worker->refuser->program < 0 ? now_ns + TREE_NS : INT64_MAX;
    watch(worker, worker->refuser->program, EVENT_PROGRAM);
    return worker->refuser->program < 0 && ++worker->tree_misses == TREE_MISSES;
}

/* --- what comes --- */

static void read_eye(const struct worker *worker, struct network *network, int which)
{
    static const int families[] = {AF_INET, AF_INET6};
    struct syn syns[EYE_MOST];
    bool more = true;
    for (int i = 0; more && i < READS_AT_ONCE; i++) {
        int others, count = eye_read(network->eye[which], families[which], syns, &others, &more);
        int64_t now_ns = moment_now();
        judge_take(&network->judge, syns, count, now_ns);
        if (traffic_is_much(&network->traffic, count, others, now_ns) &&
            !network_is_crowded(network, &worker->refuser->listeners, now_ns))
            network_shut_eyes(network, now_ns);
    }
}

static void serve_event(struct worker *worker, uint32_t what)
{
    struct refuser *refuser = worker->refuser;
    if (what == EVENT_REQUESTS) {
        requests_accept(&worker->requests, refuser, worker->events);
    } else if (what == EVENT_PROGRAM) {
        note_program_end(worker);
    } else if (what >= EVENT_ASKER) {
        requests_serve(&worker->requests, refuser, (int)(what - EVENT_ASKER));
        watch_eyes(worker);
    } else {
        struct network *network = &refuser->networks.of[(what - EVENT_EYE) / 2];
        if (network->used)
            read_eye(worker, network, (what - EVENT_EYE) % 2);
    }
}

/* Before the segments are read, if many come. */
static void let_gather(const struct refuser *refuser)
{
    const struct timespec pause = {.tv_nsec = TRAFFIC_GATHER_NS};
    int64_t now_ns = moment_now();
    for (int i = 0; i < refuser->networks.end; i++)
        if (refuser->networks.of[i].used && traffic_gathers(&refuser->networks.of[i].traffic, now_ns)) {
            nanosleep(&pause, NULL);
            return;
        }
}

/* Returns whether any event was of an eye. */
static bool serve_events(struct worker *worker)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(worker->events, events, EVENTS_AT_ONCE, 0);
    bool any_eye = false;
    for (int i = 0; i < count; i++) {
        any_eye |= events[i].data.u32 >= EVENT_EYE && events[i].data.u32 < EVENT_ASKER;
        serve_event(worker, events[i].data.u32);
    }
    return any_eye;
}

/* --- what is due --- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t tend_network(struct refuser *refuser, struct network *network, int64_t now_ns)
{
    struct traffic *traffic = &network->traffic;
    if (!network->watches)
        return INT64_MAX;
    if (traffic->shut && now_ns >= traffic->look_ns && network_is_crowded(network, &refuser->listeners, now_ns))
        network_open_eyes(network, true, now_ns);
    if (traffic->shut && now_ns >= traffic->open_ns)
        network_open_eyes(network, false, now_ns);
    judge_look(network, &refuser->listeners, now_ns);
    return earlier(judge_due(&network->judge), traffic_due(traffic));
}

/* Returns when something is due; INT64_MAX for never. */
static int64_t tend(struct worker *worker, int64_t now_ns)
{
    struct refuser *refuser = worker->refuser;
    int64_t due = earlier(requests_expire(&worker->requests, now_ns),
                          held_look_if_due(&refuser->held, &refuser->networks, &refuser->listeners, now_ns));
    bool any_other = false;
    for (int i = 0; i < refuser->networks.end; i++) {
        struct network *network = &refuser->networks.of[i];
        any_other |= network->used && i > 0;
        if (network->used)
            due = earlier(due, tend_network(refuser, network, now_ns));
    }
    due = earlier(due, tell_if_due(refuser, now_ns)); /* also of those that were turned away just now */
    if (any_other && now_ns >= worker->sweep_ns) {
        sweep_all(refuser, false);
        worker->sweep_ns = now_ns + SWEEP_NS;
    }
    return earlier(due, any_other ? worker->sweep_ns : INT64_MAX);
}

/* Returns whether something has come. */
static bool sleep_until(const struct worker *worker, int64_t due_ns)
{
    struct pollfd wait = {.fd = worker->events, .events = POLLIN};
    struct timespec limit = moment_span(due_ns - moment_now());
    sigset_t none;
    sigemptyset(&none);
    return ppoll(&wait, 1, due_ns == INT64_MAX ? NULL : &limit, &none) > 0;
}

static void rest(struct worker *worker, bool for_clients)
{
    int64_t left_ns = effort_rest(&worker->effort, for_clients, moment_now(), moment_used());
    const struct timespec pause = moment_span(left_ns);
    if (left_ns > 0)
        nanosleep(&pause, NULL);
}

bool worker_run(struct refuser *refuser, pid_t supervisor)
{
    static struct worker worker;
    worker = (struct worker){.refuser = refuser};
    catch_signals(supervisor);
    begin(&worker);
    while (!is_told && !is_orphan) {
        heartbeat_wake(refuser);
        int64_t now_ns = moment_now(), due_ns = tend(&worker, now_ns);
        if (has_tree_ended(&worker, now_ns))
            break;
        heartbeat_sleep(refuser);
        bool has_come = sleep_until(&worker, earlier(due_ns, worker.tree_ns));
        if (has_come)
            let_gather(refuser);
        heartbeat_wake(refuser);
        if (!has_come)
            continue;
        rest(&worker, serve_events(&worker));
    }
    if (is_orphan && !is_told)
        close(worker.events);
    else
        tell_all(refuser, moment_now());
    return !is_orphan || is_told;
}
