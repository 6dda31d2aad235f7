/* What servers ask of the gatekeeper. Nothing that a datagram says is believed: the kernel is asked. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper.h"

/* Served at once before the listeners are looked at again. */
#define REQUESTS_AT_ONCE 64
/* A listener that nobody holds at two look-arounds in a row is not on its way from one process to another. */
#define CHECK_TURNS 2

struct asking {
    struct gate_request request;
    bool is_known; /* `process` and `user` are the kernel's */
    pid_t process;
    uid_t user;
    int back, listener; /* the descriptors that came along, or -1 */
};

/* There is room for no more, so the kernel has closed what else came. */
static void take_descriptors(struct asking *asking, const struct cmsghdr *part)
{
    int descriptors[GATE_DESCRIPTORS] = {-1, -1};
    memcpy(descriptors, CMSG_DATA(part), part->cmsg_len - CMSG_LEN(0));
    asking->back = descriptors[0];
    asking->listener = descriptors[1];
}

static void take_sender(struct asking *asking, const struct cmsghdr *part)
{
    struct ucred who;
    memcpy(&who, CMSG_DATA(part), sizeof who);
    asking->is_known = true;
    asking->process = who.pid;
    asking->user = who.uid;
}

/* Returns 0, EPROTO for what is no request, EMFILE if descriptors were too many, or EAGAIN if there is none. */
static int receive(int requests, struct asking *asking)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(GATE_DESCRIPTORS * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec content = {.iov_base = &asking->request, .iov_len = sizeof asking->request};
    struct msghdr message = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *asking = (struct asking){.back = -1, .listener = -1};
    ssize_t length = recvmsg(requests, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0)
        return EAGAIN;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
            take_descriptors(asking, part);
        else if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_CREDENTIALS)
            take_sender(asking, part);
    }
    if (message.msg_flags & MSG_CTRUNC)
        return EMFILE;
    bool whole = length == sizeof asking->request && !(message.msg_flags & MSG_TRUNC);
    return whole && asking->request.version == GATE_VERSION ? 0 : EPROTO;
}

/* Root's gatekeeper serves everybody, another its own user and root. */
static bool may_ask(const struct asking *asking)
{
    return asking->is_known && (geteuid() == 0 || asking->user == 0 || asking->user == geteuid());
}

static int keep(struct keeper *keeper, struct asking *asking)
{
    struct stat status;
    int place, error;
    if (asking->listener < 0 || fstat(asking->listener, &status) != 0)
        return EBADF;
    if (!S_ISSOCK(status.st_mode))
        return ENOTSOCK;
    struct listener what = {.fd = asking->listener,
                            .gated = asking->request.wish != GATE_HOLD,
                            .resets = asking->request.wish == GATE_RESET,
                            .holds = asking->request.wish == GATE_HOLD,
                            .most = asking->request.most,
                            .inode = status.st_ino,
                            .owner = asking->user,
                            .holder = asking->process,
                            .number = asking->request.descriptor};
    if (!listener_is_held(&what))
        return ESRCH;
    error = listeners_take(&keeper->listeners, &what, &place);
    if (error)
        return error;
    asking->listener = -1;
    error = watch_listener(keeper, place);
    if (error)
        listener_drop(&keeper->listeners, &keeper->listeners.of[place]);
    else
        listener_settle(&keeper->listeners, &keeper->listeners.of[place]);
    return error;
}

/* Those that do not listen any more are let go of, too. */
static void check(struct listeners *all)
{
    listeners_settle_all(all);
    for (int i = 0; i < CHECK_TURNS; i++)
        listeners_look_around(all, CHECK_TURNS);
}

static int serve(struct keeper *keeper, struct asking *asking)
{
    if (!may_ask(asking))
        return EACCES;
    switch (asking->request.wish) {
    case GATE_REFUSE:
    case GATE_RESET:
    case GATE_HOLD:
        return keep(keeper, asking);
    case GATE_SETTLE:
        listeners_serve_all(&keeper->listeners);
        return 0;
    case GATE_CHECK:
        check(&keeper->listeners);
        return 0;
    default:
        return EINVAL;
    }
}

static int option(int fd, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

/* Whether the way back leads to the sender: nobody is to hear from us because somebody else wants it. */
static bool is_way_back(const struct asking *asking)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    return option(asking->back, SO_DOMAIN) == AF_UNIX && option(asking->back, SO_TYPE) == SOCK_SEQPACKET &&
           getsockopt(asking->back, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid == asking->process;
}

static void answer(const struct asking *asking, int error)
{
    const struct gate_answer answer = {.version = GATE_VERSION, .error = error};
    if (asking->back >= 0 && is_way_back(asking))
        send(asking->back, &answer, sizeof answer, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Not kept waiting by a socket that lingers, if we are the last to hold it. */
static void discard(int fd)
{
    const struct linger none = {0};
    if (fd < 0)
        return;
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
        answer(&asking, error ? error : serve(keeper, &asking));
        discard(asking.back);
        discard(asking.listener);
    }
}
