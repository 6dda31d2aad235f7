/*
 * syscall(), exported in place of libc's: a call of calls.h that a program makes by number is treated like libc's
 * function. Every other number goes on to the next syscall() by a jump that leaves stack and arguments as they are,
 * so that a child of vfork or clone returns straight to the program.
 */
#ifndef LISTENAS_CALLS_SYSCALL_H
#define LISTENAS_CALLS_SYSCALL_H

#include <stdbool.h>
#include <stddef.h>

#if (defined __x86_64__ && defined __LP64__) || defined __i386__ || defined __aarch64__ || defined __arm__ ||          \
    (defined __riscv && __riscv_xlen == 64)
#define SYSCALL_IS_EXPORTED
#endif

/* For each number below syscall_numbers: 0 if it goes on to syscall_next, else it goes to syscall_by_rules. */
extern const unsigned char syscall_calls[];
extern const size_t syscall_numbers;

/*
 * What syscall() does for the other numbers; entry.c jumps here, so the return address is the program's. Returns and
 * sets errno as syscall(2) does, and is no cancellation point, like syscall(2). May be called from a signal handler.
 */
long syscall_by_rules(long number, long a, long b, long c, long d, long e);

#endif
