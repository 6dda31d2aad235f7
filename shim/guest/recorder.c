#include "recorder.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../kernel/facts.h"
#include "guest.h"
#include "ring_names.h"

#include "../kernel/async_safe.h"

/* Of a program's name in its start record. */
#define PROGRAM_MOST 23

/*
 * The ring was joined by the constructor, and no record has been appended since. A word: RISC-V exchanges bytes by a
 * function of libatomic's before GCC 14.
 */
static _Atomic uint32_t is_untouched;
/* What own_pid points to before the first record, and where the kernel is too old for more. */
static _Atomic uint32_t nobody, unknown;
struct recorder recorder = {.own_pid = &nobody};
__thread struct recorder_self recorder_self = {.pid = UINT32_MAX};

/*
 * Gets the page that tells a forked child from its parent, at the process's first record: most processes of a preloaded
 * shell make none. Of threads that come at once, one leaves its page. Without memory the next record tries again.
 */
static void get_own_page(void)
{
    _Atomic uint32_t *before = &nobody;
    if (atomic_load_explicit(&recorder.own_pid, memory_order_relaxed) != before)
        return;
    void *page = mmap(NULL, RECORDER_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return;
    bool is_wiped = madvise(page, RECORDER_PAGE, MADV_WIPEONFORK) == 0;
    if (!atomic_compare_exchange_strong(&recorder.own_pid, &before, is_wiped ? page : &unknown) || !is_wiped)
        munmap(page, RECORDER_PAGE);
}

/* open and close are cancellation points, and neither bind nor listen is one: a cancelled thread must get through. */
static int open_ring(struct ring *opened, bool untouched)
{
    int state, saved = errno;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    int error = ring_names_open(opened, guest.place.path,
                                (struct ring_identity){.slots = guest.place.slots,
                                                       .profile = guest.profile_name,
                                                       .diagnostic = guest.diagnostic,
                                                       .untouched = untouched});
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

/*
 * The first records of a process: threads that come at once each open the ring for themselves, write, and one of them
 * leaves its mapping. So none waits and no record is missed.
 */
static bool open_and_append(const struct record *record)
{
    struct ring opened;
    int closed = RECORDER_CLOSED, error = open_ring(&opened, false);
    if (passes(error))
        return false;
    if (error) {
        atomic_compare_exchange_strong(&recorder.state, &closed, RECORDER_FAILED);
        return true;
    }
    ring_append(&opened, record);
    publish(&opened);
    return true;
}

int recorder_join(void)
{
    struct ring opened;
    int error = open_ring(&opened, true);
    if (error)
        return passes(error) ? 0 : error;
    atomic_store(&is_untouched, 1);
    publish(&opened);
    return 0;
}

/* Returns false if the ring cannot be opened now, but perhaps by the next call. */
static bool append(const struct record *record)
{
    int state = atomic_load_explicit(&recorder.state, memory_order_acquire); /* P2, with P1 */
    if (state == RECORDER_OPEN)
        ring_append(&recorder.ring, record);
    else if (state != RECORDER_FAILED)
        return open_and_append(record);
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
                            .asked = getppid(),
                            .given = (int32_t)atomic_exchange_explicit(&guest.missed, 0, memory_order_relaxed),
                            .flags = guest.diagnostic[0] ? RECORD_MISTAKE : 0};
    record_names(&record);
    if (!append(&record))
        atomic_store_explicit(recorder.own_pid, 0, memory_order_relaxed); /* so it is new to the next call */
}

/* Makes `recorder_self` true of this thread of this process; returns whether the process is new to the ring. */
static bool learn_self(void)
{
    uint32_t pid = (uint32_t)getpid();
    int saved = errno;
    get_own_page();
    if (atomic_exchange(&is_untouched, 0))
        ring_touch(&recorder.ring);
    errno = saved;
    recorder_self.tid = (uint32_t)gettid();
    recorder_self.stack_page = recorder_self.static_page = 0;
    atomic_signal_fence(memory_order_seq_cst); /* a handler that finds `pid` right must find the rest right */
    recorder_self.pid = pid;
    _Atomic uint32_t *own_pid = atomic_load_explicit(&recorder.own_pid, memory_order_relaxed);
    return own_pid != &nobody && own_pid != &unknown &&
           atomic_exchange_explicit(own_pid, pid, memory_order_relaxed) != pid;
}

void recorder_append_anew(struct record *record, const void *caller)
{
    if (guest.place.off || !guest.place.path[0])
        return;
    record->time_ns = ring_clock_now(&recorder_self.clock);
    if (!recorder_is_itself() && learn_self())
        append_start(record->time_ns, recorder_self.pid);
    recorder_sign(record, caller);
    append(record);
}

void recorder_append(struct record *record, const void *caller)
{
    recorder_append_here(record, caller);
}

static bool is_on_stack(uintptr_t first)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    return first >= frame && first - frame <= RECORDER_STACK_NEAR;
}

static bool is_in_program(uintptr_t first)
{
    return first >= guest.program_start && first < guest.program_end;
}

/* Asks the kernel unless the page is the one that `known` remembers, or that of our own frame. */
static bool is_readable(const void *memory, size_t size, uintptr_t *known)
{
    const uintptr_t rest = RECORDER_PAGE - 1, first = (uintptr_t)memory, page = first & ~rest;
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
    return is_on_stack((uintptr_t)memory) && is_readable(memory, size, &recorder_self.stack_page);
}

bool recorder_knows_readable(const void *memory, size_t size)
{
    return recorder_knows_writable(memory, size) ||
           (is_in_program((uintptr_t)memory) && is_readable(memory, size, &recorder_self.static_page));
}
