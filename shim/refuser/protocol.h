/*
 * What the library asks of a refuser: one request over a SOCK_SEQPACKET connection to its AF_UNIX socket, and one
 * answer.
 *
 * No descriptor travels. A request names a listener by what the kernel calls it (SO_COOKIE) and by where it listens;
 * the refuser asks the kernel whether that is so. A connection, because the kernel then tells each end who the other is
 * (SO_PEERCRED), the answer finds its way back from any network namespace, and either end learns at once that the other
 * has died.
 */
#ifndef LISTENAS_REFUSER_PROTOCOL_H
#define LISTENAS_REFUSER_PROTOCOL_H

#include <assert.h>
#include <stdint.h>

#define REFUSER_VERSION 3u

/*
 * How long the library waits for an answer, in milliseconds. A worker that is stopped or stuck is replaced within a
 * second (supervisor.c), and one that has died ends the connection at once: nobody is left after this time.
 */
#define REFUSER_PATIENCE_MS 3000

enum refuser_wish {
    REFUSER_REFUSE = 1,  /* a client whose SYN the full queue drops is refused */
    REFUSER_RESET = 2,   /* it is connected and reset */
    REFUSER_HOLD = 3,    /* the client that an accept filter holds longest is reset while more than `most` are held */
    REFUSER_UNHOLD = 4,  /* the accept filter is gone */
    REFUSER_SHORTEN = 5, /* the newest connections of the accept queue are reset, so that `most` remain */
};

struct refuser_request {
    uint32_t version, wish;
    uint64_t cookie;     /* SO_COOKIE of the listener */
    uint64_t network;    /* SO_NETNS_COOKIE, 0 where the kernel has none */
    uint64_t inode;      /* of the listener: an MPTCP listener shares it, but not the cookie, with its TCP socket */
    uint32_t address[4]; /* where it listens; of IPv4 the first word, zeros for the wildcard; in network order */
    uint32_t interface;  /* SO_BINDTOIFINDEX */
    uint16_t family;     /* AF_INET or AF_INET6 */
    uint16_t port;       /* in network order */
    int32_t descriptor;  /* number of the listener in the asking process */
    uint32_t most;       /* connections; of REFUSER_HOLD and REFUSER_SHORTEN */
};

struct refuser_answer {
    uint32_t version;
    int32_t error;  /* 0 or an errno */
    uint32_t count; /* REFUSER_SHORTEN: connections that were reset */
};

static_assert(sizeof(struct refuser_request) == 64 && sizeof(struct refuser_answer) == 12, "the protocol of version 3");

#endif
