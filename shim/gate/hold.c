#include "hold.h"

#include <errno.h>
#include <limits.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "diag.h"
#include "reset.h"
#include "valve.h"

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

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

/* Where clients come in: a listener, or several that share an address by SO_REUSEPORT and cannot be told apart. */
struct place {
    struct inet_diag_sockid id;
    int64_t limit;       /* of held connections */
    int64_t full;        /* as many as the kernel holds; 0 where nothing is limited */
    int64_t dropped;     /* packets since the last look */
    int64_t held, fresh; /* connections, those of them that have come since */
};

struct connection {
    struct held held;
    struct inet_diag_msg socket;
    struct place *place;
};

/* One look, at one network namespace after the other. */
static struct {
    struct listeners *all;
    const struct memory *before;
    uint64_t network;
    bool crowded;                   /* a second queue is at least half full */
    int places, connections, first; /* `first` of the connections of this namespace and family */
    struct place place[LISTENERS_MAX];
    struct connection connection[HELD_MAX];
} look;

static int64_t used_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* --- places --- */

static struct listener *find_listener(ino_t inode)
{
    for (int i = 0; i < look.all->end; i++) {
        struct listener *listener = &look.all->of[i];
        if (listener->used && listener->inode == inode && listener->network == look.network)
            return listener;
    }
    return NULL;
}

/*
 * The kernel holds one more than the backlog, and that place is kept free. While the accept queue is full nobody comes
 * in, and one that is held may have spoken already.
 */
static int64_t limit_of(const struct listener *listener)
{
    struct queue queue;
    if (!listener || !listener->holds || !valve_queue(listener->fd, &queue) || queue.queued > listener->backlog)
        return INT_MAX;
    unsigned int most = listener->backlog > 0 ? listener->backlog : 1;
    return listener->most < most ? listener->most : most;
}

/* Packets that the listener has dropped since it was asked last. */
static int64_t new_drops(struct listener *listener)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0}, before = listener->drops;
    socklen_t length = sizeof memory;
    if (getsockopt(listener->fd, SOL_SOCKET, SO_MEMINFO, memory, &length) != 0)
        return 0;
    listener->drops = memory[SK_MEMINFO_DROPS];
    return listener->drops - before;
}

static bool is_same(const struct inet_diag_sockid *a, const struct inet_diag_sockid *b)
{
    return a->idiag_sport == b->idiag_sport && a->idiag_if == b->idiag_if &&
           memcmp(a->idiag_src, b->idiag_src, sizeof a->idiag_src) == 0;
}

static void add_place(const struct inet_diag_msg *socket)
{
    struct listener *listener = find_listener(socket->idiag_inode);
    struct place *place = look.place, *end = look.place + look.places, found = {.id = socket->id};
    if (listener && listener->closed)
        found.id.idiag_if = (uint32_t)listener->interface;
    while (place < end && !is_same(&place->id, &found.id))
        place++;
    if (place == look.place + LISTENERS_MAX)
        return;
    if (place == end) {
        *place = found;
        look.places++;
    }
    place->limit += limit_of(listener);
    if (listener && listener->holds) {
        place->full += (int64_t)listener->backlog + 1;
        place->dropped += new_drops(listener);
    }
}

/* How well a place suits a connection, as the kernel chooses among listeners; negative if it does not. */
static int suitability(const struct place *place, const struct inet_diag_sockid *id)
{
    static const uint32_t anywhere[4];
    bool exact = memcmp(place->id.idiag_src, id->idiag_src, sizeof id->idiag_src) == 0;
    if (place->id.idiag_sport != id->idiag_sport || (place->id.idiag_if && place->id.idiag_if != id->idiag_if) ||
        (!exact && memcmp(place->id.idiag_src, anywhere, sizeof anywhere) != 0))
        return -1;
    return 2 * exact + (place->id.idiag_if != 0);
}

static struct place *place_of(const struct inet_diag_sockid *id)
{
    struct place *best = NULL;
    int most = -1;
    for (int i = 0; i < look.places; i++) {
        int suits = suitability(&look.place[i], id);
        if (suits > most) {
            most = suits;
            best = &look.place[i];
        }
    }
    return best;
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
    struct place *place = place_of(&socket->id);
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
static void add(const struct inet_diag_msg *socket, void *unused)
{
    (void)unused;
    if (socket->idiag_state == TCP_LISTEN)
        add_place(socket);
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
    for (int i = 0; i < look.places; i++) {
        struct place *place = &look.place[i];
        if (place->limit >= INT_MAX)
            continue;
        look.crowded |= 2 * place->held >= place->limit;
        make_room(place);
        excess |= place->held > place->limit;
    }
    return excess;
}

/* Whether any listener of the network that is looked at holds connections of this family. */
static bool has_family(int family)
{
    for (int i = 0; i < look.all->end; i++) {
        const struct listener *listener = &look.all->of[i];
        if (listener->used && listener->holds && listener->network == look.network && listener->family == family)
            return true;
    }
    return false;
}

static void look_at_network(int listener)
{
    static const int families[] = {AF_INET, AF_INET6};
    int diag = diag_open(listener);
    for (size_t i = 0; diag >= 0 && i < sizeof families / sizeof *families; i++) {
        look.places = 0;
        look.first = look.connections;
        if (has_family(families[i]) && diag_each(diag, families[i], add, NULL) && assess_places())
            destroy_excess(diag, listener);
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
    look.all = all;
    look.before = &hold->memory[hold->last];
    look.crowded = false;
    look.connections = 0;
    settle_holding(all);
    for (int i = 0; i < all->end; i++) {
        if (!all->of[i].used || !all->of[i].holds || was_looked_at(all, i))
            continue;
        look.network = all->of[i].network;
        look_at_network(all->of[i].fd);
    }
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
