#include "listeners.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../kernel/facts.h"
#include "../kernel/system.h"
#include "guest.h"
#include "queue_samples.h"

#include "../kernel/async_safe.h"

_Atomic uint32_t listener_hints[HINTS];

static uint64_t owner_of(const struct record *record)
{
    return (uint64_t)record->pid << 32 | (uint32_t)record->fd;
}

static _Atomic uint32_t *hint_of(int fd)
{
    return &listener_hints[(uint32_t)fd % HINTS];
}

static void set_hint(int fd, uint32_t number)
{
    atomic_store_explicit(hint_of(fd), (uint32_t)fd << HINT_NUMBER_BITS | number, memory_order_relaxed);
}

/* 0 if nothing is known, HINT_NONE if the ring does not have it. */
static uint32_t hinted(int fd)
{
    uint32_t number = atomic_load_explicit(hint_of(fd), memory_order_relaxed) ^ (uint32_t)fd << HINT_NUMBER_BITS;
    return number <= HINT_NUMBER ? number : 0;
}

/* A socket of this process is there as long as its descriptor still is that socket; another process as long as it runs.
 */
static bool is_gone(uint64_t owner, uint64_t cookie)
{
    pid_t pid = (pid_t)(owner >> 32);
    if ((uint32_t)pid == recorder_self.pid)
        return facts_cookie((int)(uint32_t)owner) != cookie;
    return system_call(SYS_kill, pid, 0) != 0 && errno == ESRCH;
}

/* Nobody is asked. */
static bool is_there(uint64_t owner, uint64_t cookie)
{
    (void)owner;
    (void)cookie;
    return false;
}

/*
 * Whether the library may ask the kernel who a listener is. Where listen is the kernel's alone it does not, since a
 * sandbox may forbid that, unless the operator has it look at queues.
 */
static bool asks(void)
{
    return guest_acts(CALL_listen) || recorder.sample_ns != UINT64_MAX;
}

/* The socket that had the descriptor before is not there any more, as far as this process can tell. */
static uint32_t claim_for(const struct ring *ring, const struct record *record)
{
    uint32_t before = hinted(record->fd);
    struct ring_listener *listener = ring_listener(ring, before);
    if (listener && atomic_load_explicit(&listener->owner, memory_order_relaxed) == owner_of(record))
        ring_listener_set(listener, LISTENER_DEAD);
    uint32_t number = ring_listener_claim(ring, owner_of(record), record->time_ns, asks() ? is_gone : is_there);
    set_hint(record->fd, number && number < HINT_NONE ? number : HINT_NONE);
    return number;
}

static void note_bind(const struct ring *ring, uint64_t number, const struct record *record)
{
    struct ring_listener *listener = ring_listener(ring, claim_for(ring, record));
    if (!listener) { /* no listener yet: listen asks again, and counts it */
        atomic_fetch_sub_explicit(&ring->header->listeners_missed, 1, memory_order_relaxed);
        return;
    }
    ring_keep(&listener->made_by[MADE_BY_BIND], number, record);
    ring_listener_set(listener, LISTENER_BOUND);
}

/* The place that bind has claimed for the socket, or that an earlier listen, maybe another process's, had. */
static struct ring_listener *listener_for(const struct ring *ring, const struct record *record, uint64_t cookie)
{
    struct ring_listener *listener = ring_listener(ring, hinted(record->fd));
    uint64_t owner = listener ? atomic_load_explicit(&listener->owner, memory_order_relaxed) : 0;
    uint64_t known = listener ? atomic_load_explicit(&listener->cookie, memory_order_relaxed) : 0;
    if (listener && (!asks() || (known ? known == cookie : owner == owner_of(record))))
        return listener;
    uint32_t number = ring_listener_find(ring, cookie);
    if (number && number < HINT_NONE)
        set_hint(record->fd, number);
    else
        number = claim_for(ring, record);
    return ring_listener(ring, number);
}

static void note_listen(const struct ring *ring, uint64_t number, const struct record *record)
{
    uint64_t cookie = asks() ? facts_cookie(record->fd) : 0;
    struct ring_listener *listener = listener_for(ring, record, cookie);
    if (!listener)
        return;
    atomic_store_explicit(&listener->owner, owner_of(record), memory_order_relaxed);
    atomic_store_explicit(&listener->cookie, cookie, memory_order_relaxed);
    ring_keep(&listener->made_by[MADE_BY_LISTEN], number, record);
    ring_listener_set(listener, LISTENER_LISTENS);
}

void listener_note(const struct ring *ring, uint64_t number, const struct record *record)
{
    struct ring_listener *listener = NULL;
    int saved = errno;
    if (record->result < 0)
        return;
    if (record->call == CALL_bind)
        note_bind(ring, number, record);
    else if (record->call == CALL_listen)
        note_listen(ring, number, record);
    else if (record->call == CALL_setsockopt)
        listener = ring_listener(ring, hinted(record->fd));
    if (listener)
        ring_keep(&listener->made_by[MADE_BY_OPTION], number, record);
    errno = saved;
}

/* --- names --- */

