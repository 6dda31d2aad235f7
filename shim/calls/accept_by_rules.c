/* accept and accept4 under a profile with keys that act there. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "../guest/guest.h"
#include "../guest/provoke.h"
#include "../guest/real.h"
#include "../kernel/facts.h"
#include "../kernel/mark.h"
#include "../kernel/mark_write.h"
#include "../kernel/system.h"
#include "../rules/provoke.h"
#include "accept.h"
#include "drain.h"
#include "observe.h"

#include "../kernel/async_safe.h"

/* The size of the longest address. Emulators and memory checkers require all of it to be there. */
#define ROOM_MOST ((socklen_t)sizeof(struct sockaddr_storage))

/* --- before the real call --- */

static enum memory length_memory(const struct accepting *call)
{
    if (!call->length)
        return MEMORY_NULL;
    return call->knows_room || facts_readable(call->length, sizeof *call->length) ? MEMORY_GOOD : MEMORY_BAD;
}

/* The kernel writes at least the shortest address, so if that much can be written the pointer is valid. */
static bool address_is_bad(const struct accepting *call)
{
    size_t size = call->room < sizeof *call->address ? call->room : sizeof *call->address;
    return !memory_known_writable(call->address, size) && !facts_writable(call->address, size);
}

/* Finds out what the keys in force need, and no more. */
static struct accept_facts find_facts(struct accepting *call)
{
    const unsigned int needs = guest_needs(call->name, PHASE_BEFORE);
    if (needs & NEED_MARK && !call->asked)
        facts_of_listener(call->fd, &call->listener);
    if (needs & NEED_FLAGS && !call->asked)
        call->listener_flags = facts_flags(call->fd);
    struct accept_facts facts = {.is_accept4 = call->name == CALL_accept4,
                                 .asked = call->flags,
                                 .flags = call->listener_flags,
                                 .close_on_exec = needs & NEED_CLOSE_ON_EXEC && facts_close_on_exec(call->fd),
                                 .wants_address = call->address && needs & NEED_LENGTH,
                                 .posted = call->listener.mark & MARK_ABORTED};
    call->looked = needs & NEED_MARK;
    if (!facts.wants_address)
        return facts;
    facts.length = length_memory(call);
    if (facts.length == MEMORY_GOOD) {
        call->knows_room = true;
        call->room = *call->length;
        facts.room = (int)call->room;
        facts.address_is_bad = needs & NEED_ADDRESS && facts.room > 0 && address_is_bad(call);
    }
    return facts;
}

/* --- the real call --- */

/*
 * Whether the kernel answers EINVAL for these arguments. musl's accept4 before 1.2.4 then calls accept: it drops
 * flags that the kernel does not know, and takes a second client after a negative length has lost the first. Where no
 * key acts, and the call is here to be looked at alone, it stays musl's.
 */
static bool is_invalid(const struct accepting *call, const struct accept_verdict *it)
{
    return guest_acts(call->name) && (!accept_flags_are_known(it->flags) || (call->knows_room && (int)call->room < 0));
}

static int call_accept4(const struct accepting *call, const struct accept_verdict *it, struct sockaddr *address,
                        socklen_t *length)
{
    return is_invalid(call, it) ? (int)system_call(SYS_accept4, call->fd, address, length, it->flags)
                                : real.accept4(call->fd, address, length, it->flags);
}

static int call_accept(struct accepting *call, const struct accept_verdict *it)
{
    struct sockaddr *address = it->passing == PASS_NEITHER ? NULL : call->address;
    socklen_t *length = it->passing == PASS_NEITHER ? NULL : call->length, most = ROOM_MOST;
    int result;
    if (it->passing == PASS_OWN_LENGTH)
        length = &most;
    result = call->name == CALL_accept4 || it->flags ? call_accept4(call, it, address, length)
                                                     : real.accept(call->fd, address, length);
    if (length != &most || result < 0)
        return result;
    call->knows_room = call->length && facts_writable(call->length, sizeof *call->length);
    if (call->knows_room)
        *call->length = most;
    return result;
}

/*
 * Waits for a client as accept would. Returns 0, or the errno that accept would give. A cancellation point, like
 * accept.
 */
static int wait_for_client(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (facts_flags(fd) & O_NONBLOCK)
        return EAGAIN;
    int ready = poll(&wait, 1, accept_times_out(&guest.profile) ? facts_receive_timeout(fd) : -1);
    return ready < 0 ? error_of_failure(errno) : ready == 0 ? EAGAIN : 0;
}

/*
 * Whether the platform's accept waits on where the kernel's has ended by a time-out; waits. A listener that was
 * non-blocking before the call has not waited, as at the end of each loop that empties a queue.
 */
