/*
 * A random sequence of calls, made from a seed: what is to be called, on which socket, with which arguments. Pure: the
 * same seed gives the same steps on every machine, and a step does not depend on what an earlier one returned.
 */
#ifndef LISTENAS_FUZZ_PLAN_H
#define LISTENAS_FUZZ_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#define STEPS_MOST 64

/* Descriptors are known by the slot they are kept in; behind the slots come numbers that are no socket. */
#define SLOTS 8
enum odd_slot { SLOT_NEGATIVE = SLOTS, SLOT_CLOSED, SLOT_FILE, SLOT_PATH, SLOTS_ALL };

enum op {
    OP_SOCKET,
    OP_BIND,
    OP_LISTEN,
    OP_ACCEPT,
    OP_ACCEPT4,
    OP_CONNECT,
    OP_SHUTDOWN,
    OP_GETSOCKOPT,
    OP_SETSOCKOPT,
    OP_GETSOCKNAME,
    OP_GETPEERNAME,
    OP_DUP,
    OP_CLOSE,
    OP_FCNTL,
    OP_SEND,
    OP_RECV,
    OP_POLL,
    OP_FORK,
    OP_EXEC,
    OP_COUNT
};

/* Where an argument's memory lies. */
enum memory_kind {
    MEMORY_STATIC,
    MEMORY_STACK,
    MEMORY_EDGE, /* its last byte is the last of a page, and nothing is mapped after it */
    MEMORY_NULL,
    MEMORY_UNMAPPED,
    MEMORY_READONLY,
    MEMORY_CROSSING, /* its second half is not mapped */
    MEMORY_KINDS
};

/* The size that is passed for an argument, against its true one. */
enum length_kind {
    LENGTH_TRUE,
    LENGTH_ZERO,
    LENGTH_ONE,
    LENGTH_TWO,
    LENGTH_LESS,
    LENGTH_MORE,
    LENGTH_128,
    LENGTH_129,
    LENGTH_255,
    LENGTH_256,
    LENGTH_MOST,     /* INT_MAX */
    LENGTH_NEGATIVE, /* -1 */
    LENGTH_KINDS
};

struct step {
    enum op op;
    int slot;  /* the socket */
    int other; /* where a new descriptor is kept; the socket whose name is connected to */
    int domain, type, protocol;
    int number;           /* backlog, flags, how, the command of fcntl, steps of a child */
    unsigned int address; /* index of an address, see address.h */
    unsigned int option;  /* index of an option, see option.h */
    int value;            /* of an option */
    enum memory_kind memory, length_memory;
    enum length_kind length;
    bool by_number;     /* through syscall() */
    bool no_descriptor; /* no descriptor is free during the call */
};

struct plan {
    struct step steps[STEPS_MOST];
    int count;
    bool is_nobody; /* the process gives up root's rights before it begins */
};

/* Makes the plan of a seed. */
void plan_make(struct plan *plan, uint64_t seed);

#endif
