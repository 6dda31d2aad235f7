/*
 * An ELF file, as far as the launcher must know it. Nothing in the file is believed before it is checked
 * against the file's size: a damaged file is told from a sound one, and does no harm.
 */
#ifndef LISTENAS_CLI_RUN_ELF_PROGRAM_H
#define LISTENAS_CLI_RUN_ELF_PROGRAM_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum elf_program_kind {
    BINARY_DYNAMIC,    /* names a dynamic loader */
    BINARY_STATIC,     /* names none, at a fixed address */
    BINARY_STATIC_PIE, /* names none, at any address */
    BINARY_LOADER,     /* is a dynamic loader itself */
    BINARY_LIBRARY,    /* is a shared library that cannot be started */
    BINARY_OTHER,      /* an object file, a core dump */
};

struct binary {
    enum elf_program_kind kind;
    bool foreign_order; /* of another byte order than ours: then only bits and machine are known */
    bool go;            /* was made by the Go compiler */
    int bits;           /* 32 or 64 */
    uint16_t machine;   /* EM_* */
    char loader[PATH_MAX];
};

/* Reads a file that begins as ELF files do. Returns NULL, or how it is damaged, in words. Changes no file offset. */
const char *elf_program_read(int fd, struct binary *binary);

/* Writes such as "32-bit i386" into `text`. */
void elf_program_describe(const struct binary *binary, char *text, size_t size);

#endif
