/*
 * One routine for each architecture. The first five are also what the exported syscall() jumps to before the
 * constructor has run, so they leave no frame during the call where libc's own syscall() leaves none: a child of vfork
 * returns from them on its parent's stack.
 */
#include "system.h"

#include <errno.h>
#include <stdarg.h>

#ifdef SYSTEM_CALL_IS_OWN

/* The kernel answers with -errno, from -4095 up. Called by the routines below; returns -1. */
__attribute__((visibility("hidden"), used)) long system_call_failed(long answer);

long system_call_failed(long answer)
{
    errno = (int)-answer;
    return -1;
}

/* clang-format off */

#define ROUTINE(type, ...)                                                                                             \
    __asm__(".pushsection .text\n"                                                                                     \
            "    .p2align 4\n"                                                                                         \
            "    .globl system_call\n"                                                                                 \
            "    .hidden system_call\n"                                                                                \
            "    .type system_call, " type "\n"                                                                        \
            __VA_ARGS__                                                                                                \
            "    .size system_call, . - system_call\n"                                                                 \
            "    .popsection\n")

#if defined __x86_64__

ROUTINE("@function",
    "system_call:\n"
    "    .cfi_startproc\n"
    "    endbr64\n"
    "    movq %rdi, %rax\n"
    "    movq %rsi, %rdi\n"
    "    movq %rdx, %rsi\n"
    "    movq %rcx, %rdx\n"
    "    movq %r8, %r10\n"
    "    movq %r9, %r8\n"
    "    movq 8(%rsp), %r9\n"
    "    syscall\n"
    "    cmpq $-4095, %rax\n"
    "    jae 1f\n"
    "    ret\n"
    "1:  movq %rax, %rdi\n"
    "    jmp system_call_failed\n"
    "    .cfi_endproc\n");

#elif defined __i386__

/* ebx, which position-independent code needs elsewhere, holds the first argument; ebp the sixth. */
ROUTINE("@function",
    "system_call:\n"
    "    .cfi_startproc\n"
    "    pushl %ebp\n"
    "    .cfi_adjust_cfa_offset 4\n"
    "    .cfi_rel_offset ebp, 0\n"
    "    pushl %edi\n"
    "    .cfi_adjust_cfa_offset 4\n"
    "    .cfi_rel_offset edi, 0\n"
    "    pushl %esi\n"
    "    .cfi_adjust_cfa_offset 4\n"
    "    .cfi_rel_offset esi, 0\n"
    "    pushl %ebx\n"
    "    .cfi_adjust_cfa_offset 4\n"
    "    .cfi_rel_offset ebx, 0\n"
    "    movl 20(%esp), %eax\n"
    "    movl 24(%esp), %ebx\n"
    "    movl 28(%esp), %ecx\n"
    "    movl 32(%esp), %edx\n"
    "    movl 36(%esp), %esi\n"
    "    movl 40(%esp), %edi\n"
    "    movl 44(%esp), %ebp\n"
    "    int $0x80\n"
    "    popl %ebx\n"
    "    .cfi_adjust_cfa_offset -4\n"
    "    .cfi_restore ebx\n"
    "    popl %esi\n"
    "    .cfi_adjust_cfa_offset -4\n"
    "    .cfi_restore esi\n"
    "    popl %edi\n"
    "    .cfi_adjust_cfa_offset -4\n"
    "    .cfi_restore edi\n"
    "    popl %ebp\n"
    "    .cfi_adjust_cfa_offset -4\n"
    "    .cfi_restore ebp\n"
    "    cmpl $-4095, %eax\n"
    "    jae 1f\n"
    "    ret\n"
    "1:  movl %eax, 4(%esp)\n" /* in place of the number: arguments belong to who is called */
    "    jmp system_call_failed\n"
    "    .cfi_endproc\n");

#elif defined __aarch64__

