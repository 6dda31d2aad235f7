/*
 * Who holds a port of this network now. The library does not look: it would cost each bind that fails.
 */
#ifndef LISTENAS_CLI_LOG_HOLDER_H
#define LISTENAS_CLI_LOG_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct holder {
    pid_t pid;     /* 0: the socket is there, and its process is not seen (another user's) */
    uid_t user;    /* of the socket */
    char name[32]; /* of the process; empty for pid 0 */
};

/*
 * Finds a socket, first one that listens, whose own port is this: TCP's, then UDP's, of /proc/net. False if there is
 * none, or /proc does not tell; sockets that are only bound are not there. Remembers the last answer.
 */
bool holder_find(uint16_t port, struct holder *holder);

#endif
