#include "probe.h"

static int clients[CROWD];

/* Nobody has accepted it, so nobody has closed it: there is nothing to read before the connection is reset. */
static int was_reset(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_PEEK) == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/* A platform may connect clients that it does not queue, and then reset them. */
static void weed(struct crowd *crowd, int newest)
{
    int i = crowd->count > newest ? crowd->count - newest : 0, kept = i;
    for (; i < crowd->count; i++) {
        if (!was_reset(clients[i])) {
            clients[kept++] = clients[i];
            continue;
        }
        close(crowd->late);
        crowd->late = clients[i];
        crowd->outcome = ECONNRESET;
    }
    crowd->count = kept;
}

/* What the next client meets: 0 if it got in, or an errno. */
static int approach(int fd, struct address address)
{
    int is_local = address.at.any.sa_family == AF_UNIX;
    unblock(fd);
    if (connect_to(fd, address) == 0)
        return 0;
    /* Of AF_UNIX EWOULDBLOCK means that the queue is full; of TCP some platforms say so for EINPROGRESS. */
    if (errno == EINPROGRESS || (errno == EWOULDBLOCK && !is_local))
        return progress(fd, PATIENCE_MS);
    return errno;
}

/* The last of those that a platform resets may not know of it yet. */
static void settle(struct crowd *crowd)
{
    if (crowd->count > 0)
        is_readable(clients[crowd->count - 1], PATIENCE_MS / 4);
    weed(crowd, crowd->count);
}

struct crowd crowd_at(int listener, int most)
{
    struct address address = name_of(listener);
    int is_local = address.at.any.sa_family == AF_UNIX;
    struct crowd crowd;
    crowd.count = crowd.outcome = 0;
    crowd.late = -1;
    while (crowd.outcome == 0 && crowd.count < most && crowd.count < CROWD) {
        int fd = socket(address.at.any.sa_family, SOCK_STREAM, 0);
        if (fd < 0)
            break; /* no more descriptors */
        crowd.outcome = approach(fd, address);
        if (crowd.outcome == 0)
            clients[crowd.count++] = fd;
        else
            crowd.late = fd;
        if (!is_local)
            weed(&crowd, 16);
    }
    if (!is_local)
        settle(&crowd);
    return crowd;
}
