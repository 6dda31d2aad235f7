#include "live.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../clock.h"
#include "../grow.h"
#include "../log/address.h"
#include "events.h"
#include "guard.h"

/* A look at all processes may take this part of the time. */
#define SCAN_SHARE 20

void live_open(struct live *live, const struct live_choice *choice)
{
    *live = (struct live){.rings.choice = *choice};
}

void live_close(struct live *live)
{
    ringset_free(&live->rings);
    queues_free(&live->queues);
    *live = (struct live){0};
}

const struct live_ring *live_ring_of(const struct live *live, const struct process *process)
{
    for (size_t i = 0; process->ring && i < live->rings.count; i++)
        if (is_same_file(&live->rings.of[i]->file, &process->ring_file))
            return live->rings.of[i];
    return NULL;
}

/* --- the listeners of a ring --- */

static struct listener *find_listener(struct live_ring *ring, uint32_t place)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->listeners[i].place == place)
            return &ring->listeners[i];
    return NULL;
}

/* By guard_run: whatever it allocates, the ring knows at once. */
struct reading {
    struct live *live;
    struct live_ring *ring;
    bool failed; /* no memory */
};

static void read_listeners(struct reading *reading)
{
    struct live_ring *ring = reading->ring;
    struct listener found;
    for (size_t i = 0; i < ring->count; i++)
        ring->listeners[i].seen = false;
    for (uint32_t place = 1; place <= ring->ring.tables[TABLE_LISTENERS].entries; place++) {
        struct listener *listener = find_listener(ring, place);
        found = listener ? *listener : (struct listener){0};
        if (!listener_read(&found, &ring->ring, place, reading->live->steady_ns))
            continue;
        if (!listener && !grow(&ring->listeners, ring->count, &ring->room, sizeof found)) {
            reading->failed = true;
            return;
        }
        if (!listener)
            listener = &ring->listeners[ring->count++];
        *listener = found;
        listener->seen = true;
    }
}

/* Clients that met a full queue since the last look. */
static void note_drops(struct listener *listener, uint64_t now_ns)
{
    uint64_t more = listener->before_ns
                        ? listener_over(listener, &listener->counts) - listener_over(listener, &listener->before)
                        : 0;
    if (more)
        listener->last = (struct last_failure){.at_ns = now_ns, .turned_away = more};
}

static void read_ring(void *context)
{
    struct reading *reading = context;
    read_listeners(reading);
    events_follow(reading->ring);
}

/* --- their queues --- */

/* The inode of a process's descriptor, 0 if it is no socket or may not be looked at. */
static uint32_t inode_of(uint32_t pid, int fd)
{
    char path[64], target[64];
    unsigned int inode = 0;
    snprintf(path, sizeof path, "/proc/%u/fd/%d", pid, fd);
    ssize_t length = readlink(path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    return sscanf(target, "socket:[%u]", &inode) == 1 ? inode : 0;
}

/*
 * Whether a socket found by its descriptor is the listener: it is at the same place, as far as the record knows that.
 */
static bool is_at(const struct record *made, const struct queue *queue)
{
    const size_t port = offsetof(struct sockaddr_in, sin_port), end = port + sizeof(in_port_t);
    if (made->address_length < end || record_family(made) != record_family(&queue->name))
        return made->address_length < end;
    if (record_family(made) == AF_UNIX)
        return true;
    return (!made->address[port] && !made->address[port + 1]) || memcmp(made->address, queue->name.address, end) == 0;
}

static const struct queue *queue_of_descriptor(const struct live *live, const struct live_ring *ring, uint32_t pid,
                                               const struct listener *listener)
{
    const struct process *process = scan_find(&live->rings.scan, pid);
    if (!process || !process->ring || !is_same_file(&process->ring_file, &ring->file))
        return NULL; /* of another pid namespace the ring has other numbers */
    const struct queue *queue = queues_by_inode(&live->queues, inode_of(pid, listener->fd));
    return queue && is_at(&listener->made, queue) ? queue : NULL;
}

/* For a listener without a cookie: the library did not ask for it, or the kernel has another one (MPTCP). */
static const struct queue *find_by_descriptor(const struct live *live, const struct live_ring *ring,
                                              const struct listener *listener)
{
    const struct queue *queue = queue_of_descriptor(live, ring, listener->pid, listener);
    for (size_t i = 0; !queue && i < live->rings.scan.count; i++)
        queue = queue_of_descriptor(live, ring, live->rings.scan.of[i].pid, listener);
    return queue;
}

static void read_queue(const struct live *live, const struct live_ring *ring, struct listener *listener)
{
    const struct queue *queue = queues_by_cookie(&live->queues, listener->cookie);
    if (!queue)
        queue = find_by_descriptor(live, ring, listener);
    listener->closed = !queue && listener->cookie && live->queues.complete;
    if (queue)
        listener_take_queue(listener, queue, live->now_ns);
}

static void read_queues(struct live *live)
{
    bool asks = false;
    for (size_t i = 0; i < live->rings.count; i++)
        asks |= live->rings.of[i]->own_network && !live->rings.of[i]->fault;
    if (asks)
        queues_read(&live->queues);
    for (size_t i = 0; asks && i < live->rings.count; i++) {
        struct live_ring *ring = live->rings.of[i];
        for (size_t j = 0; ring->own_network && !ring->fault && j < ring->count; j++)
            if (ring->listeners[j].seen && ring->listeners[j].listens)
                read_queue(live, ring, &ring->listeners[j]);
    }
}

/* --- all --- */

static int update(struct live *live, bool all)
{
    if (!all && live->steady_ns < live->scan_at_ns)
        return 0;
    int error = ringset_update(&live->rings);
    uint64_t spent = clock_ns(CLOCK_MONOTONIC) - live->steady_ns;
    live->scan_at_ns = live->steady_ns + (spent * SCAN_SHARE > CLOCK_SECOND ? spent * SCAN_SHARE : CLOCK_SECOND);
    return error;
}

static int refresh(struct live *live, bool all)
{
    live->now_ns = clock_ns(CLOCK_REALTIME);
    live->steady_ns = clock_ns(CLOCK_MONOTONIC);
    int error = update(live, all);
    for (size_t i = 0; i < live->rings.count; i++) {
        struct reading reading = {.live = live, .ring = live->rings.of[i]};
        if (!live->rings.of[i]->fault && !guard_run(read_ring, &reading)) {
            ringset_break(live->rings.of[i], "was cut short while it was read");
        }
        if (reading.failed)
            error = ENOMEM;
    }
    read_queues(live);
    for (size_t i = 0; i < live->rings.count; i++)
        for (size_t j = 0; j < live->rings.of[i]->count; j++)
            note_drops(&live->rings.of[i]->listeners[j], live->now_ns);
    return error;
}

int live_refresh(struct live *live)
{
    return refresh(live, false);
}

int live_refresh_all(struct live *live)
{
    return refresh(live, true);
}
