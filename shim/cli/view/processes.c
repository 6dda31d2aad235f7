#include "processes.h"

#include <stdlib.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../log/address.h"
#include "../log/names.h"

/* Only a damaged file has more generations of forks than this. */
#define GENERATIONS 64

static void see(struct seen_process *seen, const struct record *record)
{
    const struct start_names names = start_names(record);
    *seen = (struct seen_process){.pid = record->pid,
                                  .parent = (uint32_t)record->asked,
                                  .start_ns = record->time_ns,
                                  .settings = record->effective,
                                  .had_mistake = record->flags & RECORD_MISTAKE,
                                  .missed = (uint32_t)record->given};
    visible_copy(seen->program, sizeof seen->program, names.program, names.program_length, VISIBLE_TEXT);
    visible_copy(seen->profile, sizeof seen->profile, names.profile, names.profile_length, VISIBLE_TEXT);
}

static int by_number(const void *one, const void *other)
{
    const struct seen_process *a = *(const struct seen_process *const *)one;
    const struct seen_process *b = *(const struct seen_process *const *)other;
    if (a->pid != b->pid)
        return a->pid < b->pid ? -1 : 1;
    return (a->start_ns > b->start_ns) - (a->start_ns < b->start_ns);
}

bool processes_read(struct processes *processes, const struct ring *ring, const struct events *events)
{
    *processes = (struct processes){.processes = calloc(events->count + 1, sizeof *processes->processes),
                                    .by_number = calloc(events->count + 1, sizeof(void *))};
    if (!processes->processes || !processes->by_number) {
        processes_free(processes);
        return false;
    }
    for (size_t i = 0; i < events->count; i++) {
        if (strcmp(call_name(ring, events->events[i].record.call), "start") != 0)
            continue;
        processes->by_number[processes->count] = &processes->processes[processes->count];
        see(&processes->processes[processes->count++], &events->events[i].record);
    }
    qsort(processes->by_number, processes->count, sizeof *processes->by_number, by_number);
    return true;
}

void processes_free(struct processes *processes)
{
    free(processes->processes);
    free(processes->by_number);
    *processes = (struct processes){0};
}

/* The first of those by number that is of a higher number, or of this one and later. */
static size_t first_after(const struct processes *processes, uint32_t pid, uint64_t time_ns)
{
    size_t low = 0, high = processes->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct seen_process *process = processes->by_number[middle];
        if (process->pid > pid || (process->pid == pid && process->start_ns > time_ns))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

const struct seen_process *process_at(const struct processes *processes, uint32_t pid, uint64_t time_ns)
{
    size_t after = first_after(processes, pid, time_ns);
    if (after > 0 && processes->by_number[after - 1]->pid == pid)
        return processes->by_number[after - 1];
    /* The start of a process is recorded when its first call returns: a call of another thread may be before it. */
    if (after < processes->count && processes->by_number[after]->pid == pid)
        return processes->by_number[after];
    return NULL;
}

bool process_descends(const struct processes *processes, uint32_t pid, uint32_t ancestor, uint64_t time_ns)
{
    for (int i = 0; i < GENERATIONS && pid != ancestor; i++) {
        const struct seen_process *process = process_at(processes, pid, time_ns);
        if (!process || process->parent == pid)
            return false;
        pid = process->parent;
    }
    return pid == ancestor;
}
