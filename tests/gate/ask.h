/*
 * For tests: says anything at all to the gatekeeper of LISTENAS_GATE.
 */
#ifndef LISTENAS_TESTS_ASK_H
#define LISTENAS_TESTS_ASK_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "../../shim/gate/gate.h"

#define ASK_DESCRIPTORS 8

/* Sends the bytes and the descriptors by a socket of its own. Returns 0 or the negative errno. */
static inline int send_anything(const void *bytes, size_t size, const int *descriptors, size_t count)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(ASK_DESCRIPTORS * sizeof(int))];
    } control = {0};
    struct gate_address address;
    struct iovec content = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    gate_address_read(&address, getenv("LISTENAS_GATE"));
    message.msg_name = &address.name;
    message.msg_namelen = address.length;
    if (count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
    }
    int error = sendmsg(fd, &message, 0) < 0 ? -errno : 0;
    close(fd);
    return error;
}

/* The answer that comes within a second: its error, -EPIPE if there is none, or the negative errno of what failed. */
static inline int read_gate_answer(int fd)
{
    const struct timeval patience = {.tv_sec = 1};
    struct gate_answer answer;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ssize_t length = recv(fd, &answer, sizeof answer, 0);
    return length == sizeof answer ? answer.error : length < 0 ? -errno : -EPIPE;
}

/* Sends the bytes and, behind a way back, the descriptors; returns what read_gate_answer does. */
static inline int ask_anything(const void *bytes, size_t size, const int *descriptors, size_t count)
{
    int all[ASK_DESCRIPTORS], ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -errno;
    all[0] = ends[1];
    if (count > 0)
        memcpy(all + 1, descriptors, count * sizeof *descriptors);
    int error = send_anything(bytes, size, all, count + 1);
    close(ends[1]);
    if (error == 0)
        error = read_gate_answer(ends[0]);
    close(ends[0]);
    return error;
}

/* Asks for a listener to be kept. */
static inline int ask_keep(int listener, enum gate_wish wish)
{
    const struct gate_request request = {.version = GATE_VERSION, .wish = wish, .descriptor = listener};
    return ask_anything(&request, sizeof request, &listener, 1);
}

#endif
