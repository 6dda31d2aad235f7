/* What servers ask of the gatekeeper. Nothing that a datagram says is believed: the kernel is asked. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper.h"

/* Served at once before the listeners are looked at again. */
#define REQUESTS_AT_ONCE 64
/* A listener that nobody holds at two look-arounds in a row is not on its way from one process to another. */
#define CHECK_TURNS 2

struct asking {
    struct gate_request request;
    struct sockaddr_un name;
    socklen_t name_length;
    bool is_known; /* `process` and `user` are the kernel's */
    pid_t process;
    uid_t user;
    int fd; /* the descriptor that came along, or -1 */
};

/* Keeps the first descriptor and closes what else came. */
static void take_descriptors(struct asking *asking, const struct cmsghdr *part)
{
    size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
        int fd;
        memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
        if (asking->fd < 0)
            asking->fd = fd;
        else
            close(fd);
    }
}

static void take_sender(struct asking *asking, const struct cmsghdr *part)
{
    struct ucred who;
    memcpy(&who, CMSG_DATA(part), sizeof who);
    asking->is_known = true;
    asking->process = who.pid;
    asking->user = who.uid;
}

/* Returns 0, EPROTO for what is no request, or EAGAIN if there is none. */
static int receive(int requests, struct asking *asking)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec content = {.iov_base = &asking->request, .iov_len = sizeof asking->request};
    struct msghdr message = {.msg_name = &asking->name,
                             .msg_namelen = sizeof asking->name,
                             .msg_iov = &content,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    *asking = (struct asking){.fd = -1};
    ssize_t length = recvmsg(requests, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0)
        return EAGAIN;
    asking->name_length = message.msg_namelen;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
            take_descriptors(asking, part);
        else if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_CREDENTIALS)
            take_sender(asking, part);
    }
    bool whole = length == sizeof asking->request && !(message.msg_flags & MSG_TRUNC);
    return whole && asking->request.version == GATE_VERSION ? 0 : EPROTO;
}

/* Root's gatekeeper serves everybody, another its own user and root. */
static bool may_ask(const struct asking *asking)
{
    return asking->is_known && (geteuid() == 0 || asking->user == 0 || asking->user == geteuid());
}

/* Watches a listener's arrivals. Each wakes us: an edge is what the kernel reports of each connection that comes. */
static int watch(struct keeper *keeper, int place)
{
    struct listener *listener = &keeper->listeners.of[place];
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)place};
    if (epoll_ctl(keeper->events, EPOLL_CTL_ADD, listener->fd, &event) != 0 && errno != EEXIST) {
        int error = errno;
        listener_drop(listener);
        return error;
    }
    listener_settle(listener);
    return 0;
}

static int keep(struct keeper *keeper, struct asking *asking)
{
    struct stat status;
    int place, error;
    if (asking->fd < 0 || fstat(asking->fd, &status) != 0)
        return EBADF;
    if (!S_ISSOCK(status.st_mode))
        return ENOTSOCK;
    struct listener what = {
        .inode = status.st_ino, .owner = asking->user, .holder = asking->process, .number = asking->request.descriptor};
    error = listeners_take(&keeper->listeners, asking->fd, &what, &place);
    if (error)
        return error;
    asking->fd = -1;
    return watch(keeper, place);
}

static int serve(struct keeper *keeper, struct asking *asking)
{
    if (!may_ask(asking))
        return EACCES;
    switch (asking->request.wish) {
    case GATE_KEEP:
        return keep(keeper, asking);
    case GATE_CHECK:
        for (int i = 0; i < CHECK_TURNS; i++)
            listeners_look_around(&keeper->listeners, CHECK_TURNS);
        return 0;
    default:
        return EINVAL;
    }
}

/* Not kept waiting by a socket that lingers, if we are the last to hold it. */
static void discard(int fd)
{
    const struct linger none = {0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(fd);
}

void serve_requests(struct keeper *keeper)
{
    struct asking asking;
    for (int i = 0; i < REQUESTS_AT_ONCE; i++) {
        int error = receive(keeper->requests, &asking);
        if (error == EAGAIN)
            return;
        struct gate_answer answer = {.version = GATE_VERSION, .error = error ? error : serve(keeper, &asking)};
        if (asking.fd >= 0)
            discard(asking.fd);
        sendto(keeper->requests, &answer, sizeof answer, MSG_DONTWAIT | MSG_NOSIGNAL,
               (const struct sockaddr *)&asking.name, asking.name_length);
    }
}
