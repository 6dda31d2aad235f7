/* connect: recorded only if the profile or LISTENAS_PROVOKE is about it. */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/time.h>
#include <sys/un.h>

#include "../guest/guest.h"
#include "../guest/known_memory.h"
#include "../guest/provoke.h"
#include "../guest/real.h"
#include "../guest/recorder.h"
#include "../kernel/facts.h"
#include "../kernel/path.h"
#include "../kernel/silence.h"
#include "../rules/connect.h"
#include "calls.h"
#include "hooks.h"
#include "observe.h"

#include "../kernel/async_safe.h"

/*
 * An AF_UNIX connect that does not wait for room: with the shortest SO_SNDTIMEO, which the kernel rounds up to one tick
 * of its clock, so a full queue costs some milliseconds. A negative time-out would cost none, but the kernel warns of
 * it in its log. Processes and threads that share the socket see the time-out meanwhile, and a send of theirs that
 * waits can end early; O_NONBLOCK would change every call of theirs.
 */
static int connect_at_once(int fd, const struct sockaddr *address, socklen_t length)
{
    struct timeval own = {0}, shortest = {.tv_usec = 1};
    socklen_t size = sizeof own;
    int state, result, error;
    if (real.getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &own, &size) != 0 || size != sizeof own)
        return real.connect(fd, address, length);
    /* A thread that is cancelled in between must not leave the time-out behind. */
    real_testcancel();
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &shortest, sizeof shortest);
    result = real.connect(fd, address, length);
    error = errno;
    real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &own, sizeof own);
    pthread_setcancelstate(state, NULL);
    errno = error;
    return result;
}

static bool leads_to_other_file(const struct sockaddr *address, socklen_t length)
{
    struct unix_path path;
    return facts_unix_path(address, length, &path) && facts_is_other_file(&path);
}

/* One call of connect. */
struct connecting {
    int fd;
    const struct sockaddr *address;
    socklen_t length;
    int provoked;  /* the errno that LISTENAS_PROVOKE fails the call with, or 0 */
    bool readable; /* whether `length` bytes of the address can be read, enough for a family and no more than any
                      platform reads */
};

/* The length of the address as the platform reads it: up to the end of an AF_UNIX path. */
static socklen_t used_length(const struct connecting *call)
{
    const socklen_t head = offsetof(struct sockaddr_un, sun_path);
    if (!call->readable || call->address->sa_family != AF_UNIX || call->length <= head)
        return call->length;
    socklen_t shorter =
        unix_length(guest.profile.connect_unix_long_address, (const char *)call->address + head, call->length);
    return shorter ? shorter : call->length;
}

/* For an ordinary address only the history of a TCP socket can matter, and its family shows whether it may be one. */
static struct verdict judge_plain(const struct connecting *call)
{
    const unsigned int needs = guest_needs(CALL_connect, PHASE_BEFORE);
    struct facts facts;
    if (!needs || call->address->sa_family == AF_UNIX || facts_of_tcp(call->fd, needs, &facts) != 0)
        return (struct verdict){.decision = DECIDE_CALL};
    facts.domain = call->address->sa_family;
    return connect_verdict(&guest.profile, &facts, call->address, call->length);
}

/* `dissolves` becomes true if the real call is to be made although the platform reports an error. */
static struct verdict judge_odd(const struct connecting *call, bool *dissolves)
{
    const unsigned int needs = guest_needs(CALL_connect, PHASE_BEFORE) | guest_needs(CALL_connect, PHASE_ODD);
    struct verdict it = {.decision = DECIDE_CALL};
    struct facts facts;
    if (!needs || facts_gather(call->fd, needs, &facts) != 0)
        return it;
    it = connect_length_verdict(&guest.profile, &facts, call->length);
    if (it.decision != DECIDE_CALL || !call->readable)
        return it;
    *dissolves = connect_dissolves(&facts, call->address, call->length);
    return connect_verdict(&guest.profile, &facts, call->address, call->length);
}

/* After the kernel's failure: asks for what was not needed while the call could succeed. */
static struct verdict judge_failure(const struct connecting *call, socklen_t used, int error)
{
    const unsigned int needs = guest_needs(CALL_connect, PHASE_BEFORE) | guest_needs(CALL_connect, PHASE_ODD) |
                               guest_needs(CALL_connect, PHASE_FAILED);
    struct facts facts = {0};
    if (!call->readable || !needs_after(&guest.profile.needs, CALL_connect, error) ||
        (error != EINPROGRESS && facts_gather(call->fd, needs, &facts) != 0))
        return (struct verdict){.decision = DECIDE_CALL};
    bool other = needs & NEED_PATH && error == ECONNREFUSED && leads_to_other_file(call->address, used);
    return connect_failed_verdict(&guest.profile, &facts, call->address, call->length, other, error);
}

