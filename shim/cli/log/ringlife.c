#include "ringlife.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "mappings.h"

/* Somebody who begins to write while it is held has the kernel send a signal: one that nobody minds. */
static int take_lease(int fd)
{
    if (fcntl(fd, F_SETSIG, SIGURG) != 0 || fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
        return errno;
    return 0;
}

enum life ring_hold(int fd)
{
    switch (take_lease(fd)) {
    case 0:
        return LIFE_ENDED;
    case EAGAIN:
        return LIFE_RUNS;
    case EACCES:
        return LIFE_UNKNOWN;
    default:
        return mapped_anywhere(fd);
    }
}

enum life ring_life(int fd)
{
    enum life life = ring_hold(fd);
    if (life == LIFE_ENDED)
        fcntl(fd, F_SETLEASE, F_UNLCK);
    return life;
}
