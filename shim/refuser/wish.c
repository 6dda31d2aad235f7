/* Does what a request asks for. Nothing in the request is believed: the kernel is asked. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "moment.h"
#include "protocol.h"
#include "requests.h"
#include "shorten.h"
#include "sweep.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* --- the listener --- */

struct search {
    const struct refuser_request *request;
    struct found *found;
};

static bool is_meant(const struct refuser_request *request, const struct found *found)
{
    return !found->error && found->state == TCP_LISTEN &&
           (found->cookie == request->cookie || (request->inode && found->inode == request->inode));
}

static void compare(const void *message, void *context)
{
    const struct search *search = context;
    struct found found;
    lookup_read(message, &found);
    if (is_meant(search->request, &found))
        *search->found = found;
}

/*
 * Where several sockets listen at one address (SO_REUSEPORT), a lookup finds any of them; then a walk through all
 * listeners finds the right one.
 */
static int find_listener(const struct network *network, const struct refuser_request *request, struct found *found)
{
    struct lookup lookup = {
        .family = (uint8_t)request->family, .id.idiag_sport = request->port, .id.idiag_if = request->interface};
    struct search search = {request, found};
    memcpy(lookup.id.idiag_src, request->address, sizeof request->address);
    lookup_each(network->diag, &lookup, 1);
    *found = lookup.found;
    if (is_meant(request, found))
        return 0;
    *found = (struct found){.error = ESRCH};
    lookup_all(network->diag, request->family, 1u << TCP_LISTEN, request->port, false, compare, &search);
    return found->error;
}

/* Whether that descriptor of the process is that very socket, as far as this process may see it. */
static bool process_holds(pid_t process, int descriptor, uint32_t inode)
{
    char path[64], link[64], expected[64];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)process, descriptor);
    snprintf(expected, sizeof expected, "socket:[%u]", inode);
    ssize_t length = readlink(path, link, sizeof link - 1);
    link[length > 0 ? length : 0] = '\0';
    return strcmp(link, expected) == 0;
}

/* A server may give up root between socket() and listen(): then its descriptor proves what its user does not. */
static bool may_decide(const struct found *listener, const struct refuser_request *request, pid_t process, uid_t user)
{
    return user == 0 || user == listener->owner || process_holds(process, request->descriptor, listener->inode);
}

/* --- the wish --- */

static void note_place(struct listener *listener, const struct found *found)
{
    listener->family = found->family;
    listener->port = found->id.idiag_sport;
    listener->interface = found->id.idiag_if;
    listener->inode = found->inode;
    memcpy(listener->address, found->id.idiag_src, sizeof listener->address);
}

/* The listener in the table, new or known; NULL if there is no room. */
static struct listener *take(struct refuser *refuser, struct network *network, const struct found *found, uid_t user)
{
    int gone;
    if (sweep_is_due(network, &refuser->listeners))
        sweep_network(refuser, network);
    struct listener *listener = listeners_take(&refuser->listeners, network->number, found->cookie, user, &gone);
    if (gone >= 0)
        network_watch(&refuser->networks.of[gone], &refuser->listeners);
    return listener;
}

static int start(struct refuser *refuser, struct network *network, const struct refuser_request *request,
                 const struct found *found, uid_t user)
{
    if (request->wish == REFUSER_HOLD && network->destroy_error)
        return network->destroy_error;
    struct listener *listener = take(refuser, network, found, user);
    if (!listener)
        return ENOBUFS;
    note_place(listener, found);
    if (request->wish == REFUSER_HOLD) {
        listener->held_drops = listener->holds ? listener->held_drops : found->drops;
        listener->holds = true;
        listener->most = request->most;
        refuser->held.due_ns = 0;
        return 0;
    }
    listener->overflow = (int)request->wish;
    listener->drops =
        (struct drops){.seen = found->drops, .answered = found->drops, .latest = found->drops, .seen_ns = moment_now()};
    network_watch(network, &refuser->listeners);
    const struct local_end end = listener_end(listener);
    network_note_recent(network, &end);
    network_open_eyes(network, true, moment_now()); /* its queue may be full before the next look */
    return 0;
}

static int stop_holding(struct refuser *refuser, const struct network *network, const struct found *found)
{
    struct listener *listener = listeners_find(&refuser->listeners, network->number, found->cookie);
    if (!listener)
        return ESRCH;
    listener->holds = false;
    if (!listener->overflow)
        listeners_drop(&refuser->listeners, listener);
    return 0;
}

static struct refuser_answer serve_wish(struct refuser *refuser, struct network *network,
                                        const struct refuser_request *request, const struct found *found, uid_t user)
{
    struct refuser_answer answer = {.version = REFUSER_VERSION};
    switch (request->wish) {
    case REFUSER_REFUSE:
    case REFUSER_RESET:
    case REFUSER_HOLD:
        answer.error = start(refuser, network, request, found, user);
        break;
    case REFUSER_UNHOLD:
        answer.error = stop_holding(refuser, network, found);
        break;
    case REFUSER_SHORTEN:
        answer.error =
            network->destroy_error ? network->destroy_error : shorten(network, found, request->most, &answer.count);
        break;
    default:
        answer.error = EINVAL;
    }
    return answer;
}

/*
 * Whether the process that connected is there still, so that its number was nobody else's meanwhile; a kernel
 * before 6.5 does not say.
 */
static bool is_there(const struct asker *asker)
{
    int process = -1;
    socklen_t length = sizeof process;
    if (getsockopt(asker->fd, SOL_SOCKET, SO_PEERPIDFD, &process, &length) != 0)
        return errno == ENOPROTOOPT;
    bool there = syscall(SYS_pidfd_send_signal, process, 0, NULL, 0) == 0 || errno == EPERM;
    close(process);
    return there;
}

/* Its program's ring is told whom it turns away; 0 or an errno: without that the listener is watched all the same. */
static int note_ring(struct refuser *refuser, const struct network *network, const struct refuser_request *request,
                     const struct found *found, const char *ring, const struct asker *asker)
{
    int place, error = rings_take(&refuser->rings, &refuser->listeners, ring, asker->process, asker->user, asker->group,
                                  &place);
    struct listener *listener = listeners_find(&refuser->listeners, network->number, found->cookie);
    if (error || !listener || !is_there(asker))
        return error ? error : ESRCH;
    listener->ring = place + 1;
    listener->asked_cookie = request->cookie;
    return 0;
}

struct refuser_answer wish_serve(struct refuser *refuser, const struct refuser_request *request, const char *ring,
                                 const struct asker *asker)
{
    struct refuser_answer answer = {.version = REFUSER_VERSION};
    struct network *network;
    struct found found;
    if (request->family != AF_INET && request->family != AF_INET6)
        answer.error = EOPNOTSUPP;
    else
        answer.error = networks_find(&refuser->networks, request->network, asker->process, asker->user, &network);
    if (!answer.error)
        answer.error = find_listener(network, request, &found);
    if (!answer.error && !may_decide(&found, request, asker->process, asker->user))
        answer.error = EACCES;
    if (!answer.error)
        answer = serve_wish(refuser, network, request, &found, asker->user);
    if (!answer.error && ring[0])
        answer.count = (uint32_t)note_ring(refuser, network, request, &found, ring, asker);
    return answer;
}
