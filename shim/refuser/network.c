#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listen_drops.h"
#include "segment.h"
#include "syn_filter.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/*
 * How many listeners are looked at in turn, beside the recent ones, and how many places of the table are tried for
 * them.
 */
#define TURN 8
#define TURN_PLACES 256

static const int families[] = {AF_INET, AF_INET6};

/* SO_NETNS_COOKIE of a socket's namespace; 0 where the kernel has none (before 5.14). */
static uint64_t network_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    return getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length) == 0 ? cookie : 0;
}

/* --- its sockets --- */

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_all(struct network *network)
{
    close_if_open(&network->diag);
    close_if_open(&network->four);
    close_if_open(&network->six);
    close_if_open(&network->eye[0]);
    close_if_open(&network->eye[1]);
    close_if_open(&network->netstat);
}

/* Listens on a port of loopback that nobody knows, and destroys that socket. Returns 0 or an errno. */
static int try_on(int trial, int diag)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct inet_diag_msg description = {.idiag_family = AF_INET, .idiag_state = TCP_LISTEN};
    socklen_t length = sizeof address;
    if (bind(trial, (struct sockaddr *)&address, length) != 0 || listen(trial, 0) != 0 ||
        getsockname(trial, (struct sockaddr *)&address, &length) != 0)
        return errno;
    description.id.idiag_sport = address.sin_port;
    description.id.idiag_src[0] = address.sin_addr.s_addr;
    description.id.idiag_cookie[0] = description.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    return lookup_destroy(diag, &description);
}

int network_try_destroy(int diag)
{
    int trial = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int error = trial < 0 ? errno : try_on(trial, diag);
    close_if_open(&trial);
    return error;
}

/* In the namespace of this thread. A kernel without IPv6 has no such socket. */
static int make_sockets(struct network *network)
{
    network->diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    network->four = segment_socket(AF_INET);
    network->eye[0] = eye_make(AF_INET);
    int error = network->diag < 0 || network->four < 0 || network->eye[0] < 0 ? errno : 0;
    network->six = segment_socket(AF_INET6);
    network->eye[1] = network->six < 0 ? -1 : eye_make(AF_INET6);
    network->netstat = listen_drops_open();
    listen_drops_read(network->netstat, &network->listen_drops);
    network->cookie = network->diag < 0 ? 0 : network_of(network->diag);
    network->destroy_error = error ? error : network_try_destroy(network->diag);
    return error;
}

/* Marked as used last: a worker that is killed leaves descriptors that the next one closes (worker.c). */
static int fill(struct networks *all, struct network *network, uid_t owner)
{
    memset(network, 0, sizeof *network);
    network->number = (int)(network - all->of);
    network->owner = owner;
    return make_sockets(network);
}

int networks_begin(struct networks *all, uid_t user)
{
    int error = fill(all, &all->of[0], user);
    all->user = user;
    if (error)
        close_all(&all->of[0]);
    all->end = 1;
    all->of[0].used = !error;
    return error;
}

/* --- other namespaces --- */

static bool is_of_others(const struct networks *all, uid_t owner)
{
    return owner != 0 && owner != all->user;
}

static struct network *find_place(struct networks *all, uid_t owner)
{
    struct network *free = NULL;
    int others = 0, same = 0;
    for (int i = NETWORKS_MAX - 1; i > 0; i--) {
        struct network *network = &all->of[i];
        others += network->used && is_of_others(all, network->owner);
        same += network->used && network->owner == owner;
        free = network->used ? free : network;
    }
    bool is_too_much = is_of_others(all, owner) && (others >= NETWORKS_OF_OTHERS || same >= NETWORKS_OF_USER);
    return is_too_much ? NULL : free;
}

/* Enters the namespace of a process for as long as it takes to make the sockets. */
static int make_there(struct networks *all, struct network *network, pid_t process, uid_t owner)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)process);
    int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), there = open(path, O_RDONLY | O_CLOEXEC), error;
    if (here >= 0 && there >= 0 && setns(there, CLONE_NEWNET) == 0) {
        error = fill(all, network, owner);
        if (setns(here, CLONE_NEWNET) != 0)
            abort(); /* the supervisor will start another worker, in the right namespace */
    } else {
        error = errno == EACCES ? EPERM : errno;
    }
    close_if_open(&here);
    close_if_open(&there);
    return error;
}

static int enter(struct networks *all, uint64_t cookie, pid_t process, uid_t owner, struct network **found)
{
    struct network *network = find_place(all, owner);
    if (!network)
        return ENOBUFS;
    network->diag = network->four = network->six = network->eye[0] = network->eye[1] = network->netstat = -1;
    int error = make_there(all, network, process, owner);
    if (!error && network->cookie != cookie)
        error = ESRCH;
    if (error)
        close_all(network);
    else if (all->end <= network->number)
        all->end = network->number + 1;
    network->used = !error;
    *found = network;
    return error;
}

int networks_find(struct networks *all, uint64_t cookie, pid_t process, uid_t owner, struct network **found)
{
    *found = &all->of[0];
    if (!cookie)
        return 0; /* such a kernel serves its own namespace only: elsewhere the listener would not be found */
    for (int i = 0; i < all->end; i++) {
        *found = &all->of[i];
        if (all->of[i].used && all->of[i].cookie == cookie)
            return 0;
    }
    return enter(all, cookie, process, owner, found);
}

void network_leave(struct network *network)
{
    if (network->number == 0)
        return;
    network->used = false;
    close_all(network);
}

/* --- its eyes --- */

