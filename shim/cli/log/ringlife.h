/*
 * Whether anybody still writes to a ring.
 *
 * The kernel knows: who maps a file to write to it counts as a writer of its inode, in whatever namespace, and a read
 * lease (fcntl(2), F_SETLEASE) is given only where there is none. So one call answers, however many processes there
 * are, and readers do not count. Where a file system has no leases, or lays files over those of another, every
 * process is asked for its mappings.
 */
#ifndef LISTENAS_CLI_LOG_RINGLIFE_H
#define LISTENAS_CLI_LOG_RINGLIFE_H

#include "life.h"

/* Of the file that `fd` has open for reading, and for nothing else. */
enum life ring_life(int fd);

/*
 * The same; and where it is LIFE_ENDED, nobody can begin to write until `fd` is closed: who tries is told to come again
 * (EWOULDBLOCK). Where there are no leases somebody can.
 */
enum life ring_hold(int fd);

#endif
