/*
 * <dlfcn.h> for the library, of which it uses dlsym. That is in libc from glibc 2.34 on, under that version; its old
 * version is there as well, and asked for here, so that a library that is built with a new glibc serves an old one. It
 * is weak: ask libdl_is_there before any use. Such a build does not name libdl.so.2 as needed, since one library more
 * to load would double what the start of a process costs; a build with an old glibc does. A build with musl is
 * loaded by programs of glibc, too, where a program of musl's starts one.
 */
#ifndef LISTENAS_LIBC_LIBDL_H
#define LISTENAS_LIBC_LIBDL_H

#include <dlfcn.h>
#include <stdbool.h>

/* Source: the Versions and shlib-versions files of glibc. */
#ifdef __GLIBC__
#define LIBDL_MOVED __GLIBC_PREREQ(2, 34)
#else
#define LIBDL_MOVED 0
#endif
#if LIBDL_MOVED
#if defined __x86_64__ && defined __LP64__
#define LIBDL_VERSION "GLIBC_2.2.5"
#elif defined __i386__
#define LIBDL_VERSION "GLIBC_2.0"
#elif defined __aarch64__ || (defined __powerpc64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
#define LIBDL_VERSION "GLIBC_2.17"
#elif defined __arm__
#define LIBDL_VERSION "GLIBC_2.4"
#elif defined __riscv && __riscv_xlen == 64
#define LIBDL_VERSION "GLIBC_2.27"
#elif defined __s390x__
#define LIBDL_VERSION "GLIBC_2.2"
#endif
#endif

#ifdef LIBDL_VERSION
__asm__(".symver dlsym, dlsym@" LIBDL_VERSION);
#endif
#if defined LIBDL_VERSION || !defined __GLIBC__
#pragma weak dlsym
#define LIBDL_MAY_LACK
#endif

/* Whether the program has dlsym. */
static inline bool libdl_is_there(void)
{
#ifdef LIBDL_MAY_LACK
    return dlsym != NULL;
#else
    return true;
#endif
}

#endif
