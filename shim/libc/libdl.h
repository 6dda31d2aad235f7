/*
 * <dlfcn.h> for the library. libdl's functions are in libc from glibc 2.34 on, under that version; their old version is
 * there as well, and asked for here, so that a library that is built with a new glibc serves an old one. They are weak:
 * compare dlsym with NULL before any use. The old libdl is not named as needed by a build with a new glibc, since one
 * library more to load would double what the start of a process costs; most programs of an old glibc load it themselves.
 */
#ifndef LISTENAS_LIBC_LIBDL_H
#define LISTENAS_LIBC_LIBDL_H

#include <dlfcn.h>

/* Source: the Versions and shlib-versions files of glibc. */
#ifdef __GLIBC__
#if defined __x86_64__ && defined __LP64__
#define LIBDL_VERSION "GLIBC_2.2.5"
#elif defined __i386__
#define LIBDL_VERSION "GLIBC_2.0"
#define DLOPEN_VERSION "GLIBC_2.1"
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
#ifndef DLOPEN_VERSION
#define DLOPEN_VERSION LIBDL_VERSION
#endif
#pragma weak dlsym
#pragma weak dlopen
#pragma weak dlclose
__asm__(".symver dlsym, dlsym@" LIBDL_VERSION "\n"
        ".symver dlopen, dlopen@" DLOPEN_VERSION "\n"
        ".symver dlclose, dlclose@" LIBDL_VERSION "\n");
#endif

#endif
