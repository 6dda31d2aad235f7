#include "cursor_look.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lane.h"

/* So often one that is being written is looked at again at once: most writers need less than that. */
#define LOOKS_AT_ONCE 16
/* A time that is so much before the latest one is of a clock that was set back, not of a writer that was slow. */
#define SET_BACK_NS UINT64_C(1000000000)

static uint64_t time_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
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
    qsort(cursor->entries, cursor->count, sizeof *cursor->entries, by_time);
    cursor->ready = cursor->count;
}

static uint64_t *accounted(struct cursor *cursor, uint64_t number)
{
    return &cursor->accounted[number & cursor->ring->mask];
}

/* Calls that were overwritten in the slot of this number, and never told. */
static void account(struct cursor *cursor, uint64_t number)
{
    uint64_t lost = ring_slot_lost(cursor->ring, number), *told = accounted(cursor, number);
    if (lost <= *told)
        return;
    cursor->missing[GAP_OVERWRITTEN] += lost - *told;
    *told = lost;
}

static void clock_advance(struct cursor_clock *clock, uint64_t ns)
{
    if (ns < clock->latest_ns && clock->latest_ns - ns > SET_BACK_NS)
        *clock = (struct cursor_clock){clock->epoch + 1, ns};
    else if (ns > clock->latest_ns)
        clock->latest_ns = ns;
}

/*
 * The epoch of the next record of a lane. A thread that idles fills its claim when others have long claimed more: so
 * only the first record of a claim says anything of the next claim's.
 */
static uint64_t lane_epoch(struct cursor_lane *lane, const struct record *record)
{
    if (record->tid != lane->tid || lane->run.epoch == 0) {
        clock_advance(&lane->claim, record->time_ns);
        lane->run = lane->claim;
        lane->run.latest_ns = record->time_ns;
        lane->tid = record->tid;
    }
    clock_advance(&lane->run, record->time_ns);
    lane->first_ns = lane->first_ns ? lane->first_ns : record->time_ns;
    return lane->run.epoch;
}

/* Adds the record if it is complete: of this epoch, or if that is NULL as the next one of the lane. */
static enum ring_answer take(struct cursor *cursor, struct cursor_lane *lane, uint64_t number, const uint64_t *epoch)
{
    struct record record;
    struct repeats repeats;
    enum ring_answer answer = ring_read_repeats(cursor->ring, number, &record, &repeats);
    if (answer != RING_RECORD)
        return answer;
    uint64_t *told = accounted(cursor, number);
    *told = *told > repeats.lost ? *told : repeats.lost + 1;
    cursor_add(cursor, &(struct cursor_entry){epoch ? *epoch : lane_epoch(lane, &record), record.time_ns, number,
                                              ENTRY_RECORD});
    return answer;
}

static void add_missing(struct cursor *cursor, const struct cursor_entry *entry, enum cursor_entry_kind what)
{
    struct cursor_entry missing = *entry;
    missing.what = what;
    cursor_add(cursor, &missing);
}

/* What has become of one that was not complete. Returns whether it is to be looked at again. */
static bool look_again_at(struct cursor *cursor, struct cursor_pending *pending, uint64_t patience_ns)
{
    switch (take(cursor, NULL, pending->entry.number, &pending->entry.epoch)) {
    case RING_WAIT:
        pending->busy_ns = 0;
        return cursor->mode != CURSOR_ONCE || patience_ns > 0;
    case RING_BUSY:
        pending->busy_ns = pending->busy_ns ? pending->busy_ns : cursor->now_ns;
        if (cursor->now_ns - pending->busy_ns < patience_ns)
            return true;
        add_missing(cursor, &pending->entry, ENTRY_UNFINISHED);
        return false;
    case RING_DAMAGED:
        add_missing(cursor, &pending->entry, ENTRY_DAMAGED);
        return false;
    default:
        return false;
    }
}

