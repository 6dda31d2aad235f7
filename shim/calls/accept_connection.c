/* What a platform makes of a connection that the kernel gave to accept. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../guest/guest.h"
#include "../guest/real.h"
#include "../kernel/control.h"
#include "../kernel/facts.h"
#include "../kernel/mark.h"
#include "../kernel/socket_options.h"
#include "../kernel/system.h"
#include "accept.h"
#include "excess.h"
#include "inherit.h"

#include "../kernel/async_safe.h"

/* Not by libc's close: that would be a second cancellation point, after a connection was taken. */
void accept_discard(const struct accepting *call, int connection)
{
    system_call(SYS_close, connection);
    if (call->knows_room && *call->length != call->room)
        *call->length = call->room;
}

/* The family, if it is known, or in the address that the kernel has just written; AF_UNSPEC without an address. */
static int told_domain(const struct accepting *call, bool has_address)
{
    if (call->domain > AF_UNSPEC)
        return call->domain;
    const socklen_t least = sizeof call->address->sa_family;
    return has_address && call->room >= least && *call->length >= least ? call->address->sa_family : AF_UNSPEC;
}

static unsigned int options_of(int domain)
{
    return domain == AF_UNIX     ? NEED_OPTIONS_UNIX
           : domain == AF_UNSPEC ? NEED_OPTIONS_UNIX | NEED_OPTIONS_TCP
                                 : NEED_OPTIONS_TCP;
}

/*
 * The facts of the listener that are still needed. Those that were read before the call hold unless the call may
 * have slept: then something may have changed before the client came.
 */
static unsigned int needs_of_listener(const struct accepting *call, unsigned int needs, int domain)
{
    bool slept = !(call->listener_flags & O_NONBLOCK);
    if (call->is_settled)
        return 0;
    return slept || !call->looked ? needs & (options_of(domain) | NEED_EXCESS | NEED_OWNER) : 0;
}

/*
 * Reads the listener's mark and owner. Its options are found out at its first connection, and are in its mark from
 * then on.
 */
static void find_listener(struct accepting *call, unsigned int needs, int connection, int *domain)
{
    if (needs_of_listener(call, needs, *domain))
        facts_of_listener(call->fd, &call->listener);
    else if (!call->looked)
        return;
    bool learns = needs & options_of(AF_UNSPEC) && !(call->listener.mark & MARK_OPTIONS_KNOWN);
    if (*domain == AF_UNSPEC && (learns || call->listener.mark & MARK_OPTIONS_SET))
        *domain = facts_domain(connection);
    if (learns)
        call->listener.mark |= options_learn(call->fd, *domain);
}

/* AF_UNIX connections are never reset, so a client is asked for only if it may be of another family. */
static enum end find_end(const struct accepting *call, unsigned int needs, int connection, int domain)
{
    bool excess = needs & NEED_EXCESS && call->listener.mark & MARK_EXCESS;
    if (domain != AF_UNIX && !call->is_connected && (needs & NEED_CONNECTION || excess)) {
        struct peer_facts peer;
        facts_of_peer(connection, &peer);
        domain = peer.domain;
        if (peer.reset)
            return excess && excess_at_accept(call->fd) ? END_SHORTENED : END_RESET;
    }
    bool local = domain == AF_UNIX || domain == AF_UNSPEC;
    return needs & NEED_PEER_GONE && local && facts_peer_is_gone(connection) ? END_CLOSED : END_NONE;
}

static void drop_connection(const struct accepting *call, const struct verdict *it, struct record *record)
{
    accept_discard(call, record->result);
    record->key[0] = (uint16_t)it->why;
    record->result = -1;
    record->given_error = (uint16_t)it->error;
}

