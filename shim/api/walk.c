#define LISTENAS_INSIDE
#include <string.h>
#include <unistd.h>

#include "../guest/recorder.h"
#include "../guest/ring_names.h"
#include "../ring/cursor.h"
#include "listenas.h"

/* The strings of a call, which the ring and a record hold without a NUL. */
struct texts {
    char name[CALL_NAME_SIZE + 1], keys[2][KEY_NAME_SIZE + 1], text[RECORD_ADDRESS + 1];
};

static const char *copy_name(char *to, const char *name, size_t size)
{
    size_t length = name ? strnlen(name, size) : 0;
    memcpy(to, name ? name : "", length);
    to[length] = '\0';
    return to;
}

static const char *copy_key(char *to, const struct ring *ring, uint16_t key)
{
    return copy_name(to, key ? ring_key_name(ring, key) : NULL, KEY_NAME_SIZE);
}

static int visit_record(const struct ring *ring, const struct told *told, listenas_visit *visit, void *context)
{
    const struct record *record = &told->record;
    struct texts texts;
    bool is_note = record->call == CALL_USE || record->call == CALL_MARK;
    size_t length = is_note && record->address_length <= RECORD_ADDRESS ? record->address_length : 0;
    const struct listenas_call call = {
        .number = told->number,
        .time_ns = record->time_ns,
        .count = told->repeats.count + 1,
        .name = copy_name(texts.name, ring_call_name(ring, record->call), CALL_NAME_SIZE),
        .keys = {copy_key(texts.keys[0], ring, record->key[0]), copy_key(texts.keys[1], ring, record->key[1])},
        .text = copy_name(texts.text, (const char *)record->address, length),
        .fd = record->fd,
        .result = record->result,
        .error = record->given_error,
        .kernel_error = record->kernel_error,
        .asked = record->asked,
        .capacity = record->capacity,
        .thread = (int)record->tid,
    };
    return visit(&call, context);
}

static int visit_lost(uint64_t count, listenas_visit *visit, void *context)
{
    const struct listenas_call call = {.count = count, .name = "lost", .keys = {"", ""}, .text = "", .fd = -1};
    return visit(&call, context);
}

/* Of this process's calls, and of all that were overwritten, since nobody knows whose they were. */
static bool is_visited(enum cursor_answer answer, const struct told *told, uint32_t self)
{
    return answer == CURSOR_GAP ? told->gap == GAP_OVERWRITTEN : told->record.pid == self;
}

static int walk(const struct ring *ring, listenas_visit *visit, void *context)
{
    const uint32_t self = (uint32_t)getpid();
    struct cursor cursor;
    struct told told;
    enum cursor_answer answer;
    int visited = 0, stop = 0, error = cursor_open(&cursor, ring, CURSOR_ONCE);
    if (error) {
        errno = error;
        return -1;
    }
    while (!stop && (answer = cursor_next(&cursor, &told)) != CURSOR_END) {
        if (!is_visited(answer, &told, self))
            continue;
        stop = answer == CURSOR_GAP ? visit_lost(told.missing.count, visit, context)
                                    : visit_record(ring, &told, visit, context);
        visited++;
    }
    cursor_close(&cursor);
    return visited;
}

/* A process that has called nothing yet has no ring of its own to walk, and may have inherited that of its parent. */
int listenas_walk(listenas_visit *visit, void *context)
{
    int state = atomic_load_explicit(&recorder.state, memory_order_acquire); /* P2, with P1 */
    if (state == RECORDER_OPEN)
        return walk(&recorder.ring, visit, context);
    if (state != RECORDER_FAILED && !guest.place.off)
        return 0;
    errno = ENODATA;
    return -1;
}
