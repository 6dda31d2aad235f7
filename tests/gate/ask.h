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

/* Sends the bytes and the descriptors; returns the answer's error, or the negative errno of what failed. */
static inline int ask_anything(const void *bytes, size_t size, const int *descriptors, size_t count)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(ASK_DESCRIPTORS * sizeof(int))];
    } control = {0};
    const struct timeval patience = {.tv_sec = 1};
    const sa_family_t unnamed = AF_UNIX;
    struct gate_address address;
    struct gate_answer answer;
    struct iovec content = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;
    gate_address_read(&address, getenv("LISTENAS_GATE"));
    if (count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
    }
    if (bind(fd, (const struct sockaddr *)&unnamed, sizeof unnamed) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        connect(fd, (const struct sockaddr *)&address.name, address.length) != 0 || sendmsg(fd, &message, 0) < 0 ||
        recv(fd, &answer, sizeof answer, 0) != sizeof answer)
        error = -errno;
    close(fd);
    return error ? error : answer.error;
}

/* Asks for a listener to be kept. */
static inline int ask_keep(int listener)
{
    const struct gate_request request = {.version = GATE_VERSION, .wish = GATE_KEEP, .descriptor = listener};
    return ask_anything(&request, sizeof request, &listener, 1);
}

#endif
