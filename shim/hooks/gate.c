#include "gate.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "../facts/system.h"
#include "../gate/gate.h"
#include "../rules/filter.h"
#include "guest.h"
#include "hooks.h"

#include "careful.h"

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How much of the patience is left, at least a millisecond: zero would be endless to SO_SNDTIMEO. */
static int64_t left_ms(int64_t until)
{
    int64_t left = until - now_ms();
    return left > 0 ? left : 1;
}

/* A gatekeeper that has come to a stop leaves a full queue of requests behind it. */
static int send_in_time(int fd, const struct msghdr *message, int64_t until)
{
    int error;
    do {
        int64_t left = left_ms(until);
        struct timeval patience = {.tv_sec = (time_t)(left / 1000), .tv_usec = (suseconds_t)(left % 1000 * 1000)};
        real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        error = system_call(SYS_sendmsg, fd, message, MSG_NOSIGNAL) >= 0 ? 0 : errno;
    } while (error == EINTR && now_ms() < until);
    return error == EAGAIN || error == EINTR ? ETIMEDOUT : error;
}

/* `back` goes along, and `listener` if it is not -1. Returns 0 or an errno. */
static int send_request(struct gate_request *request, int back, int listener, int64_t until)
{
    const int descriptors[GATE_DESCRIPTORS] = {back, listener};
    size_t size = (listener < 0 ? 1 : 2) * sizeof back;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof descriptors)];
    } control = {0};
    struct iovec content = {.iov_base = request, .iov_len = sizeof *request};
    struct msghdr message = {.msg_name = &guest.gate.name,
                             .msg_namelen = guest.gate.length,
                             .msg_iov = &content,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = CMSG_SPACE(size)};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(&control.header), descriptors, size);
    int fd = (int)system_call(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int error = send_in_time(fd, &message, until);
    system_call(SYS_close, fd);
    return error;
}

/* Returns what the gatekeeper says, or an errno: ECONNREFUSED if it ends without a word. */
static int receive_answer(int fd, int64_t until)
{
    struct gate_answer answer;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    long ready;
    do {
        int64_t left = left_ms(until);
        struct timespec limit = {.tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000 * 1000000)};
        ready = system_call(SYS_ppoll, &wait, 1, &limit, NULL, 0);
    } while (ready < 0 && errno == EINTR && now_ms() < until);
    if (ready <= 0)
        return ETIMEDOUT;
    ssize_t length = system_call(SYS_recvfrom, fd, &answer, sizeof answer, MSG_DONTWAIT, NULL, NULL);
    if (length <= 0)
        return ECONNREFUSED;
    return length == sizeof answer && answer.version == GATE_VERSION ? answer.error : EPROTO;
}

static int ask(enum gate_wish wish, int listener, unsigned int most, int64_t patience_ms)
{
    struct gate_request request = {.version = GATE_VERSION, .wish = wish, .descriptor = listener, .most = most};
    int64_t until = now_ms() + patience_ms;
    int ends[2];
    if (guest.gate.length == 0)
        return ENOENT;
    if (system_call(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    int error = send_request(&request, ends[1], listener, until);
    system_call(SYS_close, ends[1]); /* so that the gatekeeper's is the only one, and its end is ours */
    if (error == 0)
        error = receive_answer(ends[0], until);
    system_call(SYS_close, ends[0]);
    return error;
}

int gate_keep(int fd, bool resets)
{
    return ask(resets ? GATE_RESET : GATE_REFUSE, fd, 0, GATE_PATIENCE_MS);
}

int gate_hold(int fd, int most)
{
    return ask(GATE_HOLD, fd, (unsigned int)most, GATE_PATIENCE_MS);
}

void gate_settle(void)
{
    ask(GATE_SETTLE, -1, 0, GATE_SETTLE_MS);
}

void gate_let_go(void)
{
    ask(GATE_CHECK, -1, 0, GATE_PATIENCE_MS);
}

bool gate_lets_go(uint16_t *gate_error)
{
    const struct profile *profile = &guest.profile;
    if (errno != EADDRINUSE || (!overflow_is_gated(profile) && !filter_resets(profile)))
        return false;
    *gate_error = (uint16_t)ask(GATE_CHECK, -1, 0, GATE_PATIENCE_MS);
    errno = EADDRINUSE;
    return *gate_error == 0;
}
