#include "recorder.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "../kernel/host.h"
#include "../ring/settings.h"
#include "guest.h"
#include "observing.h"
#include "process.h"
#include "ring_names.h"

#include "../kernel/async_safe.h"

/* Of a program's name in its start record. */
#define PROGRAM_MOST 23

static_assert(CALLER_REMEMBERED <= PROCESS_WORDS, "the sites of callers are in the process's page");

/* open and close are cancellation points, and neither bind nor listen is one: a cancelled thread must get through. */
static int open_ring(struct ring *opened)
{
    int state, saved = errno;
    process_begin();
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    int error = ring_names_open(opened, guest.place.path,
                                (struct ring_identity){.slots = guest.place.slots,
                                                       .profile = guest.profile_name,
                                                       .diagnostic = guest.diagnostic,
                                                       .cases = guest.profile.record_facts.word == WORD_YES,
                                                       .isolated = guest.place.isolated,
                                                       .untouched = true});
    pthread_setcancelstate(state, NULL);
    errno = saved;
    return error;
}

/* Leaves a mapping for all records to come, or takes it back if another thread was quicker. */
static void publish(struct ring *opened)
{
    int closed = RECORDER_CLOSED;
    if (!atomic_compare_exchange_strong(&recorder.state, &closed, RECORDER_PUBLISHING)) {
        ring_close(opened);
        return;
    }
    recorder.ring = *opened;
    atomic_store_explicit(&recorder.state, RECORDER_OPEN, memory_order_release); /* P1, with P2: the ring is complete */
}

/* A server that is out of descriptors or memory now will have some later. */
static bool passes(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN || error == EINTR;
}

/* Each is told, though two from nowhere to one descriptor are equal. */
static bool is_connection(const struct record *record)
{
    return record->result >= 0 && (record->call == CALL_accept || record->call == CALL_accept4);
}

/* What outlives the events. */
static void keep(const struct record *record, uint64_t number)
{
    if (record->call == CALL_accept || record->call == CALL_accept4)
        listener_count(&recorder.ring, record, &recorder_self.listener, recorder.sample_ns);
    else if (number && record->call == CALL_start)
        ring_keep_process(&recorder.ring, number - 1, record);
    else if (number)
        listener_note(&recorder.ring, number - 1, record);
}

/* A record that says which profile a process goes on as says with which settings. */
static void enter_settings(const struct ring *ring, struct record *record)
{
    if (unlikely(record->call == CALL_start || record->call == CALL_USE))
        record->effective = ring_settings_enter(ring, guest.settings);
}

/*
 * The first records of a process: threads that come at once each open the ring for themselves, write, and one of them
 * leaves its mapping. So none waits and no record is missed.
 */
static bool open_and_append(struct record *record, const void *caller)
{
    struct ring opened;
    int closed = RECORDER_CLOSED, error = open_ring(&opened);
    if (passes(error))
        return false;
    if (error) {
        atomic_compare_exchange_strong(&recorder.state, &closed, RECORDER_FAILED);
        return true;
    }
    record->site = caller ? (uint16_t)caller_site(&opened, NULL, caller, record) : 0;
    enter_settings(&opened, record);
    uint64_t number = ring_append(&opened, record);
    publish(&opened);
    if (atomic_load_explicit(&recorder.state, memory_order_acquire) == RECORDER_OPEN)
        keep(record, number + 1);
    return true;
}

int recorder_join(void)
{
    struct ring opened;
    int error = open_ring(&opened);
    if (error)
        return passes(error) ? 0 : error;
    publish(&opened);
    return 0;
}

static bool is_off(void)
{
    return guest.place.off || !guest.place.path[0];
}

void recorder_open_anew(void)
{
    struct ring opened;
    int closed = RECORDER_CLOSED, saved = errno;
    if (is_off())
        return;
    host_read(observing_needs());
    errno = saved;
    int error = open_ring(&opened);
    if (!error)
        publish(&opened);
    else if (!passes(error))
        atomic_compare_exchange_strong(&recorder.state, &closed, RECORDER_FAILED);
}

