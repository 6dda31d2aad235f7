#include "recorder.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../facts/facts.h"
#include "birth.h"
#include "guest.h"

#include "careful.h"

#define PAGE 4096u
/* A caller's variable is not farther up the stack than this. */
#define STACK_NEAR 65536u
/* Of a program's name in its start record. */
#define PROGRAM_MOST 23

/* What this thread knows of itself. `pid` tells whether a fork has made the rest stale. */
static __thread struct {
    uint32_t pid, tid;
    uintptr_t stack_page, static_page; /* known to be readable */
} self;

/*
 * The process's own pid, in a page that the kernel gives to a forked child as zeros: so a child made by any kind of
 * fork finds out, without a system call in the parent and without an atfork handler. NULL if the kernel is too old. A
 * child of vfork shares the page with its parent, and what it calls before it executes another program is recorded as
 * the parent's.
 */
static _Atomic uint32_t *own_pid;

enum { RING_CLOSED, RING_PUBLISHING, RING_OPEN, RING_FAILED };

static _Atomic int ring_state;
static struct ring ring; /* written once, between RING_PUBLISHING and RING_OPEN */

void recorder_start(void)
{
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return;
    if (madvise(page, PAGE, MADV_WIPEONFORK) == 0)
        own_pid = page;
    else
        munmap(page, PAGE);
}

/* open and close are cancellation points, and neither bind nor listen is one: a cancelled thread must get through. */
static int open_ring(struct ring *opened)
{
    int state, saved = errno;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    int error = birth_open(
        opened, guest.place.path,
        (struct ring_birth){.slots = guest.place.slots, .profile = guest.book.name, .complaint = guest.complaint});
    pthread_setcancelstate(state, NULL);
    errno = saved;
    return error;
}

/* Leaves a mapping for all records to come, or takes it back if another thread was quicker. */
static void publish(struct ring *opened)
{
    int closed = RING_CLOSED;
    if (!atomic_compare_exchange_strong(&ring_state, &closed, RING_PUBLISHING)) {
        ring_close(opened);
        return;
    }
    ring = *opened;
    atomic_store_explicit(&ring_state, RING_OPEN, memory_order_release); /* P1, with P2: `ring` is complete */
}

/* A server that is out of descriptors or memory now will have some later. */
static bool passes(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN || error == EINTR;
}

/*
 * The first records of a process: threads that come at once each open the ring for themselves, write, and one of them
 * leaves its mapping. So none waits and no record is missed.
 */
static bool open_and_append(const struct record *record)
{
    struct ring opened;
    int closed = RING_CLOSED, error = open_ring(&opened);
    if (passes(error))
        return false;
    if (error) {
        atomic_compare_exchange_strong(&ring_state, &closed, RING_FAILED);
        return true;
    }
    ring_append(&opened, record);
    publish(&opened);
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

/* Returns false if the ring cannot be opened now, but perhaps by the next call. */
static bool append(const struct record *record)
{
    int state = atomic_load_explicit(&ring_state, memory_order_acquire); /* P2, with P1 */
    if (state == RING_OPEN)
        ring_append(&ring, record);
    else if (state != RING_FAILED)
        return open_and_append(record);
    return true;
}

/* "program\0profile", as much as there is room for; the profile is at the end of a path. */
static void record_names(struct record *record)
{
    const char *profile = guest.book.name;
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
                            .tid = self.tid,
                            .call = CALL_start,
                            .asked = getppid(),
                            .flags = guest.complaint[0] ? RECORD_MISTAKE : 0};
    record_names(&record);
    if (!append(&record))
        atomic_store_explicit(own_pid, 0, memory_order_relaxed); /* so it is new to the next call */
}

/* Makes `self` true of this thread of this process; returns whether the process is new to the ring. */
static bool learn_self(void)
{
    uint32_t pid = (uint32_t)getpid();
    self.tid = (uint32_t)gettid();
    self.stack_page = self.static_page = 0;
    atomic_signal_fence(memory_order_seq_cst); /* a handler that finds `pid` right must find the rest right */
    self.pid = pid;
    return own_pid && atomic_exchange_explicit(own_pid, pid, memory_order_relaxed) != pid;
}

void recorder_append(struct record *record, const void *caller)
{
    struct timespec now;
    if (guest.place.off || !guest.place.path[0])
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    record->time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    if (!own_pid || self.pid == 0 || self.pid != atomic_load_explicit(own_pid, memory_order_relaxed)) {
        if (learn_self())
            append_start(record->time_ns, self.pid);
    }
    record->pid = self.pid;
    record->tid = self.tid;
    record->caller = (uintptr_t)caller;
    if (record->caller >= guest.program_start && record->caller < guest.program_end) {
        record->caller -= guest.program_start;
        record->flags |= RECORD_OWN_CALLER;
    }
    append(record);
}

void record_address(struct record *record, const void *address, size_t length)
{
    if (length > sizeof record->address) {
        length = sizeof record->address;
        record->flags |= RECORD_PATH_CUT;
    }
    memcpy(record->address, address, length);
    record->address_length = (uint16_t)length;
}

static bool is_on_stack(uintptr_t first)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    return first >= frame && first - frame <= STACK_NEAR;
}

static bool is_in_program(uintptr_t first)
{
    return first >= guest.program_start && first < guest.program_end;
}

/* Asks the kernel unless the page is the one that `known` remembers, or that of our own frame. */
static bool is_readable(const void *memory, size_t size, uintptr_t *known)
{
    const uintptr_t rest = PAGE - 1, first = (uintptr_t)memory, page = first & ~rest;
    if (((first + size - 1) & ~rest) != page)
        return false;
    if (page == *known || page == ((uintptr_t)__builtin_frame_address(0) & ~rest))
        return true;
    int saved = errno;
    bool readable = facts_readable(memory, size);
    errno = saved;
    if (readable)
        *known = page;
    return readable;
}

bool recorder_knows_writable(const void *memory, size_t size)
{
    return is_on_stack((uintptr_t)memory) && is_readable(memory, size, &self.stack_page);
}

bool recorder_knows_readable(const void *memory, size_t size)
{
    return recorder_knows_writable(memory, size) ||
           (is_in_program((uintptr_t)memory) && is_readable(memory, size, &self.static_page));
}
