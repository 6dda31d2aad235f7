#include "cursor.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "cursor_look.h"
#include "keep.h"
#include "lane.h"

static size_t kept_places(const struct ring *ring)
{
    return ring->tables[TABLE_PROCESSES].entries + (size_t)ring->tables[TABLE_LISTENERS].entries * LISTENER_MADE_BY;
}

static const struct ring_kept *kept_in(const struct ring *ring, size_t place)
{
    const size_t processes = ring->tables[TABLE_PROCESSES].entries;
    if (place < processes)
        return &ring_process(ring, (uint32_t)place + 1)->start;
    place -= processes;
    return &ring_listener(ring, (uint32_t)(place / LISTENER_MADE_BY) + 1)->made_by[place % LISTENER_MADE_BY];
}

static bool is_overwritten(const struct cursor *cursor, uint64_t number)
{
    const struct lane_place place = lane_place(cursor->ring, number);
    struct record record;
    return place.seq < cursor->lanes[place.lane].next && ring_read(cursor->ring, number, &record) != RING_RECORD;
}

static void add_kept(struct cursor *cursor)
{
    struct cursor_entry entry = {0};
    struct record record;
    for (size_t place = 0; place < kept_places(cursor->ring); place++) {
        if (!ring_kept(kept_in(cursor->ring, place), &entry.number, &record) || !is_overwritten(cursor, entry.number))
            continue;
        entry.time_ns = record.time_ns;
        entry.what = ENTRY_KEPT + place;
        cursor_add(cursor, &entry);
    }
}

