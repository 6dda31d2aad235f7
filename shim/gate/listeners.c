#include "listeners.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decoy.h"
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

static int fill_place(struct listener *free, const struct listener *what, unsigned int backlog)
{
    free->fd = what->fd;
    free->resets = what->resets;
    free->decoy = -1;
    free->interface = 0;
    free->backlog = backlog;
    free->raised = RAISING;
    free->inode = what->inode;
    free->owner = what->owner;
    free->holder = what->holder;
    free->number = what->number;
    free->misses = 0;
    free->closed = valve_is_closed(what->fd);
    free->used = true;
    return what->resets ? add_decoy(free) : 0;
}

/* Whether it is kept already as it is to be kept. */
static bool is_as(const struct listener *known, const struct listener *what)
{
    return known->resets == what->resets && (known->decoy < 0 || decoy_fits(known->decoy, known->fd));
}

int listeners_take(struct listeners *all, const struct listener *what, int *place)
{
    struct queue queue;
    struct listener *known = find(all, what->inode);
    if (known && is_as(known, what)) {
        known->holder = what->holder;
        known->number = what->number;
        *place = (int)(known - all->of);
        close(what->fd);
        return 0;
    }
    if (known)
        listener_drop(all, known);
    int error = valve_queue(what->fd, &queue) ? valve_permission(what->fd) : EOPNOTSUPP;
    if (error)
        return error;
    *place = find_free(all);
    if (*place == LISTENERS_MAX || (what->owner != 0 && count_of_user(all, what->owner) >= LISTENERS_OF_USER))
        return ENOBUFS;
    all->end = all->end > *place + 1 ? all->end : *place + 1;
    error = fill_place(&all->of[*place], what, queue.backlog);
    if (error)
        free_place(&all->of[*place]);
    return error;
}

void listener_settle(const struct listeners *all, struct listener *listener)
{
    struct queue queue;
    for (int turn = 0; turn < SETTLE_TURNS; turn++) {
        if (!valve_queue(listener->fd, &queue) || (listener->resets && listener->decoy < 0)) {
            listener_drop(all, listener);
            return;
        }
        if (is_servers(listener, queue.backlog))
            listener->backlog = queue.backlog;
        bool full = queue.queued > listener->backlog;
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

struct listeners_count listeners_count(const struct listeners *all)
{
    struct listeners_count count = {0};
    for (int i = 0; i < all->end; i++) {
        count.used += all->of[i].used;
        count.closed += all->of[i].used && all->of[i].closed;
    }
    return count;
}
