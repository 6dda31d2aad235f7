/*
 * For tests of what may be interrupted anywhere: a child that is stopped at each of its instructions.
 */
#ifndef LISTENAS_UNIT_STEPPED_H
#define LISTENAS_UNIT_STEPPED_H

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT_BE_TRACED 77

/* In the child: stops, for its parent to step it. */
static inline void be_traced(void)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(CANNOT_BE_TRACED);
    raise(SIGSTOP);
}

/* Waits until the child has stopped. */
static inline void await_traced(pid_t child)
{
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(!WIFEXITED(status) || WEXITSTATUS(status) != CANNOT_BE_TRACED, "PTRACE_TRACEME fails");
    ck_assert(WIFSTOPPED(status));
}

static inline void step(pid_t child)
{
    int status;
    ck_assert_int_eq(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSTOPPED(status));
}

/* A flag as the child has it. */
static inline bool is_set_in(pid_t child, const volatile int *flag)
{
    errno = 0;
    long word = ptrace(PTRACE_PEEKDATA, child, (void *)(uintptr_t)flag, NULL);
    ck_assert_int_eq(errno, 0);
    int value;
    memcpy(&value, &word, sizeof value);
    return value;
}

#endif