/* Judges the connection that the kernel gave. Returns whether it is skipped, so that the next one is to be accepted. */
static bool judge_connection(const struct accepting *call, enum end end, bool has_address, struct record *record)
{
    struct verdict it = accepted_verdict(&guest.profile, end);
    if (it.decision == DECIDE_CALL)
        return false;
    drop_connection(call, &it, record);
    if (it.decision == DECIDE_SKIP)
        record->flags |= RECORD_SKIPPED;
    else if (has_address)
        *call->length = accepted_length(&guest.profile, call->room);
    return it.decision == DECIDE_SKIP;
}

/* Writes zeros after the kernel's address where the platform's address is longer and the memory can be written. */
static void lengthen(const struct accepting *call, socklen_t kept, socklen_t filled)
{
    char *address = (char *)call->address;
    socklen_t more = filled > kept ? filled - kept : 0;
    if (more && (memory_known_writable(address + kept, more) || facts_writable(address + kept, more)))
        memset(address + kept, 0, more);
}

/* Gives the address the platform's form. The kernel has just written *length, so it can be written again. */
static void judge_address(const struct accepting *call, enum end end, struct record *record)
{
    socklen_t room = call->room, length = *call->length;
    bool local = room >= sizeof(sa_family_t) && length >= sizeof(sa_family_t) && call->address->sa_family == AF_UNIX;
    struct address_verdict now = accepted_address_verdict(&guest.profile, local, end, length, room);
    if (now.verdict.decision == DECIDE_FAIL) {
        drop_connection(call, &now.verdict, record);
        return;
    }
    lengthen(call, now.kept, now.filled);
    *call->length = now.length;
}

/* Adds O_ASYNC. The descriptor is new and known to nobody else, so a failure changes nothing. */
static void make_async(int connection)
{
    fcntl(connection, F_SETFL, facts_flags(connection) | O_ASYNC);
}

static void pass_on(const struct accepting *call, const struct accept_verdict *it, int domain, int connection)
{
    const unsigned int needs = guest_needs(call->name, PHASE_DONE);
    struct f_owner_ex owner = call->listener.owner;
    if (call->listener.mark & MARK_OPTIONS_SET && needs & (domain == AF_UNIX ? NEED_OPTIONS_UNIX : NEED_OPTIONS_TCP))
        inherit_options(&guest.profile, domain, call->fd, connection, call->listener.mark);
    if (needs & NEED_OWNER && it->set_owner && owner.pid != 0)
        control_owner(connection, F_SETOWN_EX, &owner);
    if (it->set_async)
        make_async(connection);
}

bool take_connection(struct accepting *call, const struct accept_verdict *it, struct record *record)
{
    const unsigned int needs = guest_needs(call->name, PHASE_DONE);
    bool has_address = call->knows_room && it->passing != PASS_NEITHER;
    int domain = told_domain(call, has_address);
    if (has_address)
        accept_note_peer(record, call->address, *call->length, call->room);
    if (domain != AF_UNSPEC)
        accept_hint_local(call->fd, domain == AF_UNIX);
    find_listener(call, needs, record->result, &domain);
    enum end end = find_end(call, needs, record->result, domain);
    if (unlikely(end != END_NONE) && judge_connection(call, end, has_address, record))
        return true;
    if (record->result >= 0 && has_address && needs & NEED_ADDRESS &&
        !accept_address_stands(domain, *call->length, call->room))
        judge_address(call, end, record);
    if (record->result >= 0) {
        pass_on(call, it, domain, record->result);
        record->key[1] = (uint16_t)it->through;
    }
    if (record->result >= 0 && it->leaks) {
        record->result = -1;
        record->given_error = EFAULT;
    }
    return false;
}

void reset_connection(const struct accepting *call, struct record *record)
{
    const struct linger at_once = {.l_onoff = 1};
    real.setsockopt(record->result, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    accept_discard(call, record->result);
    record->key[0] = record->key[1] = 0;
    record->result = -1;
    record->given_error = (uint16_t)call->provoked;
    record->flags |= RECORD_PROVOKED;
}
