#include "cursor_look.h"

#include <stdlib.h>
#include <time.h>

/* So often one that is not complete is looked at again at once: most writers need less than that. */
#define LOOKS_AT_ONCE 64
/* A time that is so much before the latest one is of a clock that was set back, not of a writer that was slow. */
#define SET_BACK_NS UINT64_C(1000000000)

static uint64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int by_time(const void *one, const void *other)
{
    const struct cursor_entry *a = one, *b = other;
    if (a->epoch != b->epoch)
        return a->epoch < b->epoch ? -1 : 1;
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

void cursor_add(struct cursor *cursor, const struct cursor_entry *entry)
{
    if (cursor->count < cursor->entries_most)
        cursor->entries[cursor->count++] = *entry;
}

void cursor_sort(struct cursor *cursor)
{
    qsort(cursor->entries + cursor->at, cursor->count - cursor->at, sizeof *cursor->entries, by_time);
}

static uint64_t slot_lost(const struct cursor *cursor, uint64_t number)
{
    return atomic_load_explicit(&cursor->ring->slots[number & cursor->ring->mask].lost, memory_order_acquire);
}

bool cursor_read(const struct cursor *cursor, uint64_t number, struct told *told, uint64_t *calls)
{
    uint64_t lost = slot_lost(cursor, number);
    if (ring_read_repeats(cursor->ring, number, &told->record, &told->repeats) != RING_RECORD)
        return false;
    *calls = lost + 1 + told->repeats.count;
    return true;
}

/* Calls that were overwritten in the slot of this number, and never told. */
static void account(struct cursor *cursor, uint64_t number)
{
    uint64_t lost = slot_lost(cursor, number), *accounted = &cursor->accounted[number & cursor->ring->mask];
    if (lost <= *accounted)
        return;
    cursor->missing[GAP_OVERWRITTEN] += lost - *accounted;
    *accounted = lost;
}

/* Adds the record if it is complete. `entry` has the place where it would be. */
static enum ring_answer take(struct cursor *cursor, const struct cursor_entry *entry)
{
    struct record record;
    enum ring_answer answer = ring_read(cursor->ring, entry->number, &record);
    if (answer != RING_RECORD)
        return answer;
    if (record.time_ns + SET_BACK_NS < cursor->latest_ns) {
        cursor->epoch++;
        cursor->latest_ns = record.time_ns;
    }
    if (record.time_ns > cursor->latest_ns)
        cursor->latest_ns = record.time_ns;
    cursor_add(cursor, &(struct cursor_entry){cursor->epoch, record.time_ns, entry->number, ENTRY_RECORD});
    return answer;
}

static void add_missing(struct cursor *cursor, const struct cursor_entry *entry)
{
    struct cursor_entry missing = *entry;
    missing.what = ring_is_unwritten(cursor->ring, entry->number) ? ENTRY_UNFINISHED : ENTRY_DAMAGED;
    cursor_add(cursor, &missing);
}

/* Takes those that are complete now, and gives up those that have been waited for so long. */
static void look_again(struct cursor *cursor, uint64_t patience_ns)
{
    size_t left = 0;
    for (size_t i = 0; i < cursor->pending_count; i++) {
        const struct cursor_pending pending = cursor->pending[i];
        if (take(cursor, &pending.entry) != RING_WAIT)
            continue;
        if (cursor->now_ns - pending.since_ns >= patience_ns)
            add_missing(cursor, &pending.entry);
        else
            cursor->pending[left++] = pending;
    }
    cursor->pending_count = left;
}

static void skip_overwritten(struct cursor *cursor, uint64_t head)
{
    const uint64_t slots = cursor->ring->mask + UINT64_C(1);
    if (head > slots && cursor->next < head - slots)
        cursor->next = head - slots;
}

static void look_ahead(struct cursor *cursor)
{
    const uint64_t head = ring_head(cursor->ring);
    for (skip_overwritten(cursor, head); cursor->next < head; cursor->next++) {
        const struct cursor_entry entry = {cursor->epoch, cursor->latest_ns, cursor->next, ENTRY_RECORD};
        account(cursor, cursor->next);
        if (take(cursor, &entry) == RING_WAIT && cursor->pending_count <= cursor->ring->mask)
            cursor->pending[cursor->pending_count++] = (struct cursor_pending){entry, cursor->now_ns};
    }
}

void cursor_look(struct cursor *cursor)
{
    if (cursor->at < cursor->count && !cursor->is_held)
        return;
    cursor->now_ns = monotonic_ns();
    cursor->watched_at = 0;
    if (!cursor->is_held) {
        cursor->at = cursor->count = 0;
        look_ahead(cursor);
    }
    for (int looks = 0; looks < LOOKS_AT_ONCE && cursor->pending_count; looks++)
        look_again(cursor, UINT64_MAX);
    look_again(cursor, cursor->mode == CURSOR_ONCE ? 0 : CURSOR_PATIENCE_NS);
    cursor->is_held = cursor->mode == CURSOR_FOLLOW && cursor->pending_count > 0;
    if (!cursor->is_held)
        cursor_sort(cursor);
}
