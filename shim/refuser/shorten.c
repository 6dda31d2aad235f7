#include "shorten.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../kernel/netlink.h"

/* The client of a connection in CLOSE_WAIT has sent everything, and waits for the answer. */
#define STATES (1u << TCP_ESTABLISHED | 1u << TCP_CLOSE_WAIT)

/* The longest queue that can be shortened completely; of a longer one, some connections stay. */
#define QUEUED_MOST 8192

struct queued {
    struct inet_diag_msg socket;
    uint32_t age_ms; /* since the last ACK: that of the handshake if the client has sent nothing yet */
};

struct queue {
    const struct found *listener;
    int count;
    struct queued of[QUEUED_MOST];
};

/* Every kernel with INET_DIAG_INFO has the fields that are needed. */
#define INFO_NEEDED (offsetof(struct tcp_info, tcpi_last_ack_recv) + sizeof(uint32_t))

/* A connection has an interface only if its listener is bound to one. */
static bool is_of_listener(const struct inet_diag_msg *socket, const struct inet_diag_sockid *listener)
{
    static const uint32_t anywhere[4];
    if (listener->idiag_if && listener->idiag_if != socket->id.idiag_if)
        return false;
    return memcmp(listener->idiag_src, anywhere, sizeof anywhere) == 0 ||
           memcmp(listener->idiag_src, socket->id.idiag_src, sizeof anywhere) == 0;
}

/* A connection without an inode has not been accepted. */
static void add(const void *message, void *context)
{
    struct queue *queue = context;
    const struct inet_diag_msg *socket = NLMSG_DATA((const struct nlmsghdr *)message);
    const struct tcp_info *info = netlink_attribute(message, sizeof *socket, INET_DIAG_INFO, INFO_NEEDED);
    if (socket->idiag_inode || !info || queue->count == QUEUED_MOST || !is_of_listener(socket, &queue->listener->id))
        return;
    queue->of[queue->count++] = (struct queued){.socket = *socket, .age_ms = info->tcpi_last_ack_recv};
}

static int newest_first(const void *a, const void *b)
{
    const struct queued *left = a, *right = b;
    return (left->age_ms > right->age_ms) - (left->age_ms < right->age_ms);
}

int shorten(struct network *network, const struct found *listener, uint32_t most, uint32_t *count)
{
    static struct queue queue;
    int error = 0;
    queue.listener = listener;
    queue.count = 0;
    *count = 0;
    if (!lookup_all(network->diag, listener->family, STATES, listener->id.idiag_sport, true, add, &queue))
        return EIO;
    if ((uint32_t)queue.count > listener->queued)
        return EOPNOTSUPP;
    qsort(queue.of, (size_t)queue.count, sizeof *queue.of, newest_first);
    for (int i = 0; i + (int64_t)most < queue.count && !error; i++) {
        error = lookup_destroy(network->diag, &queue.of[i].socket);
        *count += !error;
        error = error == ENOENT ? 0 : error; /* it is gone meanwhile */
    }
    return *count > 0 ? 0 : error;
}