/* Returns whether writers are at work on any of those that are pending. */
static bool look_again(struct cursor *cursor, uint64_t patience_ns)
{
    size_t left = 0;
    bool is_busy = false;
    for (size_t i = 0; i < cursor->pending_count; i++) {
        struct cursor_pending pending = cursor->pending[i];
        if (!look_again_at(cursor, &pending, patience_ns))
            continue;
        is_busy |= pending.busy_ns != 0;
        cursor->pending[left++] = pending;
    }
    cursor->pending_count = left;
    return is_busy;
}

/* One that was given out, and not used, has not taken the place of the record before it, which nobody may have told. */
static void take_older(struct cursor *cursor, const struct cursor_lane *lane, uint64_t number)
{
    uint64_t older;
    if (ring_read_older(cursor->ring, number, &older) &&
        *accounted(cursor, number) <= ring_slot_lost(cursor->ring, number))
        take(cursor, NULL, older, &lane->claim.epoch);
}

static void look_at(struct cursor *cursor, struct cursor_lane *lane, uint64_t number)
{
    const struct cursor_entry place = {lane->run.epoch, lane->run.latest_ns, number, ENTRY_RECORD};
    account(cursor, number);
    enum ring_answer answer = take(cursor, lane, number, NULL);
    if (answer == RING_WAIT)
        take_older(cursor, lane, number);
    if (answer != RING_RECORD && answer != RING_LOST && cursor->pending_count < cursor->pending_most)
        cursor->pending[cursor->pending_count++] = (struct cursor_pending){place, 0};
}

static void look_ahead(struct cursor *cursor, uint32_t number)
{
    struct cursor_lane *lane = &cursor->lanes[number];
    const uint64_t head = lane_head(cursor->ring, number), slots = lane_slots(cursor->ring);
    const uint64_t lost = cursor->missing[GAP_OVERWRITTEN];
    if (head > slots && lane->next < head - slots)
        lane->next = head - slots;
    for (lane->first_ns = 0; lane->next < head; lane->next++)
        look_at(cursor, lane, lane_number(cursor->ring, number, lane->next));
    if (cursor->missing[GAP_OVERWRITTEN] > lost && lane->first_ns > cursor->lost_until_ns)
        cursor->lost_until_ns = lane->first_ns;
}

/* What was found and not told yet becomes the beginning of what is found next. */
static void keep_rest(struct cursor *cursor)
{
    cursor->count -= cursor->at;
    memmove(cursor->entries, cursor->entries + cursor->at, cursor->count * sizeof *cursor->entries);
    cursor->at = cursor->ready = 0;
}

/*
 * Leaves what was written during the look, which began at `began_ns`, to the next one: it can be later than what that
 * finds. Not what is much later: that is of a clock that was set back since.
 */
static void hold_back(struct cursor *cursor, uint64_t began_ns)
{
    while (cursor->ready > 0 && cursor->entries[cursor->ready - 1].time_ns > began_ns &&
           cursor->entries[cursor->ready - 1].time_ns - began_ns < SET_BACK_NS)
        cursor->ready--;
}

void cursor_look(struct cursor *cursor)
{
    if (cursor->at < cursor->ready)
        return;
    const uint64_t began_ns = time_ns(CLOCK_REALTIME);
    bool is_busy;
    cursor->now_ns = time_ns(CLOCK_MONOTONIC);
    cursor->watched_at = 0;
    if (!cursor->is_held) {
        keep_rest(cursor);
        is_busy = look_again(cursor, UINT64_MAX);
        for (uint32_t lane = 0; lane < cursor->ring->lanes; lane++)
            look_ahead(cursor, lane);
    }
    is_busy = look_again(cursor, UINT64_MAX);
    for (int looks = 0; looks < LOOKS_AT_ONCE && is_busy; looks++)
        is_busy = look_again(cursor, UINT64_MAX);
    is_busy = look_again(cursor, cursor->mode == CURSOR_ONCE ? 0 : CURSOR_PATIENCE_NS);
    cursor->is_held = cursor->mode == CURSOR_FOLLOW && is_busy;
    if (cursor->is_held)
        return;
    cursor_sort(cursor);
    if (cursor->mode == CURSOR_FOLLOW)
        hold_back(cursor, began_ns);
}
