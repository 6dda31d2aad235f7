/*
 * One look at all processes: which of them have the library, and which ring they write to.
 *
 * A ring lives while a process has it mapped for writing; who only reads it has not. So one look finds all rings that
 * live, wherever their files are, and its cost does not depend on how many files there are.
 */
#ifndef LISTENAS_CLI_LIVE_SCAN_H
#define LISTENAS_CLI_LIVE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../maps.h"

struct process {
    uint32_t pid;
    char name[16];                 /* as the kernel has it: 15 bytes and a NUL */
    uid_t user;                    /* the effective one */
    uint64_t started_ns;           /* CLOCK_REALTIME; 0 if not known */
    bool own_network;              /* its network namespace is that of this process */
    bool has_memory;               /* false for a kernel thread and for one that has ended */
    char *library;                 /* the path of liblistenas.so as it is mapped; NULL: it is not */
    char *ring;                    /* the path of a file that it shares for writing, as a ring is; NULL: none */
    bool ring_is_gone;             /* at that path there is no file any more */
    uint64_t ring_start, ring_end; /* where that is mapped */
    struct file_identity ring_file;
};

struct scan {
    struct process *of; /* by pid */
    size_t count, room;
    size_t hidden; /* processes of others, that this user may not look at */
};

/*
 * Looks at every process of this pid namespace but this one; `all`: keeps those without the library, too. Frees what
 * an earlier look found. Returns 0 or an errno: ENOMEM, or why /proc cannot be read.
 */
int scan_processes(struct scan *scan, bool all);

void scan_free(struct scan *scan);

/* NULL if it was not found. */
const struct process *scan_find(const struct scan *scan, uint32_t pid);

#endif