/* The kept record with the listener's name: of listen, which comes later, or of bind. */
static struct ring_kept *named_by(int fd, uint64_t *number, struct record *record)
{
    struct ring_listener *listener = NULL;
    if (atomic_load_explicit(&recorder.state, memory_order_acquire) == RECORDER_OPEN)
        listener = ring_listener(&recorder.ring, hinted(fd));
    if (listener && ring_kept(&listener->made_by[MADE_BY_LISTEN], number, record))
        return &listener->made_by[MADE_BY_LISTEN];
    if (listener && ring_kept(&listener->made_by[MADE_BY_BIND], number, record))
        return &listener->made_by[MADE_BY_BIND];
    return NULL;
}

static void copy_name(struct record *to, const struct record *from)
{
    memcpy(to->address, from->address, sizeof to->address);
    to->address_length = from->address_length;
    to->flags = (uint16_t)(to->flags | (from->flags & RECORD_PATH_CUT));
}

bool listener_name(int fd, struct record *record)
{
    uint64_t number;
    struct record kept;
    if (!named_by(fd, &number, &kept))
        return false;
    copy_name(record, &kept);
    return true;
}

bool listener_lacks_port(int fd)
{
    uint64_t number;
    struct record kept;
    struct sockaddr_in in = {0};
    const size_t head = offsetof(struct sockaddr_in, sin_addr); /* the port is at the same place of sockaddr_in6 */
    if (likely(!hinted(fd)) || !named_by(fd, &number, &kept))
        return false;
    if (kept.address_length < head)
        return true;
    memcpy(&in, kept.address, head);
    return (in.sin_family == AF_INET || in.sin_family == AF_INET6) && in.sin_port == 0;
}

void listener_note_name(const struct record *record)
{
    uint64_t number;
    struct record kept;
    struct ring_kept *place = named_by(record->fd, &number, &kept);
    if (!place)
        return;
    copy_name(&kept, record);
    ring_keep(place, number, &kept);
}

void listener_forget(int fd)
{
    struct ring_listener *listener;
    const struct record own = {.pid = recorder_self.pid, .fd = fd};
    if (likely(!hinted(fd)))
        return;
    if (recorder_is_itself() && (listener = ring_listener(&recorder.ring, hinted(fd))) &&
        atomic_load_explicit(&listener->owner, memory_order_relaxed) == owner_of(&own))
        ring_listener_set(listener, LISTENER_DEAD);
    atomic_store_explicit(hint_of(fd), 0, memory_order_relaxed);
}

/* --- accept --- */

/* What is no listener has no place here. */
static bool is_no_listener(const struct record *record)
{
    unsigned int error = record->result < 0 ? record->kernel_error : 0;
    return error == EBADF || error == ENOTSOCK || error == EINVAL || error == EOPNOTSUPP;
}

static void remember(struct listener_known *known, struct ring_listener *listener, int fd)
{
    known->listener = NULL;
    atomic_signal_fence(memory_order_seq_cst); /* a handler that comes between knows none */
    known->fd = fd;
    known->life = atomic_load_explicit(&listener->life, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    known->listener = known->life ? listener : NULL;
}

bool listener_look(struct ring_listener *listener, const struct record *record, struct listener_known *known)
{
    int saved = errno;
    bool is_same = queue_sample(listener, record);
    errno = saved;
    if (!is_same) {
        known->listener = NULL;
        atomic_store_explicit(hint_of(record->fd), 0, memory_order_relaxed);
    }
    return is_same;
}

/* The listener by its hint; where the queue may be asked, also by its cookie, at the first call. */
static struct ring_listener *find(const struct ring *ring, int fd, bool may_ask)
{
    uint32_t number = hinted(fd);
    int saved = errno;
    if (number == 0 && may_ask && fd >= 0) {
        number = ring_listener_find(ring, facts_cookie(fd));
        set_hint(fd, number && number < HINT_NONE ? number : HINT_NONE);
        errno = saved;
    }
    return number == HINT_NONE ? NULL : ring_listener(ring, number);
}

/* A call that found the queue empty, as most failures do, has seen the end of its being full. */
static bool is_over(const struct ring_listener *listener, const struct record *record)
{
    return record->result < 0 && atomic_load_explicit(&listener->full_from, memory_order_relaxed);
}

void listener_count_anew(const struct ring *ring, const struct record *record, struct listener_known *known,
                         uint64_t sample_ns)
{
    if (is_no_listener(record)) {
        known->listener = NULL;
        if (hinted(record->fd))
            atomic_store_explicit(hint_of(record->fd), 0, memory_order_relaxed);
        return;
    }
    struct ring_listener *listener = find(ring, record->fd, sample_ns != UINT64_MAX);
    if (listener && sample_ns != UINT64_MAX &&
        (is_over(listener, record) || listener_is_due(listener, record->time_ns, sample_ns)) &&
        !listener_look(listener, record, known))
        listener = find(ring, record->fd, true);
    if (!listener)
        return;
    if (record->result < 0)
        ring_listener_failed(listener, record->given_error);
    else
        atomic_fetch_add_explicit(&listener->accepted, 1, memory_order_relaxed);
    atomic_store_explicit(&listener->last_ns, record->time_ns, memory_order_relaxed);
    remember(known, listener, record->fd);
}
