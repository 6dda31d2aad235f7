/*
 * Whole files.
 */
#ifndef LISTENAS_CLI_TEST_FILE_H
#define LISTENAS_CLI_TEST_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* The content of a file with a NUL at its end; the caller's. NULL with errno if it cannot be read. */
char *file_read(const char *path);

/* The same, with its length, as it may hold other NULs. */
char *file_read_bytes(const char *path, size_t *size);

/*
 * Writes a file in one piece: who reads it meanwhile gets the old one or the new one, whole. Returns 0 or an errno. A
 * path that is no regular file, such as /dev/stdout or a pipe, is written to as it is.
 */
int file_write(const char *path, const char *text, size_t size);

/* Makes a directory and those above it, mode 0700. Returns 0 or an errno. */
int directory_make(const char *path);

/* Removes a directory with all that is in it, on its own file system. */
void directory_remove(const char *path);

#endif
