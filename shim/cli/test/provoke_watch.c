#include "provoke_watch.h"

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../clock.h"

#define LOOK_MS 50
#define LOOKS_LAST 6 /* those that tell how many sockets stay: processes end one by one */
#define QUEUES_MOST 64
#define DEPTH_MOST 16
#define LISTENING 0x0a /* include/net/tcp_states.h */

/* A listener that had clients waiting when it was looked at. */
struct queue {
    unsigned long inode;
    unsigned int length;
    uint64_t since; /* nobody has been taken from it since then */
    bool is_there;
};

struct look {
    struct queue queue[QUEUES_MOST];
    size_t count;
    uint64_t now; /* in milliseconds */
};

/* --- processes --- */

static int count_sockets(pid_t pid)
{
    char path[300], target[16];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *listing = opendir(path);
    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        snprintf(path, sizeof path, "/proc/%d/fd/%s", (int)pid, entry->d_name);
        ssize_t length = readlink(path, target, sizeof target);
        count += length >= 7 && memcmp(target, "socket:", 7) == 0;
    }
    if (listing)
        closedir(listing);
    return count;
}

/* The children of a process's first thread, as numbers in text; an empty text for one that has gone. */
static void read_children(pid_t pid, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *file = fopen(path, "re");
    text[file ? fread(text, 1, size - 1, file) : 0] = '\0';
    if (file)
        fclose(file);
}

/* The sockets of a process's descendants; `first` becomes the first child. */
/* NOLINTNEXTLINE(misc-no-recursion): to DEPTH_MOST */
static int count_below(pid_t pid, pid_t *first, int depth)
{
    char text[1024], *at = text, *end;
    int count = 0;
    read_children(pid, text, sizeof text);
    for (long child; depth < DEPTH_MOST && (child = strtol(at, &end, 10)) > 0; at = end) {
        pid_t below = 0;
        if (*first == 0)
            *first = (pid_t)child;
        count += count_sockets((pid_t)child) + count_below((pid_t)child, &below, depth + 1);
    }
    return count;
}

/* --- queues --- */

static struct queue *queue_of(struct look *look, unsigned long inode)
{
    for (size_t i = 0; i < look->count; i++)
        if (look->queue[i].inode == inode)
            return &look->queue[i];
    if (look->count == QUEUES_MOST)
        return NULL;
    look->queue[look->count] = (struct queue){.inode = inode, .since = look->now};
    return &look->queue[look->count++];
}

/*
 * A line of /proc/net/tcp: of a listener the receive queue is the number of connections that wait. Source: tcp_diag and
 * get_tcp4_sock of net/ipv4/tcp_ipv4.c.
 */
static void take_line(struct look *look, const char *line)
{
    unsigned int state, length;
    unsigned long inode;
    if (sscanf(line, " %*d: %*s %*s %x %*x:%x %*s %*s %*s %*s %lu", &state, &length, &inode) != 3 || state != LISTENING)
        return;
    struct queue *queue = queue_of(look, inode);
    if (!queue)
        return;
    if (length == 0 || length < queue->length)
        queue->since = look->now;
    queue->length = length;
    queue->is_there = true;
}

static void take_file(struct look *look, pid_t pid, const char *name)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/net/%s", (int)pid, name);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        take_line(look, line);
    if (file)
        fclose(file);
}

/* Whether any queue has waited too long. Those that are not there any more are forgotten. */
static bool look_at_queues(struct look *look, pid_t pid)
{
    bool is_stuck = false;
    size_t kept = 0;
    for (size_t i = 0; i < look->count; i++)
        look->queue[i].is_there = false;
    take_file(look, pid, "tcp");
    take_file(look, pid, "tcp6");
    for (size_t i = 0; i < look->count; i++) {
        if (!look->queue[i].is_there)
            continue;
        is_stuck |= look->queue[i].length > 0 && look->now - look->queue[i].since >= STUCK_MS;
        look->queue[kept++] = look->queue[i];
    }
    look->count = kept;
    return is_stuck;
}

/* --- the thread --- */

/* The most sockets that two looks in a row, among the last ones, have in common. */
static int sockets_that_stay(const int *last, unsigned int looks)
{
    int most = -1;
    for (unsigned int i = looks > LOOKS_LAST ? looks - LOOKS_LAST + 1 : 1; i < looks; i++) {
        int one = last[(i - 1) % LOOKS_LAST], other = last[i % LOOKS_LAST];
        int both = one < other ? one : other;
        most = both > most ? both : most;
    }
    return most;
}

static void *watch_run(void *context)
{
    struct watch *watch = context;
    static struct look look; /* a job makes one run at a time */
    unsigned int looks = 0;
    int last[LOOKS_LAST];
    look.count = 0;
    while (!atomic_load(&watch->ends)) {
        pid_t first = 0;
        int sockets = count_below(getpid(), &first, 0);
        look.now = clock_ns(CLOCK_MONOTONIC) / CLOCK_MILLISECOND;
        if (first > 0)
            last[looks++ % LOOKS_LAST] = sockets;
        if (first > 0 && watch->looks_at_queues && look_at_queues(&look, first))
            watch->is_stuck = true;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
    watch->sockets = sockets_that_stay(last, looks);
    return NULL;
}

void watch_begin(struct watch *watch, bool looks_at_queues)
{
    sigset_t all, before;
    *watch = (struct watch){.looks_at_queues = looks_at_queues, .sockets = -1};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the run's */
    watch->is_on = pthread_create(&watch->thread, NULL, watch_run, watch) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void watch_end(struct watch *watch)
{
    atomic_store(&watch->ends, true);
    if (watch->is_on)
        pthread_join(watch->thread, NULL);
}
