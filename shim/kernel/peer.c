#include <linux/unix_diag.h>

#include "facts.h"
#include "unix_diag.h"

/* A socket that was closed has no inode. */
bool facts_peer_is_gone(int fd)
{
    uint32_t inode = 0;
    return facts_is_hung_up(fd) && facts_domain(fd) == AF_UNIX &&
           unix_diag(fd, UDIAG_SHOW_PEER, UNIX_DIAG_PEER, &inode, sizeof inode) && inode == 0;
}
