/*
 * The address at which programs ask a refuser.
 */
#ifndef LISTENAS_REFUSER_ADDRESS_H
#define LISTENAS_REFUSER_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

struct refuser_address {
    socklen_t length; /* 0: none */
    struct sockaddr_un name;
};

/*
 * Reads `text`, the path of a socket or '@' and an abstract name, as LISTENAS_REFUSER has it. NULL gives no address.
 * Returns false for an empty text, or one longer than 107 bytes. May be called from a signal handler.
 */
bool refuser_address_read(struct refuser_address *address, const char *text);

#endif
