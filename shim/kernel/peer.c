#include <errno.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "facts.h"
#include "option.h"
#include "unix_diag.h"

/* A socket that was closed has no inode. */
bool facts_peer_is_gone(int fd)
{
    uint32_t inode = 0;
    return facts_is_hung_up(fd) && facts_domain(fd) == AF_UNIX &&
           unix_diag(fd, UDIAG_SHOW_PEER, UNIX_DIAG_PEER, &inode, sizeof inode) && inode == 0;
}

bool facts_name_of_former_peer(int fd, void *address, socklen_t *length)
{
    struct sockaddr_in6 name;
    const int domain = facts_domain(fd);
    socklen_t size = domain == AF_INET6 ? sizeof name : sizeof(struct sockaddr_in); /* no more than it has is told */
    if ((domain != AF_INET && domain != AF_INET6) || option_get(fd, SOL_SOCKET, SO_PEERNAME, &name, &size) != 0)
        return false;
    memcpy(address, &name, size < *length ? size : *length);
    *length = size;
    return true;
}

bool facts_peer_credentials(int fd, struct ucred *who)
{
    socklen_t length = sizeof *who;
    if (option_get(fd, SOL_SOCKET, SO_PEERCRED, who, &length) != 0)
        return false;
    if (length == sizeof *who)
        return true;
    errno = EPROTO;
    return false;
}
