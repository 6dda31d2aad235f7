#include "held.h"

#include <limits.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "entrance.h"
#include "moment.h"
#include "network.h"
#include "segment.h"

/* The time between looks: where a second queue is at least half full, and elsewhere. */
#define LOOK_NS 20000000L
#define LOOK_SELDOM_NS 100000000L
/* Looks take at most this part of a processor, since the kernel may have very many connections to walk through. */
#define LOOK_PART 25

/*
 * The kernel's timer of a connection first runs for one second, then each time twice as long. It counts in ticks, so
 * it may report slightly more.
 */
#define FIRST_TIMER_MS 1000
#define TICK_MOST_MS 10

struct connection {
    struct held held;
    struct inet_diag_msg socket;
    struct entrance *entrance;
};

/* One look, at each network namespace and family in turn. */
static struct {
    const struct held_look *before;
    bool crowded; /* a second queue is at least half full */
    struct entrances entrances;
    int connections, first; /* `first`: the first one of the current namespace and family */
    struct connection connection[HELD_MAX];
} look;

/* --- connections --- */

static int by_cookie(const void *a, const void *b)
{
    const struct held *left = a, *right = b;
    return (left->cookie > right->cookie) - (left->cookie < right->cookie);
}

/* From what is left of its timer, taken for the earliest one that fits. */
static int64_t age_ms(uint32_t left_ms)
{
    int64_t timer = FIRST_TIMER_MS;
    while (timer + TICK_MOST_MS < left_ms)
        timer *= 2;
    return 2 * timer - FIRST_TIMER_MS - left_ms;
}

static void add_connection(const struct inet_diag_msg *socket)
{
    struct entrance *entrance = entrances_find(&look.entrances, &socket->id);
    if (!entrance || entrance->full == 0 || look.connections == HELD_MAX)
        return;
    struct connection *connection = &look.connection[look.connections++];
    struct held *held = &connection->held;
    connection->socket = *socket;
    connection->entrance = entrance;
    held->cookie = lookup_cookie(&socket->id);
    const struct held *before = bsearch(held, look.before->of, (size_t)look.before->count, sizeof *held, by_cookie);
    held->look = before ? before->look : look.before->number + 1;
    held->age_ms = before ? before->age_ms : age_ms(socket->idiag_expires);
    entrance->held++;
    entrance->fresh += !before;
}

/* Listening sockets come first. */
static void add(const void *message, void *unused)
{
    const struct inet_diag_msg *socket = NLMSG_DATA((const struct nlmsghdr *)message);
    (void)unused;
    if (socket->idiag_state == TCP_LISTEN)
        entrances_add(&look.entrances, message);
    else
        add_connection(socket);
}

/* The oldest come first. */
static int by_age(const void *a, const void *b)
{
    const struct connection *left = a, *right = b;
    if (left->held.look != right->held.look)
        return left->held.look < right->held.look ? -1 : 1;
    return (left->held.age_ms < right->held.age_ms) - (left->held.age_ms > right->held.age_ms);
}

static void destroy_excess(const struct network *network)
{
    struct connection *first = look.connection + look.first, *end = look.connection + look.connections;
    qsort(first, (size_t)(end - first), sizeof *first, by_age);
    for (struct connection *connection = first; connection < end; connection++) {
        const struct inet_diag_msg *socket = &connection->socket;
        if (connection->entrance->held <= connection->entrance->limit)
            continue;
        connection->entrance->held--;
        if (lookup_destroy(network->diag, socket) == 0)
            segment_send(network->four, network->six, socket->idiag_family, &socket->id, SEGMENT_RESET, 0);
    }
}

/*
 * Clients that a full second queue turned away try again after a second, and all of them should find room. The
 * kernel's drop counter also rises for the last packet of each handshake when a connection begins to be held.
 */
static void make_room(struct entrance *entrance)
{
    int64_t turned_away = entrance->dropped - entrance->fresh;
    if (entrance->held >= entrance->full && entrance->held - turned_away < entrance->limit)
        entrance->limit = turned_away < entrance->held ? entrance->held - turned_away : 0;
}

/* Whether more connections are held anywhere than allowed. */
static bool assess_entrances(void)
{
    bool excess = false;
    for (int i = 0; i < look.entrances.count; i++) {
        struct entrance *entrance = &look.entrances.of[i];
        if (entrance->limit >= INT_MAX)
            continue;
        look.crowded |= 2 * entrance->held >= entrance->limit;
        make_room(entrance);
        excess |= entrance->held > entrance->limit;
    }
    return excess;
}

/* Returns whether any listener there holds connections. */
static bool look_at_network(struct listeners *listeners, const struct network *network)
{
    static const int families[] = {AF_INET, AF_INET6};
    const uint32_t states = 1u << TCP_LISTEN | 1u << TCP_SYN_RECV;
    bool any = false;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        look.first = look.connections;
        if (!entrances_begin(&look.entrances, listeners, network->number, families[i]))
            continue;
        any = true;
        if (!lookup_all(network->diag, families[i], states, 0, false, add, NULL))
            continue;
        entrances_end(&look.entrances);
        if (assess_entrances())
            destroy_excess(network);
    }
    return any;
}

/* --- the whole --- */

static void remember(struct held_memory *memory)
{
    int next = !memory->last;
    struct held_look *now = &memory->looks[next];
    now->number = look.before->number + 1;
    now->count = look.connections;
    for (int i = 0; i < look.connections; i++)
        now->of[i] = look.connection[i].held;
    qsort(now->of, (size_t)now->count, sizeof *now->of, by_cookie);
    memory->last = next;
}

int64_t held_look_if_due(struct held_memory *memory, const struct networks *networks, struct listeners *listeners,
                         int64_t now_ns)
{
    bool any = false;
    if (now_ns < memory->due_ns)
        return memory->due_ns;
    int64_t start = moment_used();
    look.before = &memory->looks[memory->last];
    look.crowded = false;
    look.connections = 0;
    for (int i = 0; i < NETWORKS_MAX; i++)
        if (networks->of[i].used)
            any |= look_at_network(listeners, &networks->of[i]);
    remember(memory);
    int64_t pause = look.crowded ? LOOK_NS : LOOK_SELDOM_NS, least = LOOK_PART * (moment_used() - start);
    memory->due_ns = any ? now_ns + (least > pause ? least : pause) : INT64_MAX;
    return memory->due_ns;
}
