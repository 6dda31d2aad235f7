/*
 * Small files of /proc.
 */
#ifndef LISTENAS_CLI_PROC_H
#define LISTENAS_CLI_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the first line, cut to `size` bytes, without its newline. False, and an empty text, if it cannot be read. */
bool proc_read(const char *path, char *text, size_t size);

/*
 * When a process started, in nanoseconds since 1970; 0 if there is none of this number, or /proc does not show it.
 * Source: proc_pid_stat(5), field 22.
 */
uint64_t proc_started_ns(uint32_t pid);

/* Whether the process has the socket of this inode open, as far as this user may look. */
bool proc_has_socket(uint32_t pid, unsigned long inode);

/* Writes a text in one piece. Returns 0 or an errno. */
int proc_write(const char *path, const char *text);

#endif
