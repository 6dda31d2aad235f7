/*
 * Which processes have a ring mapped, by /proc/PID/maps.
 */
#ifndef LISTENAS_CLI_LOG_MAPPINGS_H
#define LISTENAS_CLI_LOG_MAPPINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "life.h"

/*
 * Asks every process for its mappings of the file that `fd` has open for reading; a reader's count as well. Sees those
 * of its own pid namespace only. What cannot be mapped is LIFE_UNKNOWN.
 */
enum life mapped_anywhere(int fd);

/*
 * Writes to `path` a name of the ring that the process writes to, wherever that is: its path, or where that leads
 * elsewhere by now, its entry in /proc/PID/map_files. False if it has none, or may not be looked at.
 */
bool mapped_ring(pid_t pid, char *path, size_t size);

#endif
