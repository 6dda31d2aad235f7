#include "settle.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "../facts/system.h"
#include "gate.h"
#include "guest.h"
#include "hooks.h"

#include "careful.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

static int option(int fd, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    return real.getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

void settle_after_accept(int listener)
{
    int saved = errno;
    if (option(listener, SO_BINDTOIFINDEX) == GATE_NO_INTERFACE)
        gate_settle();
    errno = saved;
}

/* The loopback network is here, whichever of its addresses the client got. */
static bool is_this_host(const struct sockaddr_storage *own, const struct sockaddr_storage *peer)
{
    const struct sockaddr_in *one = (const struct sockaddr_in *)own, *other = (const struct sockaddr_in *)peer;
    const struct sockaddr_in6 *one6 = (const struct sockaddr_in6 *)own, *other6 = (const struct sockaddr_in6 *)peer;
    if (own->ss_family == AF_INET6)
        return memcmp(&one6->sin6_addr, &other6->sin6_addr, sizeof one6->sin6_addr) == 0;
    return one->sin_addr.s_addr == other->sin_addr.s_addr ||
           ntohl(other->sin_addr.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
}

static bool is_connected_here(int fd)
{
    struct sockaddr_storage own, peer;
    socklen_t own_length = sizeof own, peer_length = sizeof peer;
    return option(fd, SO_PROTOCOL) == IPPROTO_TCP && system_call(SYS_getpeername, fd, &peer, &peer_length) == 0 &&
           system_call(SYS_getsockname, fd, &own, &own_length) == 0 && is_this_host(&own, &peer);
}

void settle_after_connect(int fd)
{
    int saved = errno;
    if (is_connected_here(fd))
        gate_settle();
    errno = saved;
}

bool settle_minds_close(int fd)
{
    int saved = errno;
    bool minds = option(fd, SO_ACCEPTCONN) == 1 && option(fd, SO_PROTOCOL) == IPPROTO_TCP;
    errno = saved;
    return minds;
}

void settle_after_close(void)
{
    int saved = errno;
    gate_let_go();
    errno = saved;
}
