/*
 * What the library asks of a refuser: one request over a SOCK_SEQPACKET connection to its AF_UNIX socket, and one
 * answer.
 *
 * No descriptor travels. A request names a listener by its SO_COOKIE and its address, and the refuser asks the
 * kernel whether that is true. It is a connection because the kernel then tells each end who the other is
 * (SO_PEERCRED), the answer finds its way back from any network namespace, and each end learns at once that the
 * other has died.
 */
#ifndef LISTENAS_REFUSER_PROTOCOL_H
#define LISTENAS_REFUSER_PROTOCOL_H

#include <assert.h>
#include <stdint.h>

#define REFUSER_VERSION 3u

/*
 * How long the library waits for an answer, in milliseconds. A worker that is stopped or stuck is replaced within a
 * second (supervisor.c), and the death of one ends the connection at once: then the library asks the next one, within
 * the same time. After it there will be no answer.
 */
#define REFUSER_PATIENCE_MS 3000

enum refuser_wish {
    REFUSER_REFUSE = 1, /* refuse a client whose SYN a full queue has dropped */
    REFUSER_RESET = 2,  /* connect it, and reset it */
    REFUSER_HOLD = 3,   /* while an accept filter holds more than `most` clients, reset the one that it holds longest */
    REFUSER_UNHOLD = 4, /* the accept filter was removed */
    REFUSER_SHORTEN = 5, /* reset the newest connections of the accept queue until `most` remain */
};

struct refuser_request {
    uint32_t version, wish;
    uint64_t cookie;  /* SO_COOKIE of the listener */
    uint64_t network; /* SO_NETNS_COOKIE, 0 where the kernel has none */
    uint64_t inode;   /* of the listener: an MPTCP listener shares it with its TCP socket, which has another cookie */
    uint32_t address[4]; /* where it listens, in network order; an IPv4 address is in the first word; zeros for the
                            wildcard */
    uint32_t interface;  /* SO_BINDTOIFINDEX */
    uint16_t family;     /* AF_INET or AF_INET6 */
    uint16_t port;       /* in network order */
    int32_t descriptor;  /* the listener's descriptor in the process that asks */
    uint32_t most;       /* connections; for REFUSER_HOLD and REFUSER_SHORTEN */
};

/*
 * REFUSER_REFUSE and REFUSER_RESET may be followed, in the same message, by the absolute path of the asker's ring,
 * which then gets a record of whom the refuser turned away. No NUL ends it. A refuser that does not know this answers
 * EPROTO.
 */
#define REFUSER_RING_MOST 511

struct refuser_answer {
    uint32_t version;
    int32_t error;  /* 0 or an errno */
    uint32_t count; /* REFUSER_SHORTEN: connections that were reset; with a ring's path: 0, or the errno of why nothing
                       will be written there */
};

static_assert(sizeof(struct refuser_request) == 64 && sizeof(struct refuser_answer) == 12, "the protocol of version 3");

#endif
