#include "keep.h"

#include <string.h>

#include "append.h"
#include "history.h"

#define ERROR_SHIFT 48

void ring_keep(struct ring_kept *kept, uint64_t number, const struct record *record)
{
    uint64_t sum = 0;
    atomic_store_explicit(&kept->stamp, SLOT_BUSY, memory_order_relaxed);
    for (unsigned int i = 0; i < RECORD_WORDS; i++) {
        uint64_t word = record_word(record, i);
        sum += stamp_term(word, i);
        atomic_store_explicit(&kept->words[i], word, memory_order_release); /* K1, with K3 */
    }
    atomic_store_explicit(&kept->stamp, stamp_of(number, sum), memory_order_release);
    atomic_store_explicit(&kept->number, number + 1, memory_order_release); /* K2, with K3 */
}

bool ring_kept(const struct ring_kept *kept, uint64_t *number, struct record *record)
{
    uint64_t words[RECORD_WORDS], sum = 0;
    uint64_t next = atomic_load_explicit(&kept->number, memory_order_acquire); /* K3, with K2 */
    uint64_t before = atomic_load_explicit(&kept->stamp, memory_order_acquire);
    for (unsigned int i = 0; i < RECORD_WORDS; i++) {
        words[i] = atomic_load_explicit(&kept->words[i], memory_order_acquire); /* K3, with K1 */
        sum += stamp_term(words[i], i);
    }
    uint64_t after = atomic_load_explicit(&kept->stamp, memory_order_relaxed);
    if (next == 0 || before != after || before != stamp_of(next - 1, sum))
        return false;
    *number = next - 1;
    memcpy(record, words, sizeof *record);
    return true;
}

const struct ring_process *ring_process(const struct ring *ring, uint32_t number)
{
    const struct ring_part *part = &ring->tables[TABLE_PROCESSES];
    return number > 0 && number <= part->entries
               ? (const struct ring_process *)(part->first + (size_t)(number - 1) * part->stride)
               : NULL;
}

static bool has_listener(const struct ring *ring, uint64_t pid)
{
    const struct ring_listener *listener;
    for (uint32_t number = 1; pid && (listener = ring_listener(ring, number)); number++)
        if (atomic_load_explicit(&listener->owner, memory_order_relaxed) >> 32 == pid &&
            atomic_load_explicit(&listener->state, memory_order_relaxed) == LISTENER_LISTENS)
            return true;
    return false;
}

void ring_keep_process(const struct ring *ring, uint64_t number, const struct record *start)
{
    const uint32_t entries = ring->tables[TABLE_PROCESSES].entries;
    for (uint32_t probe = 0; probe < entries; probe++) {
        uint64_t turn = atomic_fetch_add_explicit(&ring->header->processes, 1, memory_order_relaxed);
        struct ring_process *place = (struct ring_process *)ring_process(ring, (uint32_t)(turn % entries) + 1);
        if (has_listener(ring, atomic_load_explicit(&place->pid, memory_order_relaxed)))
            continue;
        atomic_store_explicit(&place->pid, start->pid, memory_order_relaxed);
        ring_keep(&place->start, number, start);
        return;
    }
}

static bool claim(struct ring_listener *listener, uint64_t from)
{
    return atomic_compare_exchange_strong_explicit(&listener->state, &from, LISTENER_CLAIMED, memory_order_acquire,
                                                   memory_order_relaxed);
}

/* The number of the one in this state that was made first, 0 if there is none. */
static uint32_t oldest(const struct ring *ring, uint64_t state)
{
    const struct ring_listener *listener;
    uint64_t earliest = UINT64_MAX;
    uint32_t found = 0;
    for (uint32_t number = 1; (listener = ring_listener(ring, number)); number++) {
        uint64_t since = atomic_load_explicit(&listener->since_ns, memory_order_relaxed);
        if (atomic_load_explicit(&listener->state, memory_order_relaxed) != state || since >= earliest)
            continue;
        earliest = since;
        found = number;
    }
    return found;
}

static uint32_t claim_oldest(const struct ring *ring, uint64_t state)
{
    for (uint32_t number; (number = oldest(ring, state));)
        if (claim(ring_listener(ring, number), state))
            return number;
    return 0;
}

