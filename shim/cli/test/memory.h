/*
 * Memory of the command: where there is none, it says so and ends. The harness allocates little; a run that cannot go
 * on proves nothing.
 */
#ifndef LISTENAS_CLI_TEST_MEMORY_H
#define LISTENAS_CLI_TEST_MEMORY_H

#include <stddef.h>

/* As malloc(3) with zeros, realloc(3) of an array, strdup(3), strndup(3) and asprintf(3), but never NULL. */
void *memory_new(size_t size);
void *memory_more(void *old, size_t count, size_t size);
char *memory_text(const char *text);
char *memory_part(const char *text, size_t length);
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
