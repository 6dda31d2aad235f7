/*
 * What a rule may need to know, by what the kernel is asked. The rows of keys.def name these.
 */
#ifndef LISTENAS_KERNEL_NEED_H
#define LISTENAS_KERNEL_NEED_H

enum need {
    NEED_NOTHING = 0,         /* the call's own arguments are enough */
    NEED_ROLE = 1 << 0,       /* family, type, whether it listens or is connected */
    NEED_HISTORY = 1 << 1,    /* TCP: it connects, its connect failed, or it listened; implies NEED_ROLE */
    NEED_SHUT = 1 << 2,       /* it was shut down before it had a peer; implies NEED_ROLE */
    NEED_STOPPED = 1 << 3,    /* it listened, and was shut down for sending as well; implies NEED_ROLE */
    NEED_BOUND = 1 << 4,      /* it has an address of its own */
    NEED_PEER_GONE = 1 << 5,  /* the peer of an AF_UNIX connection has closed it */
    NEED_KERNEL_MAX = 1 << 6, /* net.core.somaxconn */
    NEED_FLAGS = 1 << 7,      /* O_* flags of the listener */
    NEED_CLOSE_ON_EXEC = 1 << 8,
    NEED_LENGTH = 1 << 9,        /* whether the address length can be read, and what it is */
    NEED_ADDRESS = 1 << 10,      /* before accept: whether the address can be written; after it: the address itself */
    NEED_MARK = 1 << 11,         /* an error that shutdown posted */
    NEED_QUEUED = 1 << 12,       /* whether a connection waits */
    NEED_QUEUE = 1 << 13,        /* the length of a listener's queue, and its limit */
    NEED_CONNECTION = 1 << 14,   /* whether the client of an accepted TCP connection has reset it */
    NEED_EXCESS = 1 << 15,       /* how many places of the queue connections take that listenas has reset */
    NEED_OPTIONS_TCP = 1 << 16,  /* a TCP listener's options, from its mark */
    NEED_OPTIONS_UNIX = 1 << 25, /* an AF_UNIX listener's */
    NEED_TIMEOUTS = 1 << 17,     /* whether a time-out was set while the socket listened */
    NEED_OWNER = 1 << 18,        /* the listener's owner, for SIGIO and SIGURG */
    NEED_PORT_USE = 1 << 19,     /* the other sockets that have the port */
    NEED_PORT_RANGE = 1 << 20,   /* net.ipv4.ip_local_port_range */
    NEED_PATH = 1 << 21,         /* the file at an AF_UNIX path */
    NEED_FILTER = 1 << 22,       /* the listener's accept filter */
    NEED_REFUSER = 1 << 23,      /* a refuser that can answer SYNs */
    NEED_DESTROY = 1 << 24,      /* a refuser that can destroy connections */
    NEED_DESCRIPTORS = 1 << 26,  /* whether the process can open another descriptor */
};

/* The facts of a socket come from these; see facts_gather. */
#define NEED_SOCKET                                                                                                    \
    (NEED_ROLE | NEED_HISTORY | NEED_SHUT | NEED_STOPPED | NEED_BOUND | NEED_PEER_GONE | NEED_KERNEL_MAX)

/* The errors after which a key can act. */
enum after_error {
    ON_EAGAIN = 1 << 0, /* and EINTR */
    ON_EINVAL = 1 << 1,
    ON_EOPNOTSUPP = 1 << 2,
    ON_EMFILE = 1 << 3, /* and ENFILE */
    ON_EADDRINUSE = 1 << 4,
    ON_EBADF = 1 << 5,
    ON_EACCES = 1 << 6,
    ON_ECONNREFUSED = 1 << 7,
    ON_EISCONN = 1 << 8,
    ON_ENOENT = 1 << 9,
    ON_EAFNOSUPPORT = 1 << 10,
    ON_EINPROGRESS = 1 << 11,
    ON_ESOCKTNOSUPPORT = 1 << 12,
    ON_EPROTONOSUPPORT = 1 << 13,
};

#endif
