#include "calls.h"

#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "../test/memory.h"
#include "../test/status.h"

const char *lint_call_name(enum call call)
{
    static const char *const names[CALL_COUNT] = {
        [CALL_start] = "",
#define HOOK(result, name, parameters, arguments, by_system_call) [CALL_##name] = #name,
#include "../../profile/calls.def"
    };
    return names[call];
}

/* The ring may be of a build that numbers calls otherwise. */
static enum call call_of(const struct ring *ring, uint32_t number)
{
    const char *name = ring_call_name(ring, number);
    for (enum call call = CALL_start + 1; name && call < CALL_COUNT; call++)
        if (strncmp(name, lint_call_name(call), CALL_NAME_SIZE) == 0)
            return call;
    return CALL_start;
}

/* By the time of their first call. */
static int compare(const void *left, const void *right)
{
    uint64_t one = ((const struct judged_call *)left)->seen.seen_ns,
             other = ((const struct judged_call *)right)->seen.seen_ns;
    return one < other ? -1 : one > other;
}

static void read_all(struct lint_calls *calls)
{
    const uint32_t places = ring_case_places(&calls->ring);
    calls->call = memory_new((places + 1) * sizeof *calls->call);
    for (uint32_t place = 0; place < places; place++) {
        struct judged_call *call = &calls->call[calls->count];
        if (!ring_case_read(&calls->ring, place, &call->seen))
            continue;
        call->call = call_of(&calls->ring, call->seen.call);
        calls->count++;
    }
    calls->is_full = calls->count > places / 8 * 7;
    qsort(calls->call, calls->count, sizeof *calls->call, compare);
}

int lint_calls_read(struct lint_calls *calls, const char *path)
{
    *calls = (struct lint_calls){0};
    const char *fault = ring_open_to_read(&calls->ring, path);
    if (fault) {
        say("%s: %s", path, fault);
        return STATUS_USAGE;
    }
    if (!ring_has_cases(&calls->ring)) {
        say("%s has no facts of the calls: record the program with `listenas run -o record.facts=yes`", path);
        ring_close(&calls->ring);
        return STATUS_USAGE;
    }
    read_all(calls);
    return 0;
}

void lint_calls_drop(struct lint_calls *calls)
{
    free(calls->call);
    ring_close(&calls->ring);
}
