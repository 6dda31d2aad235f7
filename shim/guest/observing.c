#include "observing.h"

#include <errno.h>
#include <stdatomic.h>

#include "../kernel/need.h"
#include "process.h"
#include "recorder.h"

#include "../kernel/async_safe.h"

/* Of the calls from one place: all of the first, and then one of so many. */
#define ALL_OF_FIRST 1000u
#define THEN_ONE_OF 64u

/* Places that share a counter are looked at more rarely, together. A power of two. */
#define COUNTERS 64u

static struct needs needs;
static _Atomic uint32_t counters[COUNTERS];

static bool is_asked(void)
{
    return guest.profile.record_facts.word == WORD_YES;
}

void observing_begin(void)
{
    needs = (struct needs){0};
    for (enum key key = KEY_NONE + 1; is_asked() && key < KEY_COUNT; key++)
        needs_add_any(&needs, key_rows[key].at);
    for (int call = CALL_start + 1; call < CALL_COUNT; call++) {
        guest.profile.needs.phases[call] &= (uint8_t)~NEEDS_OBSERVED;
        if (needs.phases[call] && !guest_acts((enum call)call))
            guest.profile.needs.phases[call] |= NEEDS_OBSERVED;
    }
}

unsigned int observing_needs(void)
{
    return guest.profile.needs.all | (is_asked() ? NEED_KERNEL_MAX : 0);
}

/* Without what takes a descriptor for a moment: a thread that opens one meanwhile would get another number. */
unsigned int observing_facts(enum call call)
{
    uint32_t all = 0;
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        all |= needs.facts[call][phase];
    return all & ~(uint32_t)(NEED_DESCRIPTORS | NEED_PEER_GONE);
}

bool observing_wants(enum call call, const void *caller)
{
    uint64_t key = caller_key(caller, call) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t before = atomic_fetch_add_explicit(&counters[key >> 32 & (COUNTERS - 1)], 1, memory_order_relaxed);
    return before < ALL_OF_FIRST || before % THEN_ONE_OF == 0;
}

void observing_note(struct ring_case *seen, const void *caller)
{
    int saved = errno;
    recorder_open();
    if (atomic_load_explicit(&recorder.state, memory_order_acquire) == RECORDER_OPEN) { /* P2, with P1 */
        struct record record = {.call = seen->call, .pid = process_pid()};
        record.time_ns = ring_clock_now(&recorder_self.clock);
        seen->seen_ns = record.time_ns;
        seen->pid = record.pid;
        seen->site = (uint16_t)caller_site(&recorder.ring, process_words(), caller, &record);
        ring_case_note(&recorder.ring, seen);
    }
    errno = saved;
}
