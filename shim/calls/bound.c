#include "bound.h"

#include <netinet/in.h>
#include <string.h>

#include "../kernel/async_safe.h"

/* A thread binds a socket and then listens on it. Another thread's socket has no name in its record. */
static __thread struct bound {
    int fd;
    bool is_unseen;
    uint16_t flags, length;
    uint8_t address[RECORD_ADDRESS];
} bound = {.fd = -1};

static bool lacks_port(const struct record *record)
{
    struct sockaddr_in in = {0};
    if (record->address_length < offsetof(struct sockaddr_in, sin_addr))
        return true;
    memcpy(&in, record->address,
           offsetof(struct sockaddr_in, sin_addr)); /* the port is at the same place of sockaddr_in6 */
    return (in.sin_family == AF_INET || in.sin_family == AF_INET6) && in.sin_port == 0;
}

void bound_note(const struct record *record)
{
    bound.fd = -1;
    atomic_signal_fence(memory_order_seq_cst); /* a handler that comes between finds no socket */
    bound.is_unseen = lacks_port(record);
    bound.flags = record->flags & RECORD_PATH_CUT;
    bound.length = record->address_length;
    memcpy(bound.address, record->address, sizeof bound.address);
    atomic_signal_fence(memory_order_seq_cst);
    bound.fd = record->fd;
}

void bound_tell(struct record *record)
{
    if (record->fd != bound.fd) {
        if (record->result == 0)
            bound_note(record); /* the kernel binds it, to a port of its own choice */
        return;
    }
    memcpy(record->address, bound.address, sizeof record->address);
    record->address_length = bound.length;
    record->flags |= bound.flags;
}

bool bound_is_unseen(int fd)
{
    return unlikely(fd == bound.fd) && bound.is_unseen;
}

void bound_note_seen(const struct record *record)
{
    bound_note(record);
    bound.is_unseen = false;
}
