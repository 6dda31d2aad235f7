/*
 * What a server and its gatekeeper say to each other: one datagram each way over an AF_UNIX socket.
 *
 * Datagrams, because the gatekeeper then holds no connection that a client could leave half open, and because
 * the kernel tells of each one whose it is (SCM_CREDENTIALS).
 */
#ifndef LISTENAS_GATE_GATE_H
#define LISTENAS_GATE_GATE_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#define GATE_VERSION 1u

/* How long a server waits for the answer, in milliseconds. */
#define GATE_PATIENCE_MS 1000

enum gate_wish {
    GATE_KEEP = 1,  /* refuse clients while the queue of the listener that comes along is full */
    GATE_CHECK = 2, /* let go now of every listener that no process but the gatekeeper holds any more */
};

struct gate_request {
    uint32_t version, wish;
    int32_t descriptor; /* number of the listener in the asking process; GATE_KEEP passes itself by SCM_RIGHTS */
    uint32_t padding;
};

struct gate_answer {
    uint32_t version;
    int32_t error; /* 0 or an errno */
};

static_assert(sizeof(struct gate_request) == 16 && sizeof(struct gate_answer) == 8, "the protocol of version 1");

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
