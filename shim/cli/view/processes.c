#include "processes.h"

#include <stdlib.h>
#include <string.h>

#include "../../profile/loader/visible.h"

/* Longer families than this are a damaged file. */
#define GENERATIONS 64

static void see(struct seen_process *seen, const struct record *record)
{
    const struct start_names names = start_names(record);
    *seen = (struct seen_process){.pid = record->pid,
                                  .parent = (uint32_t)record->asked,
                                  .start_ns = record->time_ns,
                                  .had_mistake = record->flags & RECORD_MISTAKE,
                                  .missed = (uint32_t)record->given};
    visible_copy(seen->program, sizeof seen->program, names.program, names.program_length, VISIBLE_TEXT);
    visible_copy(seen->profile, sizeof seen->profile, names.profile, names.profile_length, VISIBLE_TEXT);
}

bool processes_read(struct processes *processes, const struct ring *ring, const struct events *events)
{
    *processes = (struct processes){.processes = calloc(events->count + 1, sizeof *processes->processes)};
    if (!processes->processes)
        return false;
    for (size_t i = 0; i < events->count; i++)
        if (strcmp(call_name(ring, events->events[i].record.call), "start") == 0)
            see(&processes->processes[processes->count++], &events->events[i].record);
    return true;
}

void processes_free(struct processes *processes)
{
    free(processes->processes);
    *processes = (struct processes){0};
}

const struct seen_process *process_at(const struct processes *processes, uint32_t pid, uint64_t time_ns)
{
    const struct seen_process *found = NULL;
    for (size_t i = 0; i < processes->count; i++)
        if (processes->processes[i].pid == pid && (!found || processes->processes[i].start_ns <= time_ns))
            found = &processes->processes[i];
    return found;
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
