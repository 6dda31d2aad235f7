/*
 * The entry of syscall(): it looks at the number only, and jumps. It uses registers that any function may change and
 * that hold no argument.
 */
#include "syscall.h"

/* clang-format off */

#define ENTRY(type, ...)                                                                                               \
    __asm__(".pushsection .text\n"                                                                                     \
            "    .p2align 4\n"                                                                                         \
            "    .globl syscall\n"                                                                                     \
            "    .type syscall, " type "\n"                                                                            \
            __VA_ARGS__                                                                                                \
            "    .size syscall, . - syscall\n"                                                                         \
            "    .popsection\n")

#if defined __x86_64__ && defined __LP64__

ENTRY("@function",
    "syscall:\n"
    "    .cfi_startproc\n"
    "    endbr64\n"
    "    cmpq syscall_numbers(%rip), %rdi\n"
    "    jae 1f\n"
    "    leaq syscall_calls(%rip), %r11\n"
    "    cmpb $0, (%r11,%rdi)\n"
    "    jne syscall_by_rules\n"
    "1:  jmp *syscall_next(%rip)\n"
    "    .cfi_endproc\n");

#elif defined __i386__

ENTRY("@function",
    "syscall:\n"
    "    .cfi_startproc\n"
    "    call 2f\n"
    "2:  .cfi_adjust_cfa_offset 4\n"
    "    popl %ecx\n"
    "    .cfi_adjust_cfa_offset -4\n"
    "    addl $_GLOBAL_OFFSET_TABLE_ + (. - 2b), %ecx\n"
    "    movl 4(%esp), %eax\n"
    "    cmpl syscall_numbers@GOTOFF(%ecx), %eax\n"
    "    jae 1f\n"
    "    cmpb $0, syscall_calls@GOTOFF(%ecx,%eax)\n"
    "    jne syscall_by_rules\n"
    "1:  jmp *syscall_next@GOTOFF(%ecx)\n"
    "    .cfi_endproc\n");

#elif defined __aarch64__

ENTRY("%function",
    "syscall:\n"
    "    .cfi_startproc\n"
    "    hint #34\n" /* bti c */
    "    adrp x16, syscall_numbers\n"
    "    ldr x16, [x16, :lo12:syscall_numbers]\n"
    "    cmp x0, x16\n"
    "    b.hs 1f\n"
    "    adrp x16, syscall_calls\n"
    "    add x16, x16, :lo12:syscall_calls\n"
    "    ldrb w16, [x16, x0]\n"
    "    cbz w16, 1f\n"
    "    b syscall_by_rules\n"
    "1:  adrp x16, syscall_next\n"
    "    ldr x16, [x16, :lo12:syscall_next]\n"
    "    br x16\n"
    "    .cfi_endproc\n");

#elif defined __arm__

ENTRY("%function",
    "    .syntax unified\n"
    "    .arm\n"
    "syscall:\n"
    "    .fnstart\n"
    "    ldr ip, 5f\n"
    "2:  ldr ip, [pc, ip]\n"
    "    cmp r0, ip\n"
    "    bhs 1f\n"
    "    ldr ip, 6f\n"
    "3:  add ip, pc, ip\n"
    "    ldrb ip, [ip, r0]\n"
    "    cmp ip, #0\n"
    "    beq 1f\n"
    "    b syscall_by_rules\n"
    "1:  ldr ip, 7f\n"
    "4:  ldr ip, [pc, ip]\n"
    "    bx ip\n"
    "    .p2align 2\n"
    "5:  .word syscall_numbers - (2b + 8)\n"
    "6:  .word syscall_calls - (3b + 8)\n"
    "7:  .word syscall_next - (4b + 8)\n"
    "    .fnend\n");

#elif defined SYSCALL_IS_EXPORTED /* RISC-V */

ENTRY("@function",
    "syscall:\n"
    "    .cfi_startproc\n"
    "    lla t0, syscall_numbers\n"
    "    ld t0, 0(t0)\n"
    "    bgeu a0, t0, 1f\n"
    "    lla t0, syscall_calls\n"
    "    add t0, t0, a0\n"
    "    lbu t0, 0(t0)\n"
    "    beqz t0, 1f\n"
    "    tail syscall_by_rules\n"
    "1:  lla t0, syscall_next\n"
    "    ld t0, 0(t0)\n"
    "    jr t0\n"
    "    .cfi_endproc\n");

#endif

/* clang-format on */