uint16_t recorder_find_site(const struct record *record, const void *caller)
{
    uint32_t site = caller_site(&recorder.ring, process_words(), caller, record);
    recorder_self.site = caller_key(caller, record->call) | site;
    return (uint16_t)site;
}

/* `caller` is NULL where no call of the program's is meant. False if the ring cannot be opened now, but perhaps later.
 */
static bool append(struct record *record, const void *caller)
{
    int state = atomic_load_explicit(&recorder.state, memory_order_acquire); /* P2, with P1 */
    if (state == RECORDER_OPEN) {
        record->site = caller ? recorder_site(record, caller) : 0;
        enter_settings(&recorder.ring, record);
        keep(record, recorder_put(record, !is_connection(record)));
    } else if (state != RECORDER_FAILED) {
        return open_and_append(record, caller);
    }
    return true;
}

/* "program\0profile", as much as there is room for; the profile is at the end of a path. */
static void record_names(struct record *record)
{
    const char *profile = guest.profile_name;
    char *names = (char *)record->address;
    size_t program = strnlen(program_invocation_short_name, PROGRAM_MOST), length = strlen(profile);
    size_t room = sizeof record->address - program - 1;
    memcpy(names, program_invocation_short_name, program);
    if (length > room) {
        profile += length - room;
        length = room;
        record->flags |= RECORD_PATH_CUT;
    }
    memcpy(names + program + 1, profile, length); /* NOLINT(bugprone-not-null-terminated-result): its length ends it */
    record->address_length = (uint16_t)(program + 1 + length);
}

/* A process introduces itself before its first call: its program's name, its profile, its parent. */
static void append_start(uint64_t now, uint32_t pid)
{
    struct record record = {.time_ns = now,
                            .pid = pid,
                            .tid = recorder_self.tid,
                            .call = CALL_start,
                            .asked = (int32_t)process_parent(),
                            .given = (int32_t)atomic_exchange_explicit(&guest.missed, 0, memory_order_relaxed),
                            .flags = guest.diagnostic[0] ? RECORD_MISTAKE : 0};
    record_names(&record);
    if (!append(&record, NULL))
        atomic_store_explicit(process_introduced(), 0, memory_order_relaxed); /* so it is new to the next call */
}

/* Makes `recorder_self` true of this thread of this process; returns whether the process is new to the ring. */
static bool learn_self(void)
{
    process_begin();
    _Atomic uint32_t *introduced = process_introduced();
    uint32_t pid = process_pid();
    recorder_self.tid = process_thread();
    recorder_self.stack_page = 0;
    recorder_self.writer = (struct ring_writer){0}; /* a forked child's is its parent's */
    atomic_signal_fence(memory_order_seq_cst);      /* a handler that finds `pid` right must find the rest right */
    recorder_self.pid = pid;
    if (!introduced)
        return false;
    atomic_store_explicit(&recorder.own_pid, introduced, memory_order_relaxed);
    return atomic_exchange_explicit(introduced, pid, memory_order_relaxed) != pid;
}

void recorder_append_anew(struct record *record, const void *caller)
{
    if (is_off())
        return;
    record->time_ns = ring_clock_now(&recorder_self.clock);
    if (!recorder_is_itself() && learn_self())
        append_start(record->time_ns, recorder_self.pid);
    recorder_sign(record);
    append(record, caller);
}

void recorder_append(struct record *record, const void *caller)
{
    int state = atomic_load_explicit(&recorder.state, memory_order_acquire); /* P2, with P1 */
    if (state != RECORDER_OPEN || !recorder_is_itself()) {
        recorder_append_anew(record, caller);
        return;
    }
    record->time_ns = ring_clock_now(&recorder_self.clock);
    recorder_sign(record);
    append(record, caller);
}

void recorder_note_case(struct ring_case *seen, const void *caller)
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
