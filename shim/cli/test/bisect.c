#include "bisect.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

struct bisecting {
    size_t count;
    bisect_test test;
    void *context;
    bool *without; /* the case passes without these */
    bool *trial;
    size_t *member; /* the indexes of those in `without` */
    size_t members;
};

static void list_members(struct bisecting *state)
{
    state->members = 0;
    for (size_t i = 0; i < state->count; i++)
        if (state->without[i])
            state->member[state->members++] = i;
}

/* Tries the part `from` to `to` of the members alone, or all but it; keeps what passes. */
static bool try_part(struct bisecting *state, size_t from, size_t to, bool alone)
{
    for (size_t i = 0; i < state->count; i++)
        state->trial[i] = false;
    for (size_t i = 0; i < state->members; i++)
        state->trial[state->member[i]] = (i >= from && i < to) == alone;
    if (!state->test(state->trial, state->context))
        return false;
    memcpy(state->without, state->trial, state->count * sizeof *state->trial);
    list_members(state);
    return true;
}

/* One round with so many parts: whether the set became smaller, and to how many parts the next round goes. */
static bool shrink(struct bisecting *state, size_t *parts)
{
    size_t members = state->members;
    for (size_t part = 0; part < *parts; part++)
        if (try_part(state, part * members / *parts, (part + 1) * members / *parts, true)) {
            *parts = 2;
            return true;
        }
    for (size_t part = 0; part<*parts && * parts> 2; part++)
        if (try_part(state, part * members / *parts, (part + 1) * members / *parts, false)) {
            *parts -= 1;
            return true;
        }
    return false;
}

static void minimize(struct bisecting *state)
{
    for (size_t parts = 2; state->members > 1;) {
        if (parts > state->members)
            parts = state->members;
        if (shrink(state, &parts))
            continue;
        if (parts == state->members)
            return;
        parts *= 2;
    }
}

/* The likeliest suspect is often the only one. */
static bool try_first(struct bisecting *state)
{
    for (size_t i = 0; i < state->count; i++)
        state->without[i] = i == 0;
    return state->test(state->without, state->context);
}

static bool try_all(struct bisecting *state)
{
    for (size_t i = 0; i < state->count; i++)
        state->without[i] = true;
    return state->test(state->without, state->context);
}

bool bisect(bool *without, size_t count, bisect_test test, void *context)
{
    if (count == 0)
        return false;
    struct bisecting state = {.count = count,
                              .test = test,
                              .context = context,
                              .without = without,
                              .trial = memory_new(count * sizeof(bool)),
                              .member = memory_new(count * sizeof(size_t))};
    bool found = try_first(&state) || (count > 1 && try_all(&state));
    list_members(&state);
    if (found)
        minimize(&state);
    free(state.trial);
    free(state.member);
    return found;
}
