#include "listeners.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decoy.h"
#include "hold.h"
#include "network.h"
#include "valve.h"

/* A queue that fills and empties faster than that is looked at again at the next event. */
#define SETTLE_TURNS 4

static struct listener *find(struct listeners *all, ino_t inode)
{
    for (int i = 0; i < all->end; i++)
        if (all->of[i].used && all->of[i].inode == inode)
            return &all->of[i];
    return NULL;
}

static int count_of_user(const struct listeners *all, uid_t owner)
{
    int count = 0;
    for (int i = 0; i < all->end; i++)
        count += all->of[i].used && all->of[i].owner == owner;
    return count;
}

static int find_free(const struct listeners *all)
{
    int place = 0;
    while (place < LISTENERS_MAX && all->of[place].used)
        place++;
    return place;
}

/* One that was shut down meanwhile must not begin to listen again. */
static unsigned int set_backlog(int fd, unsigned int backlog)
{
    struct queue queue = {.backlog = backlog};
    if (valve_queue(fd, &queue))
        listen(fd, (int)backlog);
    valve_queue(fd, &queue);
    return queue.backlog;
}

static void open_gate(struct listener *listener)
{
    if (!listener->closed)
        return;
    set_backlog(listener->fd, listener->backlog);
    if (valve_open(listener->fd, listener->interface) != 0)
        return;
    if (listener->decoy >= 0)
        decoy_close(listener->decoy);
    listener->closed = false;
}

/* In an order in which another process can go on if this one is killed in between. */
static void close_gate(struct listener *listener)
{
    listener->interface = valve_interface(listener->fd);
    listener->raised = RAISING;
    listener->closed = true;
    if (listener->decoy >= 0)
        decoy_open(listener->decoy, listener->interface);
    if (valve_close(listener->fd) == 0)
        listener->raised = set_backlog(listener->fd, INT_MAX);
    else
        open_gate(listener);
}

/* Whether the backlog that the kernel tells is one that the server asked for. */
static bool is_servers(const struct listener *listener, unsigned int backlog)
{
    return !listener->closed || (listener->raised != RAISING && listener->raised != backlog);
}

/* False where a worker was killed before it had done what a request asks for. */
static bool is_wanted(const struct listener *listener)
{
    return listener->holds || (listener->gated && (!listener->resets || listener->decoy >= 0));
}

static void free_place(struct listener *listener)
{
    listener->used = false;
    if (listener->decoy >= 0)
        close(listener->decoy);
}

/* The server may hold it still, and then its descriptor's end does not end the watch. */
void listener_drop(const struct listeners *all, struct listener *listener)
{
    int fd = listener->fd;
    open_gate(listener);
    epoll_ctl(all->events, EPOLL_CTL_DEL, fd, NULL);
    free_place(listener);
    close(fd);
}

/* Its worker may be killed in between: then it has no decoy, but is in the table, where its gate is opened again. */
static int add_decoy(struct listener *listener)
{
    close_gate(listener);
    listener->decoy = decoy_make(listener->fd);
    int error = listener->decoy < 0 ? errno : 0;
    open_gate(listener);
    return error;
}

static void fill_place(struct listener *free, const struct listener *what, unsigned int backlog)
{
    free->fd = what->fd;
    free->gated = free->resets = free->holds = false;
    free->decoy = -1;
    free->interface = 0;
    free->backlog = backlog;
    free->raised = RAISING;
    free->network = network_of(what->fd);
    free->family = valve_family(what->fd);
    free->inode = what->inode;
    free->owner = what->owner;
    free->misses = 0;
    free->closed = valve_is_closed(what->fd);
    free->used = true;
}

static int add_listener(struct listeners *all, const struct listener *what, struct listener **added)
{
    struct queue queue;
    int place = find_free(all);
    if (!valve_queue(what->fd, &queue))
        return EOPNOTSUPP;
    if (place == LISTENERS_MAX || (what->owner != 0 && count_of_user(all, what->owner) >= LISTENERS_OF_USER))
        return ENOBUFS;
    all->end = all->end > place + 1 ? all->end : place + 1;
    fill_place(&all->of[place], what, queue.backlog);
    *added = &all->of[place];
    return 0;
}

static void stop_gating(struct listener *listener)
{
    int decoy = listener->decoy;
    open_gate(listener);
    listener->gated = listener->resets = false;
    listener->decoy = -1;
    if (decoy >= 0)
        close(decoy);
}

/* Whether it is gated already as it is to be. */
static bool is_gated_so(const struct listener *known, bool resets)
{
    return known->gated && known->resets == resets && (known->decoy < 0 || decoy_fits(known->decoy, known->fd));
}

static int start_gating(struct listener *listener, bool resets)
{
    if (is_gated_so(listener, resets))
        return 0;
    int error = valve_permission(listener->fd);
    if (error)
        return error;
    stop_gating(listener);
    listener->resets = resets;
    listener->gated = true;
    error = resets ? add_decoy(listener) : 0;
    if (error)
        stop_gating(listener);
    return error;
}

static int start_holding(struct listener *listener, unsigned int most)
{
    int error = hold_permission(listener->fd);
    listener->most = most;
    if (!listener->holds)
        listener->drops = valve_drops(listener->fd);
    listener->holds = error == 0;
    return error;
}

int listeners_take(struct listeners *all, const struct listener *what, int *place)
{
    struct listener *known = find(all, what->inode), *listener = known;
    int error = known ? 0 : add_listener(all, what, &listener);
    if (error)
        return error;
    listener->holder = what->holder;
    listener->number = what->number;
    error = what->holds ? start_holding(listener, what->most) : start_gating(listener, what->resets);
    if (error && known && !is_wanted(known))
        listener_drop(all, known);
    else if (error && !known)
        free_place(listener);
    else if (known && !error)
        close(what->fd);
    *place = (int)(listener - all->of);
    return error;
}

void listener_stop_holding(const struct listeners *all, struct listener *listener)
{
    listener->holds = false;
    if (!listener->gated)
        listener_drop(all, listener);
}

void listener_settle(const struct listeners *all, struct listener *listener)
{
    struct queue queue;
    for (int turn = 0; turn < SETTLE_TURNS; turn++) {
        if (!valve_queue(listener->fd, &queue) || !is_wanted(listener)) {
            listener_drop(all, listener);
            return;
        }
        if (is_servers(listener, queue.backlog))
            listener->backlog = queue.backlog;
        bool full = listener->gated && queue.queued > listener->backlog;
        if (full == listener->closed)
            return;
        if (full)
            close_gate(listener);
        else
            open_gate(listener);
    }
}

void listeners_open_all(struct listeners *all)
{
    for (int i = 0; i < all->end; i++)
        if (all->of[i].used)
            open_gate(&all->of[i]);
}

void listeners_settle_all(struct listeners *all)
{
    for (int i = 0; i < all->end; i++)
        if (all->of[i].used)
            listener_settle(all, &all->of[i]);
}

void listeners_serve_all(struct listeners *all)
{
    for (int i = 0; i < all->end; i++)
        if (all->of[i].used && all->of[i].decoy >= 0)
            decoy_reset(all->of[i].decoy);
    listeners_settle_all(all);
}

struct listeners_count listeners_count(const struct listeners *all)
{
    struct listeners_count count = {0};
    for (int i = 0; i < all->end; i++) {
        count.used += all->of[i].used;
        count.closed += all->of[i].used && all->of[i].closed;
        count.holding += all->of[i].used && all->of[i].holds;
    }
    return count;
}
