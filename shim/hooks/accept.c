/* accept and accept4: the hot path. Under a profile that leaves them to the kernel they make the real call and a record. */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../facts/facts.h"
#include "../rules/rules.h"
#include "guest.h"
#include "recorder.h"

#include "careful.h"

struct accepting {
    enum call name;
    int fd, flags;
    bool is_accept4;
    struct sockaddr *address;
    socklen_t *length;
    bool knows_room; /* `room` is what *length was before the call */
    socklen_t room;
    const void *caller;
};

static int call_accept(const struct accepting *call, int extra_flags)
{
    if (call->is_accept4 || extra_flags)
        return real.accept4(call->fd, call->address, call->length, call->flags | extra_flags);
    return real.accept(call->fd, call->address, call->length);
}

/* The kernel has just written that many bytes, so they can be read. */
static void note_peer(struct record *record, const struct accepting *call)
{
    if (call->knows_room)
        record_address(record, call->address, *call->length < call->room ? *call->length : call->room);
}

/* Not close(2) of libc: that would be a second cancellation point, behind a connection that was taken already. */
static void discard(const struct accepting *call, int connection)
{
    syscall(SYS_close, connection);
    if (call->knows_room)
        *call->length = call->room;
}

/* Adds O_ASYNC. The descriptor is new and ours alone, so nothing can fail that matters. */
static void make_async(int connection)
{
    fcntl(connection, F_SETFL, facts_flags(connection) | O_ASYNC);
}

/*
 * What the platform makes of the connection that the kernel gave. Returns whether it is passed over, so that the next
 * one has to be accepted.
 */
static bool judge_connection(const struct accepting *call, struct record *record)
{
    struct verdict it = accepted_verdict(&guest.book.profile, facts_is_reset(record->result));
    if (it.decision == DECIDE_CALL)
        return false;
    note_peer(record, call);
    discard(call, record->result);
    record->key[0] = (uint16_t)it.why;
    record->result = -1;
    record->given_error = (uint16_t)(it.decision == DECIDE_FAIL ? it.error : 0);
    record->flags |= it.decision == DECIDE_FAIL ? 0 : RECORD_SKIPPED;
    return it.decision == DECIDE_SUCCEED;
}

/* One real accept. Returns whether another is to follow. */
static bool accept_once(const struct accepting *call, const struct accept_verdict *it, struct record *record)
{
    bool again = false;
    record->result = call_accept(call, it->flags);
    if (record->result < 0) {
        record->kernel_error = record->given_error = (uint16_t)errno;
    } else {
        if (accept_needs_state(&guest.book.profile))
            again = judge_connection(call, record);
        if (it->set_async && record->result >= 0)
            make_async(record->result);
        if (record->result >= 0)
            note_peer(record, call);
    }
    recorder_append(record, call->caller);
    return again;
}

static void begin_record(struct record *record, const struct accepting *call)
{
    record_clear(record);
    record->call = (uint16_t)call->name;
    record->fd = call->fd;
    record->asked = record->given = call->flags;
}

/* Under a profile that asks nothing of accept. errno is the real call's own. */
static int accept_natively(const struct accepting *call)
{
    struct record record;
    begin_record(&record, call);
    record.result = call_accept(call, 0);
    if (record.result < 0)
        record.kernel_error = record.given_error = (uint16_t)errno;
    else
        note_peer(&record, call);
    recorder_append(&record, call->caller);
    return record.result;
}

static int accept_by_rules(const struct accepting *call)
{
    int saved = errno;
    const struct profile *profile = &guest.book.profile;
    struct accept_verdict it =
        accept_verdict(profile, accept_needs_flags(profile) ? facts_flags(call->fd) : 0, call->is_accept4);
    struct record record;
    bool again;

    do {
        begin_record(&record, call);
        record.given |= it.flags;
        record.key[0] = (uint16_t)it.verdict.why;
        if (it.verdict.decision == DECIDE_FAIL) {
            record.result = -1;
            record.given_error = (uint16_t)it.verdict.error;
            record.flags = RECORD_NOT_CALLED;
            recorder_append(&record, call->caller);
            break;
        }
        again = accept_once(call, &it, &record);
    } while (again);
    errno = record.result < 0 ? record.given_error : saved;
    return record.result;
}

static int accept_as(struct accepting *call)
{
    call->knows_room = call->address && call->length && recorder_on_stack(call->length, sizeof *call->length);
    if (call->knows_room)
        call->room = *call->length;
    return guest.asks_accept ? accept_by_rules(call) : accept_natively(call);
}

int hook_accept(int fd, struct sockaddr *address, socklen_t *length)
{
    struct accepting call = {.name = CALL_accept,
                             .fd = fd,
                             .address = address,
                             .length = length,
                             .caller = __builtin_return_address(0)};
    return accept_as(&call);
}

int hook_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    struct accepting call = {.name = CALL_accept4,
                             .fd = fd,
                             .address = address,
                             .length = length,
                             .flags = flags,
                             .is_accept4 = true,
                             .caller = __builtin_return_address(0)};
    return accept_as(&call);
}