static uint32_t claim_gone(const struct ring *ring, listener_is_gone is_gone)
{
    struct ring_listener *listener;
    for (uint32_t number = 1; (listener = ring_listener(ring, number)); number++)
        if (is_gone(atomic_load_explicit(&listener->owner, memory_order_relaxed),
                    atomic_load_explicit(&listener->cookie, memory_order_relaxed)) &&
            claim(listener, LISTENER_LISTENS))
            return number;
    return 0;
}

static uint32_t find_place(const struct ring *ring, listener_is_gone is_gone)
{
    uint32_t number = claim_oldest(ring, LISTENER_FREE);
    if (number)
        return number;
    number = claim_oldest(ring, LISTENER_DEAD);
    if (!number)
        number = claim_oldest(ring, LISTENER_BOUND);
    if (!number)
        number = claim_gone(ring, is_gone);
    atomic_fetch_add_explicit(number ? &ring->header->listeners_gone : &ring->header->listeners_missed, 1,
                              memory_order_relaxed);
    return number;
}

/* All but the state. */
static void clear(struct ring_listener *listener)
{
    _Atomic uint64_t *const words[] = {
        &listener->life,        &listener->accepted, &listener->last_ns, &listener->sampled_ns, &listener->full_from,
        &listener->failed,      &listener->owner,    &listener->cookie,  &listener->since_ns,   &listener->samples,
        &listener->length,      &listener->highest,  &listener->drops,   &listener->drops_told, &listener->full_times,
        &listener->turned_away, &listener->waits};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        atomic_store_explicit(words[i], 0, memory_order_relaxed);
    for (int i = 0; i < LISTENER_ERRORS; i++)
        atomic_store_explicit(&listener->errors[i], 0, memory_order_relaxed);
    for (int call = 0; call < LISTENER_MADE_BY; call++)
        atomic_store_explicit(&listener->made_by[call].number, 0, memory_order_relaxed);
}

void ring_listener_set(struct ring_listener *listener, enum listener_state state)
{
    bool lives = state == LISTENER_LISTENS;
    atomic_store_explicit(&listener->life, lives ? atomic_load_explicit(&listener->since_ns, memory_order_relaxed) : 0,
                          memory_order_relaxed);
    atomic_store_explicit(&listener->state, state, memory_order_release);
}

uint32_t ring_listener_claim(const struct ring *ring, uint64_t owner, uint64_t now_ns, listener_is_gone is_gone)
{
    uint32_t number = find_place(ring, is_gone);
    struct ring_listener *listener = ring_listener(ring, number);
    if (!listener)
        return 0;
    if (atomic_load_explicit(&listener->samples, memory_order_relaxed))
        ring_history_clear(ring, listener);
    clear(listener);
    atomic_store_explicit(&listener->owner, owner, memory_order_relaxed);
    atomic_store_explicit(&listener->since_ns, now_ns, memory_order_relaxed);
    return number;
}

/* In the place that has this errno, or in a free one; all that find none are counted in the last, by no errno. */
void ring_listener_failed(struct ring_listener *listener, unsigned int error)
{
    atomic_fetch_add_explicit(&listener->failed, 1, memory_order_relaxed);
    for (int i = 0; i < LISTENER_ERRORS - 1; i++) {
        uint64_t word = atomic_load_explicit(&listener->errors[i], memory_order_relaxed);
        if (word == 0 &&
            atomic_compare_exchange_strong_explicit(&listener->errors[i], &word, (uint64_t)error << ERROR_SHIFT,
                                                    memory_order_relaxed, memory_order_relaxed))
            word = (uint64_t)error << ERROR_SHIFT;
        if (word >> ERROR_SHIFT == error) {
            atomic_fetch_add_explicit(&listener->errors[i], 1, memory_order_relaxed);
            return;
        }
    }
    atomic_fetch_add_explicit(&listener->errors[LISTENER_ERRORS - 1], 1, memory_order_relaxed);
}

uint32_t ring_listener_find(const struct ring *ring, uint64_t cookie)
{
    const struct ring_listener *listener;
    for (uint32_t number = 1; cookie && (listener = ring_listener(ring, number)); number++)
        if (atomic_load_explicit(&listener->cookie, memory_order_relaxed) == cookie &&
            atomic_load_explicit(&listener->state, memory_order_relaxed) == LISTENER_LISTENS)
            return number;
    return 0;
}
