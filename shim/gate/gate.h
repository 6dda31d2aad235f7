/*
 * What a server and its gatekeeper say to each other: a datagram to the gatekeeper's AF_UNIX socket, and an answer.
 *
 * A datagram, because the gatekeeper then holds no connection that a client could leave half open, and because the
 * kernel tells of each one whose it is (SCM_CREDENTIALS). It carries the way back: one end of a SOCK_SEQPACKET pair
 * that the server has made for this request. An address to answer to would have to be abstract, and such names are
 * not seen from another network namespace; and the end closes by itself when a gatekeeper dies with the request.
 */
#ifndef LISTENAS_GATE_GATE_H
#define LISTENAS_GATE_GATE_H

#include <assert.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#define GATE_VERSION 2u

/* How long a request and its answer may take together, in milliseconds. */
#define GATE_PATIENCE_MS 500
/* Likewise for GATE_SETTLE, which comes with calls that are not to wait. */
#define GATE_SETTLE_MS 100

/* What a listener is bound to while its gate is closed (SO_BINDTOIFINDEX): no interface has that number. */
#define GATE_NO_INTERFACE INT_MAX

enum gate_wish {
    GATE_REFUSE = 1, /* refuse clients while the queue of the listener that comes along is full */
    GATE_RESET = 2,  /* likewise, but let them connect, and reset them */
    GATE_CHECK = 3,  /* let go now of every listener that no process but the gatekeeper holds any more */
    GATE_HOLD = 4,   /* reset the client that an accept filter holds longest while it holds more than `most` */
    GATE_SETTLE = 5, /* see to every queue and every decoy now */
};

/* Comes with the way back and, of a wish that is about one, the listener, in this order (SCM_RIGHTS). */
struct gate_request {
    uint32_t version, wish;
    int32_t descriptor; /* number of the listener in the asking process */
    uint32_t most;      /* GATE_HOLD: connections that may be held, if the kernel holds more */
};

#define GATE_DESCRIPTORS 2

struct gate_answer {
    uint32_t version;
    int32_t error; /* 0 or an errno */
};

static_assert(sizeof(struct gate_request) == 16 && sizeof(struct gate_answer) == 8, "the protocol of version 2");

/* Where a gatekeeper is asked. */
struct gate_address {
    socklen_t length; /* 0: nowhere */
    struct sockaddr_un name;
};

/*
 * Reads `text`, the path of a socket or '@' and an abstract name, as LISTENAS_GATE has it. NULL gives
 * nowhere. Returns false for what is empty or too long. May be called from a signal handler.
 */
bool gate_address_read(struct gate_address *address, const char *text);

#endif
