#include "calls.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../../ring/keep.h"
#include "../../ring/settings.h"
#include "../cli.h"
#include "../log/address.h"
#include "../log/choose.h"
#include "../test/memory.h"
#include "../test/status.h"
#include "../view/snapshot.h"

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

/* `path`, of PATH_MAX bytes, gets the ring's. */
static int read_server(struct lint_calls *calls, const char *server, char *path)
{
    *calls = (struct lint_calls){0};
    int status = choose_server(server, path, PATH_MAX);
    if (status)
        return status;
    const char *fault = snapshot_of_file(&calls->ring, path);
    if (fault) {
        say("%s: %s", path, fault);
        return STATUS_USAGE;
    }
    if (!ring_has_cases(&calls->ring)) {
        say("%s has no facts of the calls: record the program with `listenas run -o record.facts=yes`", path);
        snapshot_free(&calls->ring);
        return STATUS_USAGE;
    }
    read_all(calls);
    return 0;
}

int lint_calls_read(struct lint_calls *calls, const char *server)
{
    char path[PATH_MAX];
    return read_server(calls, server, path);
}

/* Settings that only say what is recorded change no call. */
static bool change_calls(const char *settings)
{
    static const char recording[] = "record.";
    for (const char *at = settings; *at; at += *at == ',') {
        if (strncmp(at, recording, sizeof recording - 1) != 0)
            return true;
        at += strcspn(at, ",");
    }
    return false;
}

/* Whether a profile leaves all calls to the kernel. */
static bool is_native_profile(const struct start_names *names)
{
    static const char *const natives[] = {"native", "linux"};
    for (size_t i = 0; i < sizeof natives / sizeof *natives; i++)
        if (strlen(natives[i]) == names->profile_length &&
            memcmp(names->profile, natives[i], names->profile_length) == 0)
            return true;
    return names->profile_length == 0;
}

/* Whether a process that started so has its calls changed; says so. */
static bool say_changed(const struct ring *ring, const char *path, const struct record *start)
{
    static const char native[] = "native";
    struct settings settings;
    const struct start_names names = start_names(start);
    ring_settings(ring, start->effective, &settings);
    bool is_native = is_native_profile(&names);
    if (is_native && !change_calls(settings.text))
        return false;
    say("%s was recorded as %.*s%s%s, so what Linux answers is not in it: record the program with "
        "`listenas run -p native -o record.facts=yes`",
        path, is_native ? (int)sizeof native - 1 : (int)names.profile_length, is_native ? native : names.profile,
        is_native ? " with " : "", is_native ? settings.text : "");
    return true;
}

int lint_calls_read_native(struct lint_calls *calls, const char *server)
{
    char path[PATH_MAX];
    const struct ring_process *process;
    struct record start;
    uint64_t number;
    int status = read_server(calls, server, path);
    for (uint32_t i = 1; !status && (process = ring_process(&calls->ring, i)); i++) {
        if (!ring_kept(&process->start, &number, &start) || !say_changed(&calls->ring, path, &start))
            continue;
        lint_calls_drop(calls);
        status = STATUS_USAGE;
    }
    return status;
}

void lint_calls_drop(struct lint_calls *calls)
{
    free(calls->call);
    snapshot_free(&calls->ring);
}
