#include "listenas-ring.h"

#include <stdlib.h>
#include <string.h>

#include "../cursor.h"
#include "../history.h"
#include "../keep.h"
#include "../sites.h"

#define EXPORTED __attribute__((visibility("default")))

struct listenas_ring {
    struct ring ring;
    struct cursor cursor;
    struct listenas_gap gap;
};

static_assert(LISTENAS_NAME >= KEY_NAME_SIZE && LISTENAS_NAME >= CALL_NAME_SIZE, "names have their room and a NUL");
static_assert(sizeof((struct listenas_event){0}.address) == RECORD_ADDRESS, "an address is copied whole");
static_assert(sizeof((struct listenas_frame){0}.module) > MODULE_PATH, "a path is copied whole");

static_assert(LISTENAS_SPAN_LEVELS == HISTORY_LEVELS && LISTENAS_SPANS == HISTORY_SPANS, "all spans can be asked for");

static const char no_memory[] = "there is no memory";

static const char *open_ring(struct listenas_ring *ring, const char *path)
{
    const char *fault = ring_open_to_read(&ring->ring, path);
    if (fault || cursor_open(&ring->cursor, &ring->ring, CURSOR_POLL) == 0)
        return fault;
    ring_close(&ring->ring);
    return no_memory;
}

EXPORTED struct listenas_ring *listenas_ring_open(const char *path, const char **fault)
{
    const char *unused;
    struct listenas_ring *ring = calloc(1, sizeof *ring);
    fault = fault ? fault : &unused;
    *fault = ring ? open_ring(ring, path) : no_memory;
    if (!*fault)
        return ring;
    free(ring);
    return NULL;
}

EXPORTED void listenas_ring_close(struct listenas_ring *ring)
{
    if (!ring)
        return;
    cursor_close(&ring->cursor);
    ring_close(&ring->ring);
    free(ring);
}

/* Names in the file may have no end. */
static void copy_name(char name[LISTENAS_NAME], const char *place, size_t size)
{
    size_t length = place ? strnlen(place, size) : 0;
    memcpy(name, place ? place : "", length);
    name[length] = '\0';
}

/* The clients of a record of another kind were reset by the program's own wish. */
static bool is_of_queue(const struct ring *ring, const struct record *record)
{
    const char *name = ring_call_name(ring, record->call);
    return name && strncmp(name, "queue", CALL_NAME_SIZE) == 0;
}

static void tell(const struct ring *ring, uint64_t number, const struct record *record, const struct repeats *repeats,
                 struct listenas_event *event)
{
    *event = (struct listenas_event){.number = number,
                                     .time_ns = record->time_ns,
                                     .last_ns = repeats->last_ns,
                                     .repeats = repeats->count,
                                     .pid = record->pid,
                                     .tid = record->tid,
                                     .fd = record->fd,
                                     .result = record->result,
                                     .error = record->given_error,
                                     .kernel_error = record->kernel_error,
                                     .asked = record->asked,
                                     .effective = record->effective,
                                     .capacity = record->capacity,
                                     .given = record->given,
                                     .turned_away = is_of_queue(ring, record) ? record->reset : 0,
                                     .site = record->site};
    copy_name(event->call, ring_call_name(ring, record->call), CALL_NAME_SIZE);
    for (int i = 0; i < 2; i++)
        copy_name(event->why[i], record->key[i] ? ring_key_name(ring, record->key[i]) : NULL, KEY_NAME_SIZE);
    event->address_length = record->address_length < RECORD_ADDRESS ? record->address_length : RECORD_ADDRESS;
    memcpy(event->address, record->address, RECORD_ADDRESS);
}

static int tell_gap(struct listenas_ring *ring, const struct told *told)
{
    static const int kinds[] = {[GAP_OVERWRITTEN] = LISTENAS_GAP_OVERWRITTEN,
                                [GAP_UNFINISHED] = LISTENAS_GAP_UNFINISHED,
                                [GAP_DAMAGED] = LISTENAS_GAP_DAMAGED};
    ring->gap =
        (struct listenas_gap){kinds[told->gap], told->missing.count, told->missing.from_ns, told->missing.to_ns};
    return LISTENAS_RING_GAP;
}