/* Twice the slots: those of the last look can be there still, while their slots have others already. */
static int take_memory(struct cursor *cursor)
{
    const size_t slots = (size_t)cursor->ring->mask + 1;
    cursor->entries_most = 2 * slots + kept_places(cursor->ring);
    cursor->pending_most = 2 * slots;
    cursor->size = cursor->entries_most * sizeof *cursor->entries + cursor->pending_most * sizeof *cursor->pending +
                   slots * sizeof *cursor->accounted;
    void *memory = mmap(NULL, cursor->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return ENOMEM;
    cursor->memory = memory;
    cursor->entries = memory;
    cursor->pending = (struct cursor_pending *)(void *)(cursor->entries + cursor->entries_most);
    cursor->accounted = (uint64_t *)(void *)(cursor->pending + cursor->pending_most);
    return 0;
}

int cursor_open(struct cursor *cursor, const struct ring *ring, enum cursor_mode mode)
{
    *cursor = (struct cursor){.ring = ring, .mode = mode, .last_ns = ring->header->born_ns};
    for (uint32_t lane = 0; lane < ring->lanes; lane++)
        cursor->lanes[lane].claim.epoch = 1;
    int error = take_memory(cursor);
    if (error)
        return error;
    cursor_look(cursor);
    if (!cursor->missing[GAP_OVERWRITTEN])
        return 0;
    add_kept(cursor);
    if (!cursor->is_held)
        cursor_sort(cursor);
    return 0;
}

void cursor_close(struct cursor *cursor)
{
    if (cursor->memory)
        munmap(cursor->memory, cursor->size);
    *cursor = (struct cursor){0};
}

/* Of one kind at a time. `to_ns`: of the record that comes next. */
static bool tell_gap(struct cursor *cursor, struct told *told, uint64_t to_ns)
{
    for (enum gap gap = GAP_OVERWRITTEN; gap <= GAP_DAMAGED; gap++) {
        if (!cursor->missing[gap])
            continue;
        if (gap == GAP_OVERWRITTEN && to_ns < cursor->lost_until_ns)
            to_ns = cursor->lost_until_ns;
        *told = (struct told){.gap = gap, .missing = {cursor->missing[gap], cursor->last_ns, to_ns}};
        cursor->missing[gap] = 0;
        cursor->lost_until_ns = 0;
        return true;
    }
    return false;
}

static bool tell_kept(struct cursor *cursor, const struct cursor_entry *entry, struct told *told)
{
    *told = (struct told){.is_kept = true};
    if (!ring_kept(kept_in(cursor->ring, (size_t)(entry->what - ENTRY_KEPT)), &told->number, &told->record) ||
        told->number != entry->number)
        return false;
    told->repeats.last_ns = told->record.time_ns;
    cursor->missing[GAP_OVERWRITTEN] -= cursor->missing[GAP_OVERWRITTEN] > 0;
    return true;
}

static void watch(struct cursor *cursor, const struct told *told)
{
    cursor->watched[cursor->watched_next++ % CURSOR_WATCHED] = (struct cursor_watched){.number = told->number + 1,
                                                                                       .told = told->repeats.count,
                                                                                       .seen = told->repeats.count,
                                                                                       .told_ns = cursor->now_ns,
                                                                                       .seen_ns = cursor->now_ns};
}

static bool read_told(const struct cursor *cursor, uint64_t number, struct told *told)
{
    *told = (struct told){.number = number};
    return ring_read_repeats(cursor->ring, number, &told->record, &told->repeats) == RING_RECORD;
}

/* Its repetitions up to now are told with it. */
static void account(struct cursor *cursor, const struct told *told)
{
    cursor->accounted[told->number & cursor->ring->mask] = told->repeats.lost + 1 + told->repeats.count;
}

/* Tells what is missing before it first. One that was overwritten since it was found is one more of those. */
static enum cursor_answer tell_record(struct cursor *cursor, const struct cursor_entry *entry, struct told *told)
{
    if (!read_told(cursor, entry->number, told)) {
        cursor->missing[GAP_OVERWRITTEN]++;
        return CURSOR_END;
    }
    if (tell_gap(cursor, told, entry->time_ns))
        return CURSOR_GAP;
    account(cursor, told);
    cursor->last_ns = told->record.time_ns;
    watch(cursor, told);
    return CURSOR_RECORD;
}

/* CURSOR_END if there is nothing to tell of this entry, and CURSOR_GAP if it is to be asked again. */
static enum cursor_answer tell_entry(struct cursor *cursor, const struct cursor_entry *entry, struct told *told)
{
    if (entry->what == ENTRY_RECORD)
        return tell_record(cursor, entry, told);
    if (entry->what >= ENTRY_KEPT)
        return tell_kept(cursor, entry, told) ? CURSOR_RECORD : CURSOR_END;
    cursor->missing[entry->what == ENTRY_UNFINISHED ? GAP_UNFINISHED : GAP_DAMAGED]++;
    return CURSOR_END;
}

static enum cursor_answer next_entry(struct cursor *cursor, struct told *told)
{
    if (cursor->is_held)
        return CURSOR_END;
    while (cursor->at < cursor->ready) {
        enum cursor_answer answer = tell_entry(cursor, &cursor->entries[cursor->at], told);
        cursor->at += answer != CURSOR_GAP;
        if (answer != CURSOR_END)
            return answer;
    }
    return tell_gap(cursor, told, 0) ? CURSOR_GAP : CURSOR_END;
}

/* Whether a record that was told has more repetitions to tell: they have ended, or go on for long. */
static bool has_more(struct cursor *cursor, struct cursor_watched *watched, struct told *told)
{
    if (!watched->number || !read_told(cursor, watched->number - 1, told))
        return false;
    if (told->repeats.count != watched->seen) {
        watched->seen = told->repeats.count;
        watched->seen_ns = cursor->now_ns;
    }
    if (watched->seen == watched->told ||
        (cursor->now_ns - watched->seen_ns < CURSOR_QUIET_NS && cursor->now_ns - watched->told_ns < CURSOR_AGAIN_NS))
        return false;
    watched->told = watched->seen;
    watched->told_ns = cursor->now_ns;
    account(cursor, told);
    return true;
}

static bool next_repeated(struct cursor *cursor, struct told *told)
{
    while (cursor->mode != CURSOR_ONCE && cursor->watched_at < CURSOR_WATCHED)
        if (has_more(cursor, &cursor->watched[cursor->watched_at++], told))
            return true;
    return false;
}

/* Repetitions first: they came before what has been found since. */
enum cursor_answer cursor_next(struct cursor *cursor, struct told *told)
{
    return next_repeated(cursor, told) ? CURSOR_REPEATED : next_entry(cursor, told);
}

/* Numbers that are looked at beyond the first record that is found, since claims overlap in time. */
#define NEWEST_AMONG 128

static uint64_t newest_of_lane(const struct ring *ring, uint32_t lane, uint32_t pid)
{
    const uint64_t head = lane_head(ring, lane), slots = lane_slots(ring);
    uint64_t newest = 0, last = slots;
    struct record record;
    for (uint64_t back = 1; back <= head && back <= last; back++) {
        if (ring_read(ring, lane_number(ring, lane, head - back), &record) != RING_RECORD ||
            (pid != 0 && record.pid != pid))
            continue;
        last = newest || back + NEWEST_AMONG > slots ? last : back + NEWEST_AMONG;
        newest = record.time_ns > newest ? record.time_ns : newest;
    }
    return newest;
}

uint64_t cursor_newest(const struct ring *ring, uint32_t pid)
{
    uint64_t newest = 0;
    for (uint32_t lane = 0; lane < ring->lanes; lane++) {
        uint64_t ns = newest_of_lane(ring, lane, pid);
        newest = ns > newest ? ns : newest;
    }
    return newest;
}
