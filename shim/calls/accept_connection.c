/* What a platform makes of a connection that the kernel gave to accept. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../guest/guest.h"
#include "../guest/real.h"
#include "../kernel/facts.h"
#include "../kernel/socket_options.h"
#include "../kernel/system.h"
#include "accept.h"
#include "excess.h"
#include "inherit.h"

#include "../kernel/async_safe.h"

/* Not close(2) of libc: that would be a second cancellation point, behind a connection that was taken already. */
static void discard(const struct accepting *call, int connection)
{
    system_call(SYS_close, connection);
    if (call->knows_room && *call->length != call->room)
        *call->length = call->room;
}

static enum end find_end(const struct accepting *call, int connection, const struct peer_facts *peer)
{
    const unsigned int needs = guest_needs(call->name, PHASE_DONE);
    if (peer->reset && needs & NEED_EXCESS && excess_at_accept(call->fd))
        return END_SHORTENED;
    if (peer->reset)
        return END_RESET;
    if (peer->domain == AF_UNIX && needs & NEED_PEER_GONE && facts_peer_is_gone(connection))
        return END_CLOSED;
    return END_NONE;
}

static void drop_connection(const struct accepting *call, const struct verdict *it, struct record *record)
{
    discard(call, record->result);
    record->key[0] = (uint16_t)it->why;
    record->result = -1;
    record->given_error = (uint16_t)it->error;
}

/*
 * What the platform makes of the connection that the kernel gave. Returns whether it is passed over, so that
 * the next one has to be accepted.
 */
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

/* Zeros behind what stands of the kernel's address, where the platform's is longer and that memory can be written. */
static void lengthen(const struct accepting *call, socklen_t kept, socklen_t filled)
{
    char *address = (char *)call->address;
    if (filled > kept && facts_writable(address + kept, filled - kept))
        memset(address + kept, 0, filled - kept);
}

/* The address as the platform gives it. The kernel has just written *length, so that can be written again. */
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

/* Adds O_ASYNC. The descriptor is new and ours alone, so nothing can fail that matters. */
static void make_async(int connection)
{
    fcntl(connection, F_SETFL, facts_flags(connection) | O_ASYNC);
}

static void pass_on(const struct accepting *call, const struct accept_verdict *it, int domain, int connection)
{
    const unsigned int needs = guest_needs(call->name, PHASE_DONE);
    if (needs & (domain == AF_UNIX ? NEED_OPTIONS_UNIX : NEED_OPTIONS_TCP))
        inherit_options(&guest.profile, domain, call->fd, connection);
    if (needs & NEED_OWNER && it->set_owner)
        owner_copy(call->fd, connection);
    if (it->set_async)
        make_async(connection);
}

bool take_connection(const struct accepting *call, const struct accept_verdict *it, struct record *record)
{
    struct peer_facts peer = {.domain = AF_UNSPEC};
    bool has_address = call->knows_room && it->passing != PASS_NEITHER;
    if (has_address)
        accept_note_peer(record, call->address, *call->length, call->room);
    if (guest_needs(call->name, PHASE_DONE) & NEED_CONNECTION)
        facts_of_peer(record->result, &peer);
    enum end end = find_end(call, record->result, &peer);
    if (judge_connection(call, end, has_address, record))
        return true;
    if (record->result >= 0 && has_address && guest_needs(call->name, PHASE_DONE) & NEED_ADDRESS)
        judge_address(call, end, record);
    if (record->result >= 0) {
        pass_on(call, it, peer.domain, record->result);
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
    discard(call, record->result);
    record->key[0] = record->key[1] = 0;
    record->result = -1;
    record->given_error = (uint16_t)call->provoked;
    record->flags |= RECORD_PROVOKED;
}