EXPORTED int listenas_ring_next(struct listenas_ring *ring, struct listenas_event *event)
{
    struct told told;
    enum cursor_answer answer = cursor_next(&ring->cursor, &told);
    if (answer == CURSOR_END) {
        cursor_look(&ring->cursor);
        answer = cursor_next(&ring->cursor, &told);
    }
    if (answer == CURSOR_END)
        return LISTENAS_RING_END;
    if (answer == CURSOR_GAP)
        return tell_gap(ring, &told);
    tell(&ring->ring, told.number, &told.record, &told.repeats, event);
    return answer == CURSOR_REPEATED ? LISTENAS_RING_REPEATED : LISTENAS_RING_EVENT;
}

EXPORTED struct listenas_gap listenas_ring_gap(const struct listenas_ring *ring)
{
    return ring->gap;
}

EXPORTED uint64_t listenas_ring_lost(const struct listenas_ring *ring)
{
    return ring_lost(&ring->ring);
}

EXPORTED int listenas_ring_frame(const struct listenas_ring *ring, uint32_t number, unsigned int depth,
                                 struct listenas_frame *frame)
{
    struct site site;
    struct module module;
    *frame = (struct listenas_frame){0};
    if (!ring_site(&ring->ring, number, &site) || depth >= site.count)
        return 0;
    frame->offset = site.frames[depth].offset;
    if (!ring_module(&ring->ring, site.frames[depth].module, &module))
        return 1;
    strcpy(frame->module, module.path);
    memcpy(frame->build_id, module.build_id, module.build_id_size);
    frame->build_id_size = module.build_id_size;
    return 1;
}

static uint64_t value(const _Atomic uint64_t *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

EXPORTED int listenas_ring_listener(const struct listenas_ring *ring, unsigned int index,
                                    struct listenas_listener *listener)
{
    const struct ring_listener *found = index < UINT32_MAX ? ring_listener(&ring->ring, index + 1) : NULL;
    struct record listens = {0};
    uint64_t number = 0, state;
    if (!found)
        return -1;
    state = atomic_load_explicit(&found->state, memory_order_acquire);
    if (state != LISTENER_BOUND && state != LISTENER_LISTENS && state != LISTENER_DEAD)
        return 0;
    *listener = (struct listenas_listener){.pid = (uint32_t)(value(&found->owner) >> 32),
                                           .fd = (int)(uint32_t)value(&found->owner),
                                           .cookie = value(&found->cookie),
                                           .is_listening = state == LISTENER_LISTENS,
                                           .accepted = value(&found->accepted),
                                           .failed = value(&found->failed),
                                           .last_ns = value(&found->last_ns),
                                           .samples = value(&found->samples),
                                           .queued = (int)(uint32_t)value(&found->length),
                                           .capacity = (int)((value(&found->length) >> 32) + 1),
                                           .highest = (int)value(&found->highest),
                                           .full_since_ns = value(&found->full_from),
                                           .full_times = value(&found->full_times),
                                           .dropped = value(&found->drops),
                                           .turned_away = value(&found->turned_away),
                                           .waited_ms = (int)(uint32_t)value(&found->waits),
                                           .waited_most_ms = (int)(value(&found->waits) >> 32)};
    if (ring_kept(&found->made_by[MADE_BY_LISTEN], &number, &listens))
        tell(&ring->ring, number, &listens, &(struct repeats){.last_ns = listens.time_ns}, &listener->listen);
    return 1;
}

EXPORTED int listenas_ring_span(const struct listenas_ring *ring, unsigned int listener, unsigned int level,
                                unsigned int index, struct listenas_span *span)
{
    const struct ring_listener *found = listener < UINT32_MAX ? ring_listener(&ring->ring, listener + 1) : NULL;
    struct history_span history;
    if (!found || level >= HISTORY_LEVELS || index >= HISTORY_SPANS || !ring_has_history(&ring->ring, found))
        return -1;
    if (!ring_history_span(&ring->ring, found, level, index, &history))
        return 0;
    *span = (struct listenas_span){.from_ns = history.from_ns,
                                   .to_ns = history.to_ns,
                                   .queued = (int)history.waited,
                                   .capacity = (int)history.holds,
                                   .accepted = history.accepted};
    return 1;
}
