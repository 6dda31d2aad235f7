/*
 * The library's own system calls.
 *
 * libc's syscall() is no way to make them: any preloaded library may define that name, as this one does, and then
 * answers a question of ours as if the program had asked it.
 */
#ifndef LISTENAS_KERNEL_SYSTEM_H
#define LISTENAS_KERNEL_SYSTEM_H

#include <sys/syscall.h>

/* Linux 5.9; the same number on every architecture but alpha. Older headers do not have it. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* Linux 5.6; likewise. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

#if (defined __x86_64__ && defined __LP64__) || defined __i386__ || defined __aarch64__ || defined __arm__ ||          \
    (defined __riscv && __riscv_xlen == 64) || defined __s390x__ || defined __powerpc64__

#define SYSTEM_CALL_IS_OWN

/*
 * Makes the system call SYS_`number` with up to six arguments of a register's width each. Returns its result, or -1
 * with errno, as syscall(2) does; errno is untouched on success. Is no cancellation point, is async-signal-safe, and
 * works before the constructor has run.
 *
 * All of the library's system calls of this kind pass through this one symbol, so a test that is linked with
 * `--wrap=system_call` can make any of them fail.
 */
__attribute__((visibility("hidden"))) long system_call(long number, ...);

#else

/* On another architecture libc's has to do, and the library exports no syscall() of its own. */
long system_call(long number, ...) __asm__("syscall");

#endif

#endif
