/*
 * For tests: says anything at all to the refuser of LISTENAS_REFUSER.
 */
#ifndef LISTENAS_TESTS_ASK_H
#define LISTENAS_TESTS_ASK_H

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "../../shim/refuser/address.h"
#include "../../shim/refuser/protocol.h"

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* A connection to the refuser, or the negative errno. */
static inline int ask_connect(void)
{
    struct refuser_address address;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    refuser_address_read(&address, getenv("LISTENAS_REFUSER"));
    if (connect(fd, (const struct sockaddr *)&address.name, address.length) == 0)
        return fd;
    int error = errno;
    close(fd);
    return -error;
}

/* An answer that shall come does so within this, on a machine however busy. */
#define ASK_SECONDS 40

/* The answer that comes within `seconds`: its error, -EPIPE if the connection ends without one, or the negative errno.
 */
static inline int ask_hear(int fd, int seconds, struct refuser_answer *answer)
{
    const struct timeval patience = {.tv_sec = seconds};
    ssize_t length;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    do
        length = recv(fd, answer, sizeof *answer, 0);
    while (length < 0 && errno == EINTR);
    return length == sizeof *answer ? answer->error : length < 0 ? -errno : -EPIPE;
}

/* Sends the bytes over a connection of their own; returns what ask_hear does. */
static inline int ask_anything(const void *bytes, size_t size)
{
    struct refuser_answer answer;
    int fd = ask_connect();
    if (fd < 0)
        return fd;
    int error = send(fd, bytes, size, MSG_NOSIGNAL) < 0 ? -errno : ask_hear(fd, ASK_SECONDS, &answer);
    close(fd);
    return error;
}

/* The request that names a listener of this process, as the library makes it. */
static inline struct refuser_request ask_request(int listener, enum refuser_wish wish)
{
    struct refuser_request request = {.version = REFUSER_VERSION, .wish = wish, .descriptor = listener};
    struct sockaddr_storage name = {0};
    const struct sockaddr_in *in = (const void *)&name;
    const struct sockaddr_in6 *in6 = (const void *)&name;
    struct stat status = {0};
    socklen_t length = sizeof name, size = sizeof request.cookie;
    getsockname(listener, (struct sockaddr *)&name, &length);
    getsockopt(listener, SOL_SOCKET, SO_COOKIE, &request.cookie, &size);
    size = sizeof request.network;
    getsockopt(listener, SOL_SOCKET, SO_NETNS_COOKIE, &request.network, &size);
    fstat(listener, &status);
    request.inode = status.st_ino;
    request.family = name.ss_family;
    request.port = in->sin_port;
    if (name.ss_family == AF_INET)
        memcpy(request.address, &in->sin_addr, sizeof in->sin_addr);
    else
        memcpy(request.address, &in6->sin6_addr, sizeof in6->sin6_addr);
    return request;
}

/* Asks for a listener to be watched: the answer's error, or what ask_anything returns. */
static inline int ask_watch(int listener, enum refuser_wish wish)
{
    const struct refuser_request request = ask_request(listener, wish);
    return ask_anything(&request, sizeof request);
}

#endif
