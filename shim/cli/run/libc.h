/*
 * The C library of a program, told by its dynamic loader: each needs a library of ours that was built for it.
 */
#ifndef LISTENAS_CLI_RUN_LIBC_H
#define LISTENAS_CLI_RUN_LIBC_H

#include <stddef.h>

enum libc {
    LIBC_GLIBC,
    LIBC_MUSL,
    LIBC_OTHER, /* there is no library of ours for it */
};

struct loader {
    enum libc libc;
    const char *name; /* of the C library, for a message */
};

/*
 * Which C library the loader of this path belongs to, by the path's last name; where that is glibc's, by what it is a
 * link to as well, since musl hosts have such links for programs of glibc.
 */
struct loader libc_of_loader(const char *path);

/*
 * Writes the directory, below PREFIX, in which the library for musl's programs is installed: "lib/x86_64-linux-musl"
 * for /lib/ld-musl-x86_64.so.1. Writes "" if the loader's name does not hold the architecture.
 */
void libc_musl_directory(const char *loader, char *directory, size_t size);

#endif
