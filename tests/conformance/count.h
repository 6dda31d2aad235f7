/*
 * Counts the system calls that a call makes: a program of tests runs itself with the library, as a child that is traced
 * (ptrace), and what the kernel is asked for between the child's third mark and its fourth is counted.
 */
#ifndef LISTENAS_CONFORMANCE_COUNT_H
#define LISTENAS_CONFORMANCE_COUNT_H

#include <check.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../shim/profile/builtin.h"
#include "job.h"

/* No library calls it between the marks. */
#define MARK() syscall(SYS_getppid)

static char library[PATH_MAX], self[PATH_MAX]; /* set by main */

/* In main, before any test: finds this program and the library. Returns the number of profiles, or -1. */
static inline int count_prepare(void)
{
    int profiles = 0;
    forget_user();
    snprintf(library, sizeof library, "%s/liblistenas.so", build_directory());
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return -1;
    while (builtins[profiles].name)
        profiles++;
    return profiles;
}

/* In the child. */
static inline void require(bool good)
{
    if (!good)
        _exit(126);
}

static inline bool is_mark(pid_t pid, bool *entry)
{
    struct __ptrace_syscall_info info;
    ck_assert_int_gt(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info), 0);
    *entry = info.op == PTRACE_SYSCALL_INFO_ENTRY;
    return *entry && info.entry.nr == SYS_getppid;
}

/* The system calls between the third mark and the fourth. */
static inline int count_calls(pid_t pid)
{
    int status, marks = 0, count = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    while (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) == 0 && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
        bool entry;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80))
            continue;
        if (is_mark(pid, &entry))
            marks++;
        else if (entry && marks == 3)
            count++;
    }
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with status %x", status);
    ck_assert_int_eq(marks, 4);
    return count;
}

/* In a child: becomes this program under the profile, with the argument `what`. */
static inline void exec_under(const char *profile, const char *what)
{
    setenv("LD_PRELOAD", library, 1);
    setenv("LISTENAS_PROFILE", profile, 1);
    setenv("LISTENAS_RING", "off", 1);
    execl(self, self, what, (char *)NULL);
    _exit(127);
}

/*
 * Runs this program under the profile with the argument `what`. Returns how many system calls it makes between the
 * marks, the call that is counted among them.
 */
static inline int calls_of(const char *profile, const char *what)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        exec_under(profile, what);
    }
    return count_calls(pid);
}

#endif
