/*
 * Accept filters of the BSDs: which one a listener has, asked of the kernel.
 *
 * The kernel keeps two things for us with the socket, so that dup, fork, exec and SCM_RIGHTS take them along:
 * TCP_DEFER_ACCEPT, which holds connections, and, for the filter's name, SO_INCOMING_CPU. Linux compares that
 * number with the processors' own to choose among listeners of one port, which ours never equals; it stores
 * it as it is, for AF_UNIX too, changes it on connections only, and does not pass it on to them (measured
 * on 6.18).
 */
#ifndef LISTENAS_FACTS_FILTER_H
#define LISTENAS_FACTS_FILTER_H

#include <stdbool.h>

enum filter { FILTER_NONE, FILTER_DATAREADY, FILTER_HTTPREADY, FILTER_DNSREADY, FILTER_COUNT };

/* The value of SO_INCOMING_CPU for a filter; "AF" in its upper half. Linux's own for a socket that has none is -1. */
#define FILTER_MARK(filter) ((filter) == FILTER_NONE ? -1 : 0x41460000 + (int)(filter))

struct filter_facts {
    bool listening;        /* SO_ACCEPTCONN */
    enum filter installed; /* FILTER_NONE for none */
};

/*
 * Reads the facts of a socket. Returns 0, EBADF or ENOTSOCK. May be called from a signal handler; may change
 * errno.
 */
int facts_of_filter(int fd, struct filter_facts *facts);

#endif
