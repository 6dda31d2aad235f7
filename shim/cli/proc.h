/*
 * Small files of /proc.
 */
#ifndef LISTENAS_CLI_PROC_H
#define LISTENAS_CLI_PROC_H

#include <stdbool.h>
#include <stddef.h>

/* Reads the first line, cut to `size` bytes, without its newline. False, and an empty text, if it cannot be read. */
bool proc_read(const char *path, char *text, size_t size);

/* Writes a text in one piece. Returns 0 or an errno. */
int proc_write(const char *path, const char *text);

#endif
