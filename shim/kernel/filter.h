/*
 * Accept filters of the BSDs: which one a listener has. TCP_DEFER_ACCEPT holds connections; the filter's name is in
 * the socket's mark.
 */
#ifndef LISTENAS_KERNEL_FILTER_H
#define LISTENAS_KERNEL_FILTER_H

#include <stdbool.h>

enum filter { FILTER_NONE, FILTER_DATAREADY, FILTER_HTTPREADY, FILTER_DNSREADY, FILTER_COUNT };

struct filter_facts {
    bool listening;        /* SO_ACCEPTCONN */
    enum filter installed; /* FILTER_NONE for none */
    int backlog; /* the kernel's backlog of a TCP listener, which queues one connection more; -1 for any other socket */
};

/*
 * Reads the facts of a socket. Returns 0, EBADF or ENOTSOCK. May be called from a signal handler; may change
 * errno.
 */
int facts_of_filter(int fd, struct filter_facts *facts);

#endif
