/*
 * The calls that the dynamic linker finds here instead of in libc. `real` (guest/real.h) has the ones that come
 * next.
 *
 * A hook is a guest in a program that it does not know: no malloc, no stdio, no lock, no thread, no descriptor kept.
 * errno is untouched on success; what may block comes last and stays a cancellation point. If a step of the library
 * fails, the real call still happens. Every hook may be called from a signal handler, before the constructor has
 * run, and in a child of fork. The first call of a process starts the library, which looks up symbols: only that one
 * is unsafe in a handler that interrupts the loader.
 */
#ifndef LISTENAS_CALLS_HOOKS_H
#define LISTENAS_CALLS_HOOKS_H

#include <sys/socket.h>
#include <sys/types.h>

#include "../guest/real.h"
#include "../profile/call.h"

/* Exported under the libc name by an assembler name, because <sys/socket.h> declares that name with other types. */
#define HOOK(result, name, parameters, arguments, by_system_call)                                                      \
    result hook_##name parameters __asm__(#name) __attribute__((visibility("default")));
#define SECOND_NAME(name, other)                                                                                       \
    __typeof__(hook_##name) hook_##other __asm__(#other) __attribute__((visibility("default")));
#include "../profile/calls.def"

#endif
