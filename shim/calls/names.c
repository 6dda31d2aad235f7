/*
 * getsockname and getpeername: recorded only if the platform changes the answer, or the answer tells a listener's
 * port, which the library has not asked for.
 */
#include <errno.h>
#include <string.h>

#include "../guest/guest.h"
#include "../guest/known_memory.h"
#include "../guest/listeners.h"
#include "../guest/real.h"
#include "../guest/recorder.h"
#include "../kernel/facts.h"
#include "../rules/names.h"
#include "calls.h"
#include "hooks.h"
#include "observe.h"

#include "../kernel/async_safe.h"

struct naming {
    enum call name;
    int fd;
    struct sockaddr *address;
    socklen_t *length;
    bool knows_room;
    socklen_t room; /* the value of *length before the call */
    const void *caller;
};

/* Whether it is an AF_UNIX name; the kernel has just written `filled` bytes of it. */
static bool is_local(const struct naming *call, socklen_t filled)
{
    return filled >= sizeof(sa_family_t) && call->address->sa_family == AF_UNIX;
}

/* Gives the name the platform's form. The kernel has just written *length, so it can be written again. */
static void judge_length(const struct naming *call)
{
    socklen_t length = *call->length, written = length < call->room ? length : call->room;
    struct name_length it = name_length(&guest.profile, is_local(call, written), length, call->room);
    if (it.filled > written && facts_writable((char *)call->address + written, it.filled - written))
        memset((char *)call->address + written, 0, it.filled - written);
    *call->length = it.told;
}

static struct verdict judge(const struct naming *call)
{
    unsigned int needs = guest_needs(call->name, PHASE_BEFORE);
    struct facts facts;
    if (call->name == CALL_getpeername)
        return peer_name_verdict(&guest.profile, needs & NEED_PEER_GONE && facts_peer_is_gone(call->fd));
    if (needs && facts_gather(call->fd, needs, &facts) == 0)
        return socket_name_verdict(&guest.profile, &facts);
    return (struct verdict){.decision = DECIDE_CALL};
}

static int fail(const struct naming *call, const struct verdict *it)
{
    struct record record = {.call = (uint16_t)call->name,
                            .fd = call->fd,
                            .result = -1,
                            .given_error = (uint16_t)it->error,
                            .flags = RECORD_NOT_CALLED};
    record.key[0] = (uint16_t)it->why;
    recorder_append(&record, call->caller);
    errno = it->error;
    return -1;
}

static int name_by_rules(struct naming *call)
{
    int saved = errno;
    struct verdict it = judge(call);
    if (it.decision == DECIDE_FAIL)
        return fail(call, &it);
    call->knows_room = call->address && call->length && facts_readable(call->length, sizeof *call->length);
    if (call->knows_room)
        call->room = *call->length;
    errno = saved;
    int result = call->name == CALL_getsockname ? real.getsockname(call->fd, call->address, call->length)
                                                : real.getpeername(call->fd, call->address, call->length);
    if (result == 0 && call->knows_room) {
        judge_length(call);
        errno = saved;
    }
    return result;
}

static void note_name(const struct naming *call)
{
    struct record record = {.call = CALL_getsockname, .fd = call->fd};
    record_address(&record, call->address, *call->length < call->room ? *call->length : call->room);
    listener_note_name(&record);
    recorder_append(&record, call->caller);
}

static int name_plainly(struct naming *call)
{
    call->knows_room = listener_lacks_port(call->fd) && memory_known_readable(call->length, sizeof *call->length);
    if (call->knows_room)
        call->room = *call->length;
    int result = real.getsockname(call->fd, call->address, call->length);
    if (result == 0 && call->knows_room)
        note_name(call);
    return result;
}

/* `plainly` makes the call. The kernel has just written *length. */
static int name_observed(struct naming *call, int (*plainly)(struct naming *call))
{
    struct ring_case seen;
    bool is_observed = observe(&seen, call->name, call->fd, call->caller);
    bool knows_room = is_observed && call->length && memory_known_readable(call->length, sizeof *call->length);
    if (knows_room)
        seen.length = (int32_t)*call->length;
    int result = plainly(call);
    if (!is_observed)
        return result;
    if (result == 0 && knows_room) {
        seen.returned = (int32_t)*call->length;
        seen.facts |= CASE_WANTS_ADDRESS;
    }
    observe_end(&seen, result < 0 ? error_of_failure(errno) : 0, call->caller);
    return result;
}

static int peer_plainly(struct naming *call)
{
    return real.getpeername(call->fd, call->address, call->length);
}

int getsockname_from(int fd, struct sockaddr *address, socklen_t *length, const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.getsockname(fd, address, length);
    struct naming call = {.name = CALL_getsockname, .fd = fd, .address = address, .length = length, .caller = caller};
    if (guest_observes(CALL_getsockname))
        return name_observed(&call, name_plainly);
    return guest_acts(CALL_getsockname) ? name_by_rules(&call) : name_plainly(&call);
}

int hook_getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
    return getsockname_from(fd, address, length, __builtin_return_address(0));
}

int getpeername_from(int fd, struct sockaddr *address, socklen_t *length, const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.getpeername(fd, address, length);
    struct naming call = {.name = CALL_getpeername, .fd = fd, .address = address, .length = length, .caller = caller};
    if (guest_observes(CALL_getpeername))
        return name_observed(&call, peer_plainly);
    return guest_acts(CALL_getpeername) ? name_by_rules(&call) : peer_plainly(&call);
}

int hook_getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
    return getpeername_from(fd, address, length, __builtin_return_address(0));
}