ROUTINE("%function",
    "system_call:\n"
    "    .cfi_startproc\n"
    "    hint #34\n" /* bti c */
    "    mov x8, x0\n"
    "    mov x0, x1\n"
    "    mov x1, x2\n"
    "    mov x2, x3\n"
    "    mov x3, x4\n"
    "    mov x4, x5\n"
    "    mov x5, x6\n"
    "    svc #0\n"
    "    cmn x0, #4095\n"
    "    b.hs 1f\n"
    "    ret\n"
    "1:  b system_call_failed\n"
    "    .cfi_endproc\n");

#elif defined __arm__

/* In ARM state: in Thumb code r7, which holds the number, may be the frame pointer. */
ROUTINE("%function",
    "    .syntax unified\n"
    "    .arm\n"
    "system_call:\n"
    "    .fnstart\n"
    "    mov ip, sp\n"
    "    push {r4, r5, r6, r7}\n"
    "    .save {r4, r5, r6, r7}\n"
    "    mov r7, r0\n"
    "    mov r0, r1\n"
    "    mov r1, r2\n"
    "    mov r2, r3\n"
    "    ldm ip, {r3, r4, r5, r6}\n"
    "    svc #0\n"
    "    pop {r4, r5, r6, r7}\n"
    "    cmn r0, #4096\n"
    "    bxls lr\n"
    "    b system_call_failed\n"
    "    .fnend\n");

#elif defined __riscv

ROUTINE("@function",
    "system_call:\n"
    "    .cfi_startproc\n"
    "    mv a7, a0\n"
    "    mv a0, a1\n"
    "    mv a1, a2\n"
    "    mv a2, a3\n"
    "    mv a3, a4\n"
    "    mv a4, a5\n"
    "    mv a5, a6\n"
    "    ecall\n"
    "    li t0, -4095\n"
    "    bgeu a0, t0, 1f\n"
    "    ret\n"
    "1:  tail system_call_failed\n"
    "    .cfi_endproc\n");

#else

/* An argument that was not passed reads as anything, and the kernel does not look at it. */
__attribute__((no_sanitize("address"))) static void take(long argument[6], va_list list)
{
    for (int i = 0; i < 6; i++)
        argument[i] = va_arg(list, long);
}

#if defined __s390x__

static long enter_kernel(long number, const long argument[6])
{
    register long r1 __asm__("1") = number;
    register long r2 __asm__("2") = argument[0];
    register long r3 __asm__("3") = argument[1];
    register long r4 __asm__("4") = argument[2];
    register long r5 __asm__("5") = argument[3];
    register long r6 __asm__("6") = argument[4];
    register long r7 __asm__("7") = argument[5];
    __asm__ volatile("svc 0" : "+d"(r2) : "d"(r1), "d"(r3), "d"(r4), "d"(r5), "d"(r6), "d"(r7) : "memory", "cc");
    return r2;
}

#elif defined __powerpc64__

/* The kernel tells a failure by the summary overflow bit, and its errno is positive. */
static long enter_kernel(long number, const long argument[6])
{
    register long r0 __asm__("r0") = number;
    register long r3 __asm__("r3") = argument[0];
    register long r4 __asm__("r4") = argument[1];
    register long r5 __asm__("r5") = argument[2];
    register long r6 __asm__("r6") = argument[3];
    register long r7 __asm__("r7") = argument[4];
    register long r8 __asm__("r8") = argument[5];
    __asm__ volatile("sc\n\t"
                     "bns+ 1f\n\t"
                     "neg 3, 3\n"
                     "1:"
                     : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
                     :
                     : "memory", "cr0", "ctr", "xer", "r9", "r10", "r11", "r12");
    return r3;
}

#endif

long system_call(long number, ...)
{
    long argument[6];
    va_list list;
    va_start(list, number);
    take(argument, list);
    va_end(list);
    long answer = enter_kernel(number, argument);
    return (unsigned long)answer >= -4095ul ? system_call_failed(answer) : answer;
}

#endif

/* clang-format on */

#endif
