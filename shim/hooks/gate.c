#include "gate.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "../gate/gate.h"
#include "guest.h"

#include "careful.h"

#define MS_NS INT64_C(1000000)

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / MS_NS;
}

/* A socket with a name of the kernel's choosing, so that it can be answered. Returns it, or -1. */
static int open_socket(void)
{
    const struct timeval patience = {.tv_sec = GATE_PATIENCE_MS / 1000, .tv_usec = GATE_PATIENCE_MS % 1000 * 1000};
    const sa_family_t unnamed = AF_UNIX;
    int fd = (int)syscall(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (syscall(SYS_bind, fd, &unnamed, sizeof unnamed) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        syscall(SYS_connect, fd, &guest.gate.name, guest.gate.length) == 0)
        return fd;
    int error = errno;
    syscall(SYS_close, fd);
    errno = error;
    return -1;
}

/* `listener` goes along if it is not -1. Returns 0 or an errno. */
static int send_request(int fd, const struct gate_request *request, int listener)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof listener)];
    } control = {0};
    struct iovec content = {.iov_base = (void *)(uintptr_t)request, .iov_len = sizeof *request};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    if (listener >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof listener);
        memcpy(CMSG_DATA(&control.header), &listener, sizeof listener);
    }
    return syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL) >= 0 ? 0 : errno;
}

/* A signal's handler may end the wait early, again and again. Returns what the gatekeeper says, or an errno.
 */
static int receive_answer(int fd)
{
    struct gate_answer answer;
    int64_t until = now_ms() + GATE_PATIENCE_MS;
    ssize_t length;
    do
        length = syscall(SYS_recvfrom, fd, &answer, sizeof answer, 0, NULL, NULL);
    while (length < 0 && errno == EINTR && now_ms() < until);
    if (length < 0)
        return errno;
    return length == sizeof answer && answer.version == GATE_VERSION ? answer.error : EPROTO;
}

static int ask(enum gate_wish wish, int listener)
{
    const struct gate_request request = {.version = GATE_VERSION, .wish = wish, .descriptor = listener};
    if (guest.gate.length == 0)
        return ENOENT;
    int fd = open_socket();
    if (fd < 0)
        return errno;
    int error = send_request(fd, &request, listener);
    if (error == 0)
        error = receive_answer(fd);
    syscall(SYS_close, fd);
    return error;
}

int gate_keep(int fd)
{
    return ask(GATE_KEEP, fd);
}

int gate_check(void)
{
    return ask(GATE_CHECK, -1);
}