/* Returns 0 or the kernel's errno. */
static uint16_t connect_once(const struct connecting *call, socklen_t used)
{
    bool at_once = call->readable && connect_must_not_wait(&guest.profile, call->address->sa_family);
    int result = (at_once ? connect_at_once : real.connect)(call->fd, call->address, used);
    return result == 0 ? 0 : error_of_failure(errno);
}

/*
 * Whether the socket now ignores that nobody listens there, so that the call is to be made again. `*hindrance`: why it
 * should and cannot, an errno.
 */
static bool begin_silence(const struct connecting *call, int error, int *hindrance)
{
    struct facts facts;
    return call->readable && needs_after(&guest.profile.needs, CALL_connect, error) &&
           facts_gather(call->fd, guest_needs(CALL_connect, PHASE_FAILED), &facts) == 0 &&
           connect_may_be_dropped(&guest.profile, &facts) &&
           silence_begin(call->fd, &facts, call->address, call->length, error, hindrance);
}

/* Makes the real call and judges its failure. */
static struct verdict connect_really(const struct connecting *call, struct record *record)
{
    socklen_t used = used_length(call);
    enum key why = KEY_NONE;
    int hindrance = 0;
    uint16_t error = connect_once(call, used);
    bool again = error && begin_silence(call, error, &hindrance);
    record->refuser_error = (uint16_t)hindrance;
    if (again) {
        why = KEY_connect_not_listening;
        error = connect_once(call, used);
    }
    if (!error)
        return (struct verdict){.decision = DECIDE_SUCCEED, .why = why};
    record->kernel_error = error;
    struct verdict it = judge_failure(call, used, error);
    return it.decision == DECIDE_FAIL ? it : (struct verdict){.decision = DECIDE_FAIL, .error = error, .why = why};
}

static bool can_read(const void *address, socklen_t length)
{
    return length >= sizeof(sa_family_t) && length <= ADDRESS_MOST &&
           (memory_known_readable(address, length) || facts_readable(address, length));
}

static int connect_by_rules(const struct connecting *call, const void *caller)
{
    int saved = errno;
    bool dissolves = false;
    struct record record = {.call = CALL_connect, .fd = call->fd};
    bool plain = call->readable && connect_is_plain(&guest.profile, call->address, call->length);
    struct verdict it = plain ? judge_plain(call) : judge_odd(call, &dissolves);
    if (call->provoked && it.decision != DECIDE_FAIL) {
        it = (struct verdict){.decision = DECIDE_FAIL, .error = call->provoked};
        record.flags = RECORD_NOT_CALLED | RECORD_PROVOKED;
    } else if (it.decision == DECIDE_CALL) {
        errno = saved;
        it = connect_really(call, &record);
    } else if (dissolves) {
        real.connect(call->fd, call->address, call->length);
    } else {
        record.flags = RECORD_NOT_CALLED;
    }
    record.key[0] = (uint16_t)it.why;
    record.result = it.decision == DECIDE_FAIL ? -1 : 0;
    record.given_error = (uint16_t)it.error;
    if (call->readable)
        record_address(&record, call->address, call->length);
    recorder_append(&record, caller);
    errno = it.error ? it.error : saved;
    return record.result;
}

static int connect_observed(int fd, const struct sockaddr *address, socklen_t length, const void *caller)
{
    struct ring_case seen;
    bool is_observed = observe(&seen, CALL_connect, fd, caller);
    if (is_observed)
        observe_address(&seen, address, length);
    int result = real.connect(fd, address, length), error = result < 0 ? error_of_failure(errno) : 0;
    if (is_observed && error)
        observe_failure(&seen, fd, address, length, error);
    if (is_observed)
        observe_end(&seen, error, caller);
    return result;
}

int connect_from(int fd, const struct sockaddr *address, socklen_t length, const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.connect(fd, address, length);
    int saved = errno;
    struct connecting call = {
        .fd = fd, .address = address, .length = length, .provoked = provoke_next(CALL_connect, fd)};
    if (guest_leaves(CALL_connect))
        return real.connect(fd, address, length);
    if (guest_observes(CALL_connect) && !guest_provokes(CALL_connect))
        return connect_observed(fd, address, length, caller);
    call.readable = can_read(address, length);
    errno = saved;
    return connect_by_rules(&call, caller);
}

int hook_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    return connect_from(fd, address, length, __builtin_return_address(0));
}
