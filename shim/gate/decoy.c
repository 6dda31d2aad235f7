#include "decoy.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "network.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

/* As in valve.c, but another: that one is the closed listener's. */
#define NO_INTERFACE (INT_MAX - 1)
/* An interface that every network namespace has: bind of IPv6 asks for one that exists. */
#define LOOPBACK 1

#define RESETS_AT_ONCE 64

static int get(int fd, int level, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, level, name, &value, &length) == 0 ? value : 0;
}

static bool set(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/* What decides who can have the address too: with SO_REUSEPORT that is sockets of the same user alone. */
static bool copy_claim(int decoy, int listener)
{
    struct stat status;
    int shared = get(listener, SOL_SOCKET, SO_REUSEPORT);
    if (shared &&
        (fstat(listener, &status) != 0 || (status.st_uid != geteuid() && fchown(decoy, status.st_uid, (gid_t)-1) != 0)))
        return false;
    return set(decoy, SOL_SOCKET, SO_REUSEPORT, shared) &&
           set(decoy, SOL_SOCKET, SO_REUSEADDR, get(listener, SOL_SOCKET, SO_REUSEADDR)) &&
           (get(listener, SOL_SOCKET, SO_DOMAIN) != AF_INET6 ||
            set(decoy, IPPROTO_IPV6, IPV6_V6ONLY, get(listener, IPPROTO_IPV6, IPV6_V6ONLY)));
}

/* The address need not be one of the loopback interface's. */
static bool bind_to_address_of(int decoy, int listener)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    return getsockname(listener, (struct sockaddr *)&address, &length) == 0 && set(decoy, IPPROTO_IP, IP_FREEBIND, 1) &&
           set(decoy, SOL_SOCKET, SO_BINDTOIFINDEX, LOOPBACK) && bind(decoy, (struct sockaddr *)&address, length) == 0;
}

/* Its connections inherit SO_LINGER, so to close one is to reset it. */
static bool begin(int decoy)
{
    const struct linger at_once = {.l_onoff = 1};
    return setsockopt(decoy, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0 && decoy_close(decoy) == 0 &&
           listen(decoy, INT_MAX) == 0;
}

int decoy_make(int listener)
{
    int decoy = network_socket(listener, get(listener, SOL_SOCKET, SO_DOMAIN), SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (decoy < 0 || (copy_claim(decoy, listener) && bind_to_address_of(decoy, listener) && begin(decoy)))
        return decoy;
    int error = errno == EACCES ? EPERM : errno;
    close(decoy);
    errno = error;
    return -1;
}

bool decoy_fits(int decoy, int listener)
{
    struct sockaddr_storage one = {0}, other = {0};
    socklen_t one_length = sizeof one, other_length = sizeof other;
    return getsockname(decoy, (struct sockaddr *)&one, &one_length) == 0 &&
           getsockname(listener, (struct sockaddr *)&other, &other_length) == 0 && one_length == other_length &&
           memcmp(&one, &other, one_length) == 0;
}

int decoy_open(int decoy, int interface)
{
    return set(decoy, SOL_SOCKET, SO_BINDTOIFINDEX, interface) ? 0 : errno;
}

int decoy_close(int decoy)
{
    return set(decoy, SOL_SOCKET, SO_BINDTOIFINDEX, NO_INTERFACE) ? 0 : errno;
}

void decoy_reset(int decoy)
{
    for (int i = 0; i < RESETS_AT_ONCE; i++) {
        int client = accept4(decoy, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0)
            return;
        close(client);
    }
}
