/*
 * A socket's state, asked of the kernel at the moment that a rule needs it. Nothing is remembered, so dup,
 * fork, exec, inherited and reused descriptors cannot make an answer stale.
 *
 * All of it may be called from a signal handler. All of it may change errno.
 */
#ifndef LISTENAS_KERNEL_FACTS_H
#define LISTENAS_KERNEL_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "need.h"

struct facts {
    int domain, type; /* SO_DOMAIN, SO_TYPE */
    bool listening;   /* SO_ACCEPTCONN */
    bool bound;       /* has a port, an address or a path of its own */
    bool connected;   /* has a peer */
    int kernel_max;   /* net.core.somaxconn of this network namespace, in connections; INT_MAX if unknown */

    /* Of TCP alone. */
    bool connecting;     /* is asking for a peer */
    bool connect_failed; /* asked for a peer and has none: its connect failed, or its connection has ended */
    bool was_listening;  /* listened until it was shut down for reading */
    bool draining;       /* a listener that was shut down while connections wait in its queue: still listening, or
                            was_listening and shut_down if it was shut for sending as well */
    bool queued;         /* a connection waits in its queue */

    /* Of the process. */
    bool no_descriptors; /* it can open no more */

    /* Of AF_UNIX alone, and not of its role. */
    bool peer_closed; /* has a peer that was closed */

    /* Of stream sockets of any family. */
    bool shut_down; /* was shut down for reading while it had no peer */
};

/*
 * Reads the facts of a socket that `needs` (enum need) names, and asks the kernel for no others: they stay zero, and
 * kernel_max INT_MAX. Returns 0, EBADF, ENOTSOCK, or the errno with which the kernel refuses to report its type,
 * domain or SO_ACCEPTCONN (a sandbox may forbid it), with all facts zero; 0 if `needs` names none. A fact that the
 * kernel does not report is false.
 */
int facts_gather(int fd, unsigned int needs, struct facts *facts);

/*
 * The role and history of a socket that may be a TCP socket, and `shut_down` if `needs` says so, in one to three
 * system calls. `domain` stays zero. Returns 0, or an errno for any other socket.
 */
int facts_of_tcp(int fd, unsigned int needs, struct facts *facts);

/* SO_DOMAIN, or -1 if it is no socket. */
int facts_domain(int fd);

/*
 * getsockname; false if it fails, or the name is longer than `address`. By system call, because libc's may be the
 * library's own hook.
 */
bool facts_name(int fd, struct sockaddr_storage *address, socklen_t *length);

/* The socket's SO_COOKIE, 0 if it has none. */
uint64_t facts_cookie(int fd);

/* The flags that F_GETFL gives, or 0 for a bad descriptor. */
int facts_flags(int fd);

bool facts_close_on_exec(int fd);

/* Whether the process can open no more descriptors: RLIMIT_NOFILE is reached. `fd` is any open descriptor. */
bool facts_no_descriptors(int fd);

/* The bits of facts_sizes_set. Source: SOCK_SNDBUF_LOCK and SOCK_RCVBUF_LOCK of linux/socket.h */
enum { SEND_SIZE_SET = 1, RECEIVE_SIZE_SET = 2 };

/* Which buffers of a socket have a size that the program has set; both, if a kernel before 5.14 does not report it. */
int facts_sizes_set(int fd);

/* SO_RCVTIMEO in milliseconds, as poll takes it; -1 for none. */
int facts_receive_timeout(int fd);

/* Whether a connection waits in the listener's queue. */
bool facts_has_queued(int fd);

/* Whether the peer has closed the connection (not only its sending half), even if unread data remains. */
bool facts_is_hung_up(int fd);

/*
 * How many milliseconds ago the handshake of an accepted TCP connection ended, on which nothing was sent yet: so long
 * it has waited for accept, to the kernel's tick of 1 to 10 ms. With TCP_DEFER_ACCEPT, since its data came. Returns -1
 * where the kernel does not tell. May be called from a signal handler; may change errno. Source: Linux
 * tcp_create_openreq_child sets the time that tcpi_last_data_sent counts from.
 */
int facts_waited_ms(int fd);

/* A listener's queue. */
struct queue_facts {
    int domain;
    int queued;  /* connections that wait */
    int backlog; /* as the kernel was given it */
};

/* Returns false for a socket that does not listen, and if the kernel does not report it. */
bool facts_of_queue(int fd, struct queue_facts *facts);

/* What is known of the peer of an accepted connection. */
struct peer_facts {
    int domain; /* SO_DOMAIN */
    bool reset; /* TCP: the client has reset it. A client that sent and closed has not. */
};

/*
 * One system call, two for a connection that was reset. The domain is -1 if it is no socket, or the kernel does not
 * report it.
 */
void facts_of_peer(int fd, struct peer_facts *facts);

/*
 * The name that the peer of an accepted TCP connection had, also where the peer has reset it and getpeername tells it
 * no more: as accept gives it, cut to the *length bytes at `address`, which can be written, and with its whole length.
 * False, and both untouched, for other sockets. By SO_PEERNAME: Linux sk_getsockopt does not ask for the state.
 */
bool facts_name_of_former_peer(int fd, void *address, socklen_t *length);

/*
 * Whether the peer of an AF_UNIX connection has closed it. A connection that hangs up because this end was shut down
 * in both directions still has a peer. False if sock_diag does not report it.
 */
bool facts_peer_is_gone(int fd);

/*
 * The peer of this AF_UNIX connection, by SO_PEERCRED (unix(7)). False with an errno if the kernel does not report
 * all of it. May be called from a signal handler.
 */
bool facts_peer_credentials(int fd, struct ucred *who);

/*
 * Whether the kernel could read `size` bytes at `memory`: a program may hand any pointer to bind and must get
 * EFAULT, not SIGSEGV. `size` is at most 4096.
 */
bool facts_readable(const void *memory, size_t size);

/*
 * Whether the kernel could write `size` bytes at `memory`, which are left as they are. `size` is at most
 * 4096. A kernel before 5.14 cannot tell, and the answer is true.
 */
bool facts_writable(const void *memory, size_t size);

#endif
