/*
 * AF_UNIX sockets in the file system, by the platform's rules.
 */
#ifndef LISTENAS_CALLS_BIND_PATH_H
#define LISTENAS_CALLS_BIND_PATH_H

#include "bind_port.h"

/*
 * Binds an AF_UNIX socket to an address of its own family. Returns as bind does. Calls again for the target of a
 * dangling symbolic link, where the platform follows one.
 */
int path_bind(struct binding *binding);

#endif
