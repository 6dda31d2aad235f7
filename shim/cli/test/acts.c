#include "acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../ring/cursor.h"
#include "../log/callform.h"
#include "../log/names.h"
#include "meets.h"
#include "memory.h"

const struct act *acts_find(const struct acts *acts, enum key key)
{
    for (size_t i = 0; i < acts->count; i++)
        if (acts->act[i].key == key)
            return &acts->act[i];
    return NULL;
}

static struct act *find_or_add(struct acts *acts, enum key key)
{
    for (size_t i = 0; i < acts->count; i++)
        if (acts->act[i].key == key)
            return &acts->act[i];
    acts->act = memory_more(acts->act, acts->count + 1, sizeof *acts->act);
    acts->act[acts->count] = (struct act){.key = key};
    return &acts->act[acts->count++];
}

/* Whether the key took something away from the program that Linux gives. */
static bool has_failed(const struct record *record)
{
    return record->result < 0 && ((record->flags & RECORD_NOT_CALLED) || record->given_error != record->kernel_error);
}

/* What the kernel answered, if it was asked and the program was told something else. */
static void format_kernel(const struct record *record, char *text, size_t size)
{
    text[0] = '\0';
    if (record->flags & RECORD_NOT_CALLED)
        return;
    if (record->kernel_error && record->kernel_error != record->given_error)
        snprintf(text, size, "%s", error_name(record->kernel_error));
    else if (!record->kernel_error && record->result < 0)
        snprintf(text, size, "success");
}

static void take_evidence(struct act *act, const struct ring *ring, const struct record *record, const char *call,
                          const struct acts_wish *wish)
{
    format_call(call, record, act->call, sizeof act->call);
    format_result(record, act->given, sizeof act->given);
    format_kernel(record, act->kernel, sizeof act->kernel);
    if (wish->root)
        place_find(ring, record, wish->program, wish->root, &act->place);
}

/* A call that failed says more than one that went another way. */
static void take_act(struct acts *acts, enum key key, const struct ring *ring, const struct record *record,
                     const char *call, const struct acts_wish *wish)
{
    if (key == KEY_NONE)
        return;
    struct act *act = find_or_add(acts, key);
    bool fails = has_failed(record);
    if (act->count++ == 0 || (fails && !act->has_failed))
        take_evidence(act, ring, record, call, wish);
    act->has_failed |= fails;
}

static enum key key_of_record(const struct ring *ring, unsigned int number)
{
    return number ? key_of_name(key_name(ring, number)) : KEY_NONE;
}

/* What the refuser is to do is a flag, not one of the two reasons of a record. */
static enum key key_of_refuser(const struct record *record, bool is_listen)
{
    if (!(record->flags & RECORD_WATCHED))
        return KEY_NONE;
    return is_listen ? KEY_listen_overflow_tcp : KEY_filter_overflow;
}

static void take_record(struct acts *acts, const struct ring *ring, const struct record *record,
                        const struct acts_wish *wish)
{
    const char *call = call_name(ring, record->call);
    bool is_listen = strcmp(call, "listen") == 0;
    if (strcmp(call, "start") == 0)
        return;
    acts->calls++;
    acts->lacks_refuser |= (record->flags & RECORD_WATCHED) && record->refuser_error;
    for (int i = 0; i < 2; i++)
        take_act(acts, key_of_record(ring, record->key[i]), ring, record, call, wish);
    take_act(acts, key_of_refuser(record, is_listen), ring, record, call, wish);
    if (is_listen && (record->flags & RECORD_SHORTENED))
        take_act(acts, KEY_listen_relisten_excess, ring, record, call, wish);
    meets_mark(acts->is_met, wish->annotated, call, record);
}

static const char *read_ring(struct acts *acts, const struct ring *ring, const struct acts_wish *wish)
{
    struct cursor cursor;
    struct told told;
    enum cursor_answer answer;
    int error = cursor_open(&cursor, ring, CURSOR_ONCE);
    if (error)
        return strerror(error);
    while ((answer = cursor_next(&cursor, &told)) != CURSOR_END) {
        if (answer == CURSOR_RECORD)
            take_record(acts, ring, &told.record, wish);
        else
            acts->is_overwritten |= told.gap == GAP_OVERWRITTEN;
    }
    cursor_close(&cursor);
    return NULL;
}

const char *acts_read(struct acts *acts, const char *path, const struct acts_wish *wish)
{
    struct ring ring;
    *acts = (struct acts){0};
    const char *fault = ring_open_to_read(&ring, path);
    if (fault)
        return fault;
    fault = read_ring(acts, &ring, wish);
    ring_close(&ring);
    return fault;
}
