/*
 * From an offset into a module to a function and a line of its source.
 */
#ifndef LISTENAS_CLI_SYMBOLS_SYMBOLS_H
#define LISTENAS_CLI_SYMBOLS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
    char function[256]; /* empty if the file does not tell */
    char file[1024];    /* of the source, as the debug information names it; empty without any */
    int line;           /* 0 without any */
};

/*
 * Finds the call that returns to `offset`, an address as the module's own headers have it: it is looked up at minus
 * one. Reads the file at the path if it is this user's or root's and still has this build-id (of size 0: whatever it
 * has), and separate debug information next to it and in /usr/lib/debug. True if a function or a line was found. Keeps
 * what it has read until symbols_forget.
 */
bool symbol_of(const char *module_path, const uint8_t *build_id, size_t build_id_size, uint64_t offset,
               struct symbol *out);

/* Frees what symbol_of has kept. */
void symbols_forget(void);

#endif
