#include "history.h"

#define FIRST_SHIFT 27
#define LEVEL_SHIFT 2
/* Of `depth`: bits 63-24 the number of the span plus 1, 23-0 the most that waited. */
#define NUMBER_SHIFT 24
#define WAITED_MOST ((UINT64_C(1) << NUMBER_SHIFT) - 1)
/* Of `sum`: bits 63-40 how many fit, 39-0 how many were accepted. */
#define HOLDS_SHIFT 40
#define HOLDS_MOST ((UINT64_C(1) << (64 - HOLDS_SHIFT)) - 1)
#define ACCEPTED_MOST ((UINT64_C(1) << HOLDS_SHIFT) - 1)

static struct ring_history *history_of(const struct ring *ring, const struct ring_listener *listener)
{
    const struct ring_part *part = &ring->tables[TABLE_HISTORIES];
    const struct ring_part *listeners = &ring->tables[TABLE_LISTENERS];
    size_t index = (size_t)((const char *)listener - listeners->first) / listeners->stride;
    return index < part->entries ? (struct ring_history *)(part->first + index * part->stride) : NULL;
}

static unsigned int shift_of(unsigned int level)
{
    return FIRST_SHIFT + level * LEVEL_SHIFT;
}

static uint64_t at_most(uint64_t number, uint64_t most)
{
    return number < most ? number : most;
}

static void note(struct ring_span *span, uint64_t number, const struct history_look *look)
{
    uint64_t depth = atomic_load_explicit(&span->depth, memory_order_relaxed);
    uint64_t waited = at_most(look->waited, WAITED_MOST);
    if (depth >> NUMBER_SHIFT != number + 1)
        atomic_store_explicit(&span->depth, 0, memory_order_relaxed); /* H1 */
    else if (waited < (depth & WAITED_MOST))
        waited = depth & WAITED_MOST;
    atomic_store_explicit(&span->sum,
                          at_most(look->holds, HOLDS_MOST) << HOLDS_SHIFT | at_most(look->accepted, ACCEPTED_MOST),
                          memory_order_release);                                                      /* H2 */
    atomic_store_explicit(&span->depth, (number + 1) << NUMBER_SHIFT | waited, memory_order_release); /* H3 */
}

void ring_history_note(const struct ring *ring, const struct ring_listener *listener, const struct history_look *look)
{
    struct ring_history *history = history_of(ring, listener);
    if (!history || look->now_ns < ring->header->born_ns) /* the clock was set back */
        return;
    for (unsigned int level = 0; level < HISTORY_LEVELS; level++) {
        uint64_t number = (look->now_ns - ring->header->born_ns) >> shift_of(level);
        note(&history->spans[level][number % HISTORY_SPANS], number, look);
    }
}

void ring_history_clear(const struct ring *ring, const struct ring_listener *listener)
{
    struct ring_history *history = history_of(ring, listener);
    for (unsigned int level = 0; history && level < HISTORY_LEVELS; level++)
        for (unsigned int i = 0; i < HISTORY_SPANS; i++)
            atomic_store_explicit(&history->spans[level][i].depth, 0, memory_order_relaxed);
}

bool ring_has_history(const struct ring *ring, const struct ring_listener *listener)
{
    return history_of(ring, listener) != NULL;
}

bool ring_history_span(const struct ring *ring, const struct ring_listener *listener, unsigned int level,
                       unsigned int index, struct history_span *found)
{
    struct ring_history *history = history_of(ring, listener);
    if (!history || level >= HISTORY_LEVELS || index >= HISTORY_SPANS)
        return false;
    struct ring_span *span = &history->spans[level][index];
    uint64_t depth = atomic_load_explicit(&span->depth, memory_order_acquire); /* H4, with H3 */
    uint64_t sum = atomic_load_explicit(&span->sum, memory_order_acquire);     /* H4, with H2 */
    uint64_t again = atomic_load_explicit(&span->depth, memory_order_relaxed);
    uint64_t number = (depth >> NUMBER_SHIFT) - 1, length = UINT64_C(1) << shift_of(level);
    bool is_there = depth >> NUMBER_SHIFT && depth >> NUMBER_SHIFT == again >> NUMBER_SHIFT &&
                    number % HISTORY_SPANS == index && number < (UINT64_MAX - ring->header->born_ns) / length - 1;
    if (!is_there)
        return false;
    *found = (struct history_span){.from_ns = ring->header->born_ns + number * length,
                                   .to_ns = ring->header->born_ns + (number + 1) * length,
                                   .waited = again & WAITED_MOST,
                                   .holds = sum >> HOLDS_SHIFT,
                                   .accepted = sum & ACCEPTED_MOST};
    return true;
}
