/*
 * Reads of an ELF file what the launcher needs to know. It checks everything against the file's size, so that a
 * damaged file is recognized and harmless.
 */
#ifndef LISTENAS_CLI_RUN_ELF_PROGRAM_H
#define LISTENAS_CLI_RUN_ELF_PROGRAM_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum elf_program_kind {
    BINARY_DYNAMIC,    /* names a dynamic loader */
    BINARY_STATIC,     /* names none, and has a fixed address */
    BINARY_STATIC_PIE, /* names none, and has no fixed address */
    BINARY_LOADER,     /* is a dynamic loader itself */
    BINARY_LIBRARY,    /* is a shared library that cannot be started */
    BINARY_OTHER,      /* an object file or a core dump */
};

struct binary {
    enum elf_program_kind kind;
    bool foreign_order;     /* has the other byte order: then only bits and machine are known */
    bool go;                /* made by the Go compiler */
    bool address_sanitizer; /* needs the shared runtime of AddressSanitizer */
    int bits;               /* 32 or 64 */
    uint16_t machine;       /* EM_* */
    char loader[PATH_MAX];
};

/*
 * Reads a file that begins as ELF files do. Returns NULL, or a description of the damage. Does not move the file
 * offset.
 */
const char *elf_program_read(int fd, struct binary *binary);

/* Whether the file has an undefined dynamic symbol of this name, of any version. False for a damaged file. */
bool elf_program_imports(int fd, const char *symbol);

/* Writes a description such as "32-bit i386" to `text`. */
void elf_program_describe(const struct binary *binary, char *text, size_t size);

#endif
