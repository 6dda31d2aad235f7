#include "network.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* since Linux 5.14 */
#endif

uint64_t network_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    return getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length) == 0 ? cookie : 0;
}

static int make_socket_there(int listener, int domain, int type, int protocol)
{
    int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), there = ioctl(listener, SIOCGSKNS), fd = -1, error;
    if (here >= 0 && there >= 0 && setns(there, CLONE_NEWNET) == 0) {
        fd = socket(domain, type | SOCK_CLOEXEC, protocol);
        error = errno;
        setns(here, CLONE_NEWNET);
    } else {
        error = errno;
    }
    if (here >= 0)
        close(here);
    if (there >= 0)
        close(there);
    errno = error;
    return fd;
}

int network_socket(int listener, int domain, int type, int protocol)
{
    int fd = socket(domain, type | SOCK_CLOEXEC, protocol);
    uint64_t network = network_of(listener);
    if (fd < 0 || (network && network_of(fd) == network))
        return fd;
    close(fd);
    errno = EOPNOTSUPP;
    return network ? make_socket_there(listener, domain, type, protocol) : -1;
}