static bool outlasts(const struct accepting *call, struct record *record)
{
    if (call->listener_flags & O_NONBLOCK || !accept_outlasts(&guest.profile, facts_flags(call->fd)))
        return false;
    record->key[0] = KEY_accept_timeout;
    record->given_error = (uint16_t)wait_for_client(call->fd);
    return record->given_error == 0;
}

/* Judges the failure of the real call. Returns whether to call again. */
static bool judge_failure(const struct accepting *call, const struct accept_verdict *it, struct record *record)
{
    int error = record->kernel_error;
    const unsigned int needs = guest_needs(call->name, PHASE_FAILED);
    struct facts facts;
    if (!accept_flags_are_known(it->flags))
        return false;
    if (it->memory_error && (error == EFAULT || error == EINVAL)) {
        record->given_error = (uint16_t)it->memory_error;
        return false;
    }
    if (!needs_after(&guest.profile.needs, call->name, error))
        return false;
    if (error == EAGAIN)
        return outlasts(call, record);
    /* A bad descriptor has no facts, and the errno says so; for any other the facts must be known. */
    if (facts_gather(call->fd, needs, &facts) != 0 && error != EBADF)
        return false;
    bool queued = needs & NEED_QUEUED && facts_has_queued(call->fd);
    struct verdict now = accept_failed_verdict(&guest.profile, &facts, queued, error);
    if (now.decision == DECIDE_CALL)
        return false;
    record->key[0] = (uint16_t)now.why;
    record->given_error = (uint16_t)(now.decision == DECIDE_FAIL ? now.error : wait_for_client(call->fd));
    return record->given_error == 0;
}

/* Makes one real accept. Returns whether to accept again; an accept that only led to a wait leaves no record. */
static bool accept_once(struct accepting *call, const struct accept_verdict *it, struct record *record)
{
    bool again = false;
    record->result = call_accept(call, it);
    if (record->result >= 0) {
        again = take_connection(call, it, record);
        if (call->provoked && record->result >= 0)
            reset_connection(call, record);
    } else {
        record->kernel_error = record->given_error = error_of_failure(errno);
        if (judge_failure(call, it, record))
            return true;
    }
    recorder_append(record, call->caller);
    return again;
}

/* Whether the rules, or LISTENAS_PROVOKE, fail the call before it is made; records that. */
static bool fails_at_once(const struct accepting *call, const struct accept_verdict *it, struct record *record)
{
    if (it->verdict.decision == DECIDE_FAIL) {
        record->result = -1;
        record->given_error = (uint16_t)it->verdict.error;
        record->flags = RECORD_NOT_CALLED;
        if (it->verdict.why == KEY_shutdown_accept_error)
            mark_change(call->fd, MARK_ABORTED, 0);
    } else if (call->provoked && !provoked_takes_client(call->provoked)) {
        provoke_note(record, call->provoked);
    } else {
        return false;
    }
    recorder_append(record, call->caller);
    return true;
}

static void end_drain(const struct accepting *call)
{
    if (unlikely(call->listener.mark & MARK_DRAINING))
        drain_end_if_empty(call->fd, call->listener.mark);
}

int accept_by_rules(struct accepting call)
{
    int saved = errno;
    call.provoked = provoke_next(call.name, call.fd);
    call.knows_room = accept_knows_room(call.address, call.length);
    if (call.knows_room)
        call.room = *call.length;
    struct accept_facts facts = find_facts(&call);
    struct accept_verdict it = accept_verdict(&guest.profile, &facts);
    struct record record;
    struct ring_case seen;
    bool is_observed = !call.provoked && observe(&seen, call.name, call.fd, call.caller);

    if (is_observed)
        observe_listener(&seen, &call);
    end_drain(&call);
    do {
        accept_begin_record(&record, call.name, call.fd, call.flags);
        record.given = it.flags;
        record.key[0] = (uint16_t)it.verdict.why;
    } while (!fails_at_once(&call, &it, &record) && accept_once(&call, &it, &record));
    end_drain(&call);
    if (is_observed) {
        observe_accepted(&seen, &call, &record);
        observe_end(&seen, record.kernel_error, call.caller);
    }
    errno = record.result < 0 ? record.given_error : saved;
    return record.result;
}

int accept_anew(const struct accepting *call)
{
    struct accepting again = *call;
    again.asked = again.looked = again.is_settled = again.is_connected = false;
    again.listener_flags = 0;
    again.domain = AF_UNSPEC;
    return accept_by_rules(again);
}

int accept_fail(struct accepting *call, int flags, struct record *record)
{
    const struct accept_verdict it = {.flags = flags};
    record->kernel_error = record->given_error = error_of_failure(errno);
    if (judge_failure(call, &it, record))
        return accept_anew(call);
    recorder_append(record, call->caller);
    errno = record->given_error;
    return -1;
}
