/*
 * The socket that the server of a page listens on.
 */
#ifndef LISTENAS_CLI_EXPORT_ENDPOINT_H
#define LISTENAS_CLI_EXPORT_ENDPOINT_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/un.h>

struct endpoint {
    int fd;
    bool is_path;
    struct sockaddr_un path; /* these two where is_path: to remove it, if it is still the same */
    struct stat made;
};

/*
 * Opens unix:PATH, mode 0600, in place of a socket that nobody listens on; or a port of the loopback. Prints the URL on
 * stdout. Returns 0; or after a message STATUS_USAGE for what is no such address, or STATUS_OWN.
 */
int endpoint_open(struct endpoint *endpoint, const char *address);

/* Closes it, and removes its path. */
void endpoint_close(struct endpoint *endpoint);

#endif
