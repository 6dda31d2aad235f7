/*
 * accept and accept4 under a profile with keys that act there, in the usual case (rules/accept_plan.h): one straight
 * function, as accept_plainly is, and for the same reason. As soon as something is unusual, the call goes on by the
 * rules, with what is known already.
 */
#include <errno.h>

#include "../guest/guest.h"
#include "../guest/real.h"
#include "../kernel/facts.h"
#include "../kernel/mark.h"
#include "../kernel/system.h"
#include "../rules/accept.h"
#include "accept.h"

#include "../kernel/async_safe.h"

_Atomic uint64_t accept_local_hints;

/* --- before the real call --- */

/* Whether the program wants no address, or one that fits and that can be written as far as is known. */
static inline bool is_memory_usual(struct accepting *call)
{
    if (!call->address)
        return true;
    call->knows_room = accept_knows_room(call->address, call->length);
    if (unlikely(!call->knows_room))
        return false;
    call->room = *call->length;
    return likely(call->room >= sizeof(struct sockaddr_in) && call->room <= sizeof(struct sockaddr_storage)) &&
           memory_known_writable_here(call->address, call->room);
}

static inline bool is_plain(const struct listener_facts *listener)
{
    return listener->mark == MARK_OPTIONS_KNOWN && listener->owner.pid == 0;
}

/* Asks what the plan says. What is known is left in `call`. */
static inline bool is_listener_usual(struct accepting *call, const struct accept_plan *plan)
{
    if (plan->asks_flags)
        call->listener_flags = facts_flags(call->fd);
    if (plan->asks_before)
        facts_of_listener(call->fd, &call->listener);
    call->looked = plan->asks_before;
    call->asked = true;
    if (unlikely(plan->flags_tell && listener_may_be_shortened(call->listener_flags)))
        return false;
    return likely(!(call->listener_flags & O_ASYNC)) && (!plan->asks_before || likely(is_plain(&call->listener)));
}

/* --- the real call --- */

/*
 * Where the client is to be asked for, its name is not asked of accept: getpeername tells it, and that the client has
 * reset the connection (ENOTCONN). So the name is copied once, for the price of the question.
 */
static inline int call_accept(const struct accepting *call, bool names, int flags)
{
    struct sockaddr *address = names ? NULL : call->address;
    socklen_t *length = names ? NULL : call->length;
    return call->name == CALL_accept4 || flags ? real.accept4(call->fd, address, length, flags)
                                               : real.accept(call->fd, address, length);
}

/* Returns the family of the connection, or -1 if it has no name. */
static inline int name_connection(const struct accepting *call, int connection)
{
    sa_family_t family = AF_UNSPEC;
    socklen_t least = sizeof family;
    void *address = call->address ? (void *)call->address : &family;
    if (unlikely(system_call(SYS_getpeername, connection, address, call->address ? call->length : &least) != 0))
        return -1;
    return call->address ? call->address->sa_family : family;
}

/* --- after it --- */

/* The rest of a call by the rules, of whose connection or listener something is unusual. */
__attribute__((cold, noinline)) static int take_by_rules(struct accepting *call, struct record *record, int saved)
{
    const struct accept_facts facts = {.is_accept4 = call->name == CALL_accept4,
                                       .asked = call->flags,
                                       .flags = call->listener_flags,
                                       .wants_address = call->address,
                                       .room = (int)call->room};
    const struct accept_verdict it = accept_verdict(&guest.profile, &facts);
    bool again = take_connection(call, &it, record);
    recorder_append(record, call->caller);
    errno = record->result < 0 && !again ? record->given_error : saved;
    return again ? accept_anew(call) : record->result;
}

/*
 * A connection whose name getpeername does not tell: most likely its client has reset it. accept would have told the
 * name all the same, or failed.
 */
__attribute__((cold, noinline)) static int take_nameless(struct accepting *call, struct record *record, int saved)
{
    int error = errno;
    if (error != EFAULT && (!call->address || facts_name_of_former_peer(record->result, call->address, call->length)))
        return take_by_rules(call, record, saved);
    accept_discard(call, record->result);
    record->result = -1;
    record->kernel_error = record->given_error = error == EFAULT ? EFAULT : ECONNABORTED;
    recorder_append(record, call->caller);
    errno = record->given_error;
    return -1;
}

static inline bool is_tcp(int domain)
{
    return domain == AF_INET || domain == AF_INET6;
}

/* Whether the listener is plain when a TCP connection has come: it may have changed while the call slept. */
static inline bool is_listener_plain_now(struct accepting *call, const struct accept_plan *plan)
{
    bool is_known = call->looked || plan->flags_tell;
    if (!plan->asks_after || (is_known && call->listener_flags & O_NONBLOCK))
        return true;
    facts_of_listener(call->fd, &call->listener);
    call->looked = call->is_settled = true;
    return is_plain(&call->listener);
}

__attribute__((hot, aligned(64))) int accept_usually(enum call name, int fd, struct sockaddr *address,
                                                     socklen_t *length, int flags, const void *caller)
{
    struct accepting call = {
        .name = name, .fd = fd, .flags = flags, .address = address, .length = length, .caller = caller};
    const struct accept_plan *plan = guest_accept_plan(name);
    struct record record;
    int saved = errno;
    const struct accept_answer *answer = NULL;
    if (likely(plan->is_made) && likely(guest_only_acts(name)) && likely(accept_flags_are_known(flags)) &&
        is_memory_usual(&call) && is_listener_usual(&call, plan))
        answer = accept_plan_answer(plan, flags, call.listener_flags);
    if (unlikely(!answer) || unlikely(answer->flags < 0)) {
        errno = saved;
        return accept_by_rules(call);
    }
    const bool names = plan->asks_peer && !(call.address && accept_is_hinted_local(call.fd));
    accept_begin_record(&record, call.name, call.fd, call.flags);
    record.given = answer->flags;
    record.key[0] = answer->why;
    record.result = call_accept(&call, names, answer->flags);
    if (unlikely(record.result < 0))
        return accept_fail(&call, answer->flags, &record);
    if (names)
        call.domain = name_connection(&call, record.result);
    else if (call.address)
        call.domain = call.address->sa_family;
    if (unlikely(call.domain < 0))
        return take_nameless(&call, &record, saved);
    call.is_connected = names;
    if (unlikely(!is_tcp(call.domain) || names != plan->asks_peer) ||
        unlikely(call.address && !accept_address_stands(call.domain, *call.length, call.room)) ||
        unlikely(!is_listener_plain_now(&call, plan)))
        return take_by_rules(&call, &record, saved);
    if (call.address)
        accept_note_peer(&record, call.address, *call.length, call.room);
    record.key[1] = answer->through;
    errno = saved;
    recorder_append_accept(&record, call.caller);
    return record.result;
}
