/*
 * From a call to the ring.
 */
#ifndef LISTENAS_GUEST_RECORDER_H
#define LISTENAS_GUEST_RECORDER_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "../profile/call.h"
#include "../ring/cases.h"
#include "../ring/likely.h"
#include "callers.h"
#include "guest.h"
#include "listeners.h"
#include "recorder_state.h"

/*
 * Opens the ring now instead of at the first record. Returns 0, also where only the first record can tell, or the
 * errno that no later call will change. Only for the constructor.
 */
int recorder_join(void);

/* Reads what the profile needs of the host's settings, and opens the ring. Keeps errno. */
void recorder_open_anew(void);

/*
 * Opens the ring, where it is to be made, at the first socket that a process makes: a sandbox that a program puts
 * itself into later may allow no file to be opened. Keeps errno; may be called from a signal handler.
 */
static inline void recorder_open(void)
{
    if (unlikely(atomic_load_explicit(&recorder.state, memory_order_relaxed) == RECORDER_CLOSED))
        recorder_open_anew();
}

/*
 * Fills in time, process, thread and caller, and records the call; opens the ring at the process tree's first one.
 * `caller` is the hook's return address. Keeps errno; may be called from a signal handler.
 */
void recorder_append(struct record *record, const void *caller);

/* The same, where `recorder` or `recorder_self` is known not to be ready. */
__attribute__((cold)) void recorder_append_anew(struct record *record, const void *caller);

/*
 * Enters the facts of a call into the ring, if there is one; fills in time, process and site first. `caller` as above.
 * May be called from a signal handler; keeps errno.
 */
void recorder_note_case(struct ring_case *seen, const void *caller);

/* The kernel gives no other. Source: include/linux/err.h, MAX_ERRNO. */
#define ERROR_MOST 4095

/*
 * The error of a call that failed, by the errno that it left. The call may be another library's, or the answer another
 * process's: what can be no error, and would be taken for success or cut to the size of a record's field, is EPROTO.
 */
static inline uint16_t error_of_failure(int error)
{
    return error > 0 && error <= ERROR_MOST ? (uint16_t)error : EPROTO;
}

/* In two pieces: of one that large the compiler makes `rep stos`, which costs as much as the append. */
static inline void record_clear(struct record *record)
{
    memset(record, 0, offsetof(struct record, address));
    memset(record->address, 0, sizeof *record - offsetof(struct record, address));
}

/* Copies an address of `length` bytes, all readable, into the record, as much as there is room for. */
static inline void record_address(struct record *record, const void *address, size_t length)
{
    if (length > sizeof record->address) {
        length = sizeof record->address;
        record->flags |= RECORD_PATH_CUT;
    }
    memcpy(record->address, address, length);
    record->address_length = (uint16_t)length;
}

/* Both at once: what is written in halves is slow to read as one word, as the ring's writer does. */
static inline void recorder_sign(struct record *record)
{
    static_assert(offsetof(struct record, tid) == offsetof(struct record, pid) + sizeof record->pid &&
                      offsetof(struct recorder_self, tid) == sizeof recorder_self.pid,
                  "they lie together");
    memcpy(&record->pid, &recorder_self.pid, sizeof record->pid + sizeof record->tid);
}

/* Looks further than to the thread's last site. The record is signed. */
__attribute__((cold)) uint16_t recorder_find_site(const struct record *record, const void *caller);

/* Where the call came from, once the ring is open: `caller` is the hook's return address. */
static inline uint16_t recorder_site(const struct record *record, const void *caller)
{
    uint64_t site = recorder_self.site ^ caller_key(caller, record->call);
    return likely(site <= CALLER_SITES_MOST) ? (uint16_t)site : recorder_find_site(record, caller);
}

/* The site of a record that has nothing to say of resets; in one word, as above. */
static inline void recorder_sign_site(struct record *record, uint16_t site)
{
    const struct {
        uint32_t reset;
        uint16_t shorten_error, site;
    } word = {0, 0, site};
    static_assert(sizeof word == sizeof(uint64_t) && offsetof(struct record, reset) + sizeof word == sizeof *record,
                  "it is the record's last word");
    memcpy(&record->reset, &word, sizeof word);
}

/*
 * The quick ways of the two functions above, for where it pays to have them inlined: behind a system call, each other
 * function is a miss in the cache.
 */
static inline __attribute__((always_inline)) void recorder_append_accept(struct record *record, const void *caller)
{
    int state = atomic_load_explicit(&recorder.state, memory_order_acquire); /* P2, with P1 */
    if (unlikely(state != RECORDER_OPEN) || unlikely(!recorder_is_itself())) {
        recorder_append_anew(record, caller);
        return;
    }
    record->time_ns = ring_clock_now(&recorder_self.clock);
    recorder_sign(record);
    recorder_sign_site(record, recorder_site(record, caller));
    /* Before the slot is written: an atomic addition waits for the stores before it, and a slot is seldom in a cache.
     */
    listener_count(&recorder.ring, record, &recorder_self.listener, recorder.sample_ns);
    recorder_put(record, unlikely(record->result < 0)); /* two connections are never equal but by chance */
}

#endif
