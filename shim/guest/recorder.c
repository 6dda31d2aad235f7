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
/* The process's own page, which is zeros in a forked child. */
struct own_page {
    _Atomic uint32_t pid;
    _Atomic uint64_t sites[CALLER_REMEMBERED];
};

static_assert(sizeof(struct own_page) <= RECORDER_PAGE, "it is one page");

/* What own_pid points to before the first record, and where the kernel is too old for more. */
static _Atomic uint32_t nobody, unknown;
struct recorder recorder = {.own_pid = &nobody, .sample_ns = UINT64_MAX};
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

/*
 * The first records of a process: threads that come at once each open the ring for themselves, write, and one of them
 * leaves its mapping. So none waits and no record is missed.
 */
static bool open_and_append(struct record *record, const void *caller)
{
    struct ring opened;
    int closed = RECORDER_CLOSED, error = open_ring(&opened, false);
    if (passes(error))
        return false;
    if (error) {
        atomic_compare_exchange_strong(&recorder.state, &closed, RECORDER_FAILED);
        return true;
    }
    record->site = caller ? (uint16_t)caller_site(&opened, NULL, caller, record) : 0;
    uint64_t number = ring_append(&opened, record);
    publish(&opened);
    if (atomic_load_explicit(&recorder.state, memory_order_acquire) == RECORDER_OPEN)
        keep(record, number + 1);
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

uint16_t recorder_find_site(const struct record *record, const void *caller)
{
    _Atomic uint32_t *own = atomic_load_explicit(&recorder.own_pid, memory_order_relaxed);
    struct own_page *page = own == &nobody || own == &unknown ? NULL : (struct own_page *)own;
    uint32_t site = caller_site(&recorder.ring, page ? page->sites : NULL, caller, record);
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
                            .asked = getppid(),
                            .given = (int32_t)atomic_exchange_explicit(&guest.missed, 0, memory_order_relaxed),
                            .flags = guest.diagnostic[0] ? RECORD_MISTAKE : 0};
    record_names(&record);
    if (!append(&record, NULL))
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
