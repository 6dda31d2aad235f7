#include "requests.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "../kernel/facts.h"
#include "moment.h"
#include "protocol.h"

#define PATIENCE_NS 1000000000
/* Connections accepted at once, before the SYNs have their turn. */
#define ACCEPTS_AT_ONCE 32
/* How long, in microseconds, ending a connection that brings descriptors may take before it is interrupted. */
#define DISCARD_US 200

void requests_begin(struct requests *requests, int listener)
{
    int passes = 1;
    socklen_t length = sizeof passes;
    for (int i = 0; i < ASKERS_MAX; i++)
        requests->of[i].fd = -1;
    getsockopt(listener, SOL_SOCKET, SO_PASSRIGHTS, &passes, &length);
    requests->may_bring = passes;
}

/*
 * Before 6.16 any message may bring descriptors, and the kernel closes them with the last reference to it. Closing a
 * socket that lingers could take as long as its owner likes, but a signal interrupts it.
 */
static void discard(const struct requests *requests, int fd)
{
    const struct itimerval soon = {.it_value.tv_usec = DISCARD_US, .it_interval.tv_usec = DISCARD_US}, never = {0};
    if (requests->may_bring)
        setitimer(ITIMER_REAL, &soon, NULL);
    close(fd);
    if (requests->may_bring)
        setitimer(ITIMER_REAL, &never, NULL);
}

static void end(const struct requests *requests, struct asker *asker)
{
    discard(requests, asker->fd);
    asker->fd = -1;
}

/* --- places --- */

static int count_of(const struct requests *requests, uid_t user)
{
    int count = 0;
    for (int i = 0; i < ASKERS_MAX; i++)
        count += requests->of[i].fd >= 0 && requests->of[i].user == user;
    return count;
}

/* The oldest request of the user who has the most. */
static struct asker *most_dispensable(struct requests *requests)
{
    struct asker *worst = NULL;
    int most = 0;
    for (int i = 0; i < ASKERS_MAX; i++) {
        struct asker *asker = &requests->of[i];
        int count = asker->fd < 0 ? 0 : count_of(requests, asker->user);
        if (count > most || (count == most && worst && asker->until_ns < worst->until_ns)) {
            most = count;
            worst = asker;
        }
    }
    return worst;
}

static struct asker *find_place(struct requests *requests)
{
    for (int i = 0; i < ASKERS_MAX; i++)
        if (requests->of[i].fd < 0)
            return &requests->of[i];
    struct asker *asker = most_dispensable(requests);
    end(requests, asker);
    return asker;
}

/* Root's refuser serves everybody; another serves its own user and root. */
static bool may_ask(const struct refuser *refuser, uid_t user)
{
    return refuser->user == 0 || user == 0 || user == refuser->user;
}

/* --- who comes --- */

static void take(struct requests *requests, int fd, int events)
{
    struct ucred who;
    if (!facts_peer_credentials(fd, &who)) {
        discard(requests, fd);
        return;
    }
    struct asker *asker = find_place(requests);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = EVENT_ASKER + (uint32_t)(asker - requests->of)};
    *asker = (struct asker){
        .fd = fd, .process = who.pid, .user = who.uid, .group = who.gid, .until_ns = moment_now() + PATIENCE_NS};
    if (epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) != 0)
        end(requests, asker);
}

void requests_accept(struct requests *requests, struct refuser *refuser, int events)
{
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        int fd = accept4(refuser->requests, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        take(requests, fd, events);
    }
}

/* A request, and what may follow it. */
struct message {
    struct refuser_request request;
    char ring[REFUSER_RING_MOST + 1];
};

/* Only two wishes bring a path, and it is absolute. */
static bool is_request(struct message *message, size_t length)
{
    const size_t path = length - sizeof message->request;
    enum refuser_wish wish = message->request.wish;
    if (length < sizeof message->request || path > REFUSER_RING_MOST || message->request.version != REFUSER_VERSION)
        return false;
    message->ring[path] = '\0';
    return path == 0 || ((wish == REFUSER_REFUSE || wish == REFUSER_RESET) && message->ring[0] == '/' &&
                         strlen(message->ring) == path);
}

/*
 * Leaves a request unread that brings descriptors; ending the connection deals with it. Returns 0, EPROTO for no
 * valid request, EAGAIN if nothing has come yet.
 */
static int read_request(int fd, struct message *bytes)
{
    struct iovec content = {.iov_base = bytes, .iov_len = sizeof *bytes};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    ssize_t length = recvmsg(fd, &message, MSG_PEEK | MSG_DONTWAIT);
    if (length < 0)
        return errno == EAGAIN ? EAGAIN : EPROTO;
    if (message.msg_flags & MSG_CTRUNC)
        return EPROTO;
    recv(fd, bytes, sizeof *bytes, MSG_DONTWAIT);
    return !(message.msg_flags & MSG_TRUNC) && is_request(bytes, (size_t)length) ? 0 : EPROTO;
}

static struct refuser_answer serve(struct refuser *refuser, const struct asker *asker, const struct message *message)
{
    if (!may_ask(refuser, asker->user))
        return (struct refuser_answer){.version = REFUSER_VERSION, .error = EACCES};
    return wish_serve(refuser, &message->request, message->ring, asker);
}

void requests_serve(struct requests *requests, struct refuser *refuser, int place)
{
    struct asker *asker = &requests->of[place];
    struct message message;
    int error = asker->fd < 0 ? EAGAIN : read_request(asker->fd, &message);
    if (error == EAGAIN)
        return; /* the event was for an earlier request at this place */
    struct refuser_answer answer = {.version = REFUSER_VERSION, .error = error};
    if (!error)
        answer = serve(refuser, asker, &message);
    send(asker->fd, &answer, sizeof answer, MSG_DONTWAIT | MSG_NOSIGNAL);
    end(requests, asker);
}

int64_t requests_expire(struct requests *requests, int64_t now_ns)
{
    int64_t next = INT64_MAX;
    for (int i = 0; i < ASKERS_MAX; i++) {
        struct asker *asker = &requests->of[i];
        if (asker->fd >= 0 && asker->until_ns <= now_ns)
            end(requests, asker);
        else if (asker->fd >= 0 && asker->until_ns < next)
            next = asker->until_ns;
    }
    return next;
}