static int by_number(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* The ports for an eye of this family, ascending; returns how many. IPv6 listeners may take IPv4 clients. */
static size_t gather_ports(const struct network *network, struct listeners *listeners, int family, uint16_t *ports)
{
    struct listener *listener = NULL;
    size_t all = 0, count = 0;
    while ((listener = listeners_next(listeners, network->number, listener)))
        if (listener->overflow && (listener->family == family || family == AF_INET))
            ports[all++] = ntohs(listener->port);
    qsort(ports, all, sizeof *ports, by_number);
    for (size_t i = 0; i < all; i++)
        if (i == 0 || ports[i] != ports[i - 1])
            ports[count++] = ports[i];
    return count;
}

void network_watch(struct network *network, struct listeners *listeners)
{
    static uint16_t ports[LISTENERS_MAX];
    bool watched = network->watches;
    network->watches = false;
    for (int i = 0; i < 2; i++) {
        size_t count = gather_ports(network, listeners, families[i], ports);
        if (network->eye[i] >= 0)
            eye_set_ports(network->eye[i], families[i], ports, count);
        network->watches |= count > 0;
    }
    if (network->watches && !watched)
        network_open_eyes(network, true, 0);
    else if (!network->watches)
        network_shut_eyes(network, 0);
}

void network_open_eyes(struct network *network, bool needed, int64_t now_ns)
{
    for (int i = 0; i < 2; i++)
        if (network->eye[i] >= 0)
            eye_open(network->eye[i]);
    traffic_open(&network->traffic, needed, now_ns);
}

void network_shut_eyes(struct network *network, int64_t now_ns)
{
    for (int i = 0; i < 2; i++)
        if (network->eye[i] >= 0)
            eye_shut(network->eye[i]);
    traffic_shut(&network->traffic, now_ns);
}

/* --- its queues --- */

static bool is_same_end(const struct local_end *a, const struct local_end *b)
{
    return a->family == b->family && a->port == b->port && a->interface == b->interface &&
           memcmp(a->address, b->address, sizeof a->address) == 0;
}

void network_note_recent(struct network *network, const struct local_end *end)
{
    int at = 0;
    if (is_same_end(&network->recent[0], end))
        return;
    while (at < NETWORK_RECENT - 1 && !is_same_end(&network->recent[at], end))
        at++;
    memmove(network->recent + 1, network->recent, (size_t)at * sizeof *network->recent);
    network->recent[0] = *end;
}

static struct lookup lookup_of(const struct local_end *end)
{
    struct lookup lookup = {.family = end->family, .id.idiag_sport = end->port, .id.idiag_if = end->interface};
    memcpy(lookup.id.idiag_src, end->address, sizeof end->address);
    return lookup;
}

static bool is_recent(const struct network *network, const struct local_end *end)
{
    for (int i = 0; i < NETWORK_RECENT; i++)
        if (is_same_end(&network->recent[i], end))
            return true;
    return false;
}

/*
 * Moves to the next listener of this network in the table; returns whether it is to be looked at: it is not a recent
 * one.
 */
static bool take_turn(struct network *network, const struct listeners *listeners, struct lookup *lookup)
{
    const struct listener *listener = &listeners->of[network->turn];
    const struct local_end end = listener_end(listener);
    network->turn = network->turn + 1 < listeners->end ? network->turn + 1 : 0;
    if (!listener->used || listener->network != network->number || !listener->overflow || is_recent(network, &end))
        return false;
    *lookup = lookup_of(&end);
    return true;
}

static int gather(struct network *network, const struct listeners *listeners, struct lookup *lookups)
{
    int count = 0, places = listeners->end < TURN_PLACES ? listeners->end : TURN_PLACES;
    for (int i = 0; i < NETWORK_RECENT; i++)
        if (network->recent[i].family)
            lookups[count++] = lookup_of(&network->recent[i]);
    for (int i = 0, most = count + TURN; i < places && count < most; i++)
        count += take_turn(network, listeners, &lookups[count]);
    return count;
}

/* While the eyes were shut nobody saw the SYNs that were dropped, so these drops count as explained. */
static void note_drops(const struct network *network, struct drops *drops, uint32_t now, int64_t now_ns)
{
    drops_note(drops, now, now_ns);
    if (!network->traffic.shut)
        return;
    drops->seen = drops->answered = now;
    drops->seen_ns = now_ns;
}

bool network_is_crowded(struct network *network, struct listeners *listeners, int64_t now_ns)
{
    struct lookup lookups[NETWORK_RECENT + TURN];
    int count = gather(network, listeners, lookups);
    uint32_t least =
        listeners->count > TURN ? 0 : UINT32_MAX; /* `room` to fill; listeners whose turn it is not may have none */
    bool is_crowded = false;
    lookup_each(network->diag, lookups, count);
    for (int i = 0; i < count; i++) {
        const struct found *found = &lookups[i].found;
        if (found->error || found->state != TCP_LISTEN)
            continue;
        struct listener *listener = listeners_find(listeners, network->number, found->cookie);
        if (!listener)
            continue;
        uint32_t room = found->queued > found->backlog ? 0 : found->backlog + 1 - found->queued;
        least = room < least ? room : least;
        note_drops(network, &listener->drops, found->drops, now_ns);
        is_crowded |=
            traffic_is_crowded(&network->traffic, found->queued, found->backlog, listener->drops.risen_ns, now_ns);
    }
    traffic_looked(&network->traffic, least, now_ns);
    return is_crowded;
}

bool network_has_dropped(struct network *network, int64_t now_ns)
{
    uint64_t count;
    if (now_ns - network->listen_drops_ns >= DROPS_READ_NS && listen_drops_read(network->netstat, &count)) {
        network->listen_drops_ns = now_ns;
        if (count != network->listen_drops)
            network->risen_ns = now_ns;
        network->listen_drops = count;
    }
    return network->risen_ns && now_ns - network->risen_ns < DROPS_RISEN_NS;
}
