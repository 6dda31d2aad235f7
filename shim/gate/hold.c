#include "hold.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "diag.h"
#include "places.h"
#include "reset.h"

/* How often is looked: where a second queue is at least half full, and elsewhere. */
#define LOOK_NS 20000000L
#define LOOK_SELDOM_NS 100000000L
/* But never for more than this part of a processor's time: the kernel may have very many connections to walk through.
 */
#define LOOK_PART 25

/*
 * The kernel's timer of a connection runs out after a second first, and then after twice as long each time; and it
 * counts in ticks, so it may say a little more.
 */
#define FIRST_TIMER_MS 1000
#define TICK_MOST_MS 10

struct connection {
    struct held held;
    struct inet_diag_msg socket;
    struct place *place;
};

/* One look, at one network namespace and one family after the other. */
static struct {
    const struct memory *before;
    bool crowded; /* a second queue is at least half full */
    struct places places;
    int connections, first; /* `first` of those of this namespace and family */
    struct connection connection[HELD_MAX];
} look;

static int64_t used_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* --- connections --- */

static int by_cookie(const void *a, const void *b)
{
    const struct held *left = a, *right = b;
    return (left->cookie > right->cookie) - (left->cookie < right->cookie);
}

/* By what is left of its timer, as if that were the first that can be meant. */
static int64_t age_ms(uint32_t left_ms)
{
    int64_t timer = FIRST_TIMER_MS;
    while (timer + TICK_MOST_MS < left_ms)
        timer *= 2;
    return 2 * timer - FIRST_TIMER_MS - left_ms;
}

static void add_connection(const struct inet_diag_msg *socket)
{
    struct place *place = places_find(&look.places, &socket->id);
    if (!place || place->full == 0 || look.connections == HELD_MAX)
        return;
    struct connection *connection = &look.connection[look.connections++];
    struct held *held = &connection->held;
    connection->socket = *socket;
    connection->place = place;
    held->cookie = (uint64_t)socket->id.idiag_cookie[1] << 32 | socket->id.idiag_cookie[0];
    const struct held *before = bsearch(held, look.before->of, (size_t)look.before->count, sizeof *held, by_cookie);
    held->look = before ? before->look : look.before->look + 1;
    held->age_ms = before ? before->age_ms : age_ms(socket->idiag_expires);
    place->held++;
    place->fresh += !before;
}

/* Those that listen come first. */
static void add(const struct nlmsghdr *message, void *unused)
{
    const struct inet_diag_msg *socket = NLMSG_DATA(message);
    (void)unused;
    if (socket->idiag_state == TCP_LISTEN)
        places_add(&look.places, socket);
    else
        add_connection(socket);
}

/* The oldest first. */
static int by_age(const void *a, const void *b)
{
    const struct connection *left = a, *right = b;
    if (left->held.look != right->held.look)
        return left->held.look < right->held.look ? -1 : 1;
    return (left->held.age_ms < right->held.age_ms) - (left->held.age_ms > right->held.age_ms);
}

static void destroy_excess(int diag, int listener)
{
    struct connection *first = look.connection + look.first, *end = look.connection + look.connections;
    qsort(first, (size_t)(end - first), sizeof *first, by_age);
    for (struct connection *connection = first; connection < end; connection++) {
        if (connection->place->held <= connection->place->limit)
            continue;
        connection->place->held--;
        if (diag_destroy(diag, &connection->socket) == 0)
            reset_client(listener, &connection->socket);
    }
}

/*
 * Those who were turned away at a full second queue come again, after a second; there is to be room for all of them.
 * The last packet of each handshake counts as dropped too, when a connection comes to be held.
 */
static void make_room(struct place *place)
{
    int64_t turned_away = place->dropped - place->fresh;
    if (place->held >= place->full && place->held - turned_away < place->limit)
        place->limit = turned_away < place->held ? place->held - turned_away : 0;
}

/* Whether anywhere more is held than may be. */
static bool assess_places(void)
{
    bool excess = false;
    for (int i = 0; i < look.places.count; i++) {
        struct place *place = &look.places.of[i];
        if (place->limit >= INT_MAX)
            continue;
        look.crowded |= 2 * place->held >= place->limit;
        make_room(place);
        excess |= place->held > place->limit;
    }
    return excess;
}

static void look_at_network(struct listeners *all, const struct listener *listener)
{
    static const int families[] = {AF_INET, AF_INET6};
    int diag = diag_open(listener->fd);
    for (size_t i = 0; diag >= 0 && i < sizeof families / sizeof *families; i++) {
        look.first = look.connections;
        if (places_begin(&look.places, all, listener->network, families[i]) &&
            diag_each(diag, families[i], add, NULL) && assess_places())
            destroy_excess(diag, listener->fd);
    }
    if (diag >= 0)
        close(diag);
}

/* --- the whole --- */

/* Removing a filter takes TCP_DEFER_ACCEPT from the listener. */
static void end_removed(const struct listeners *all, struct listener *listener)
{
    int seconds = 0;
    socklen_t length = sizeof seconds;
    if (getsockopt(listener->fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, &length) == 0 && seconds == 0)
        listener_stop_holding(all, listener);
}

static void settle_holding(struct listeners *all)
{
    for (int i = 0; i < all->end; i++) {
        struct listener *listener = &all->of[i];
        if (listener->used && listener->holds)
            listener_settle(all, listener);
        if (listener->used && listener->holds)
            end_removed(all, listener);
    }
}

/* Whether a listener before this one is of the same network. */
static bool was_looked_at(const struct listeners *all, int place)
{
    for (int i = 0; i < place; i++)
        if (all->of[i].used && all->of[i].holds && all->of[i].network == all->of[place].network)
            return true;
    return false;
}

static void remember(struct hold *hold)
{
    int next = !hold->last;
    struct memory *memory = &hold->memory[next];
    memory->look = look.before->look + 1;
    memory->count = look.connections;
    for (int i = 0; i < look.connections; i++)
        memory->of[i] = look.connection[i].held;
    qsort(memory->of, (size_t)memory->count, sizeof *memory->of, by_cookie);
    hold->last = next;
}

int64_t hold_look(struct listeners *all, struct hold *hold)
{
    int64_t start = used_ns();
    look.before = &hold->memory[hold->last];
    look.crowded = false;
    look.connections = 0;
    settle_holding(all);
    for (int i = 0; i < all->end; i++)
        if (all->of[i].used && all->of[i].holds && !was_looked_at(all, i))
            look_at_network(all, &all->of[i]);
    remember(hold);
    int64_t pause = look.crowded ? LOOK_NS : LOOK_SELDOM_NS;
    int64_t least = LOOK_PART * (used_ns() - start);
    return least > pause ? least : pause;
}

int hold_permission(int listener)
{
    int error = diag_permission(listener);
    return error ? error : reset_permission(listener);
}

int hold_try(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int error = hold_permission(fd);
    close(fd);
    return error;
}
