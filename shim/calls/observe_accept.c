/* What the rules of any platform would need to know of accept: it is the call that a server makes most. */
#include <errno.h>
#include <fcntl.h>

#include "../kernel/control.h"
#include "../kernel/facts.h"
#include "../kernel/socket_options.h"
#include "observe.h"

#include "../kernel/async_safe.h"

/* Flags that no connection gets, such as O_RDWR and O_LARGEFILE, tell nothing. */
#define FLAGS_OF_INTEREST (O_NONBLOCK | O_ASYNC)

static uint64_t memory_facts(const struct accepting *call)
{
    if (!call->address)
        return 0;
    if (!call->length)
        return CASE_WANTS_ADDRESS | CASE_NULL_LENGTH;
    if (!call->knows_room && !facts_readable(call->length, sizeof *call->length))
        return CASE_WANTS_ADDRESS | CASE_BAD_LENGTH;
    size_t room = *call->length, size = room < sizeof *call->address ? room : sizeof *call->address;
    bool is_bad = (int)room > 0 && !memory_known_writable(call->address, size) && !facts_writable(call->address, size);
    return CASE_WANTS_ADDRESS | (is_bad ? CASE_BAD_ADDRESS : 0);
}

void observe_listener(struct ring_case *seen, const struct accepting *call)
{
    int saved = errno;
    struct f_owner_ex owner = {0};
    seen->arguments[0] = call->flags;
    seen->flags = facts_flags(call->fd) & FLAGS_OF_INTEREST;
    seen->facts |= memory_facts(call) | (facts_close_on_exec(call->fd) ? CASE_CLOSE_ON_EXEC : 0);
    if (seen->facts & CASE_WANTS_ADDRESS && !(seen->facts & (CASE_NULL_LENGTH | CASE_BAD_LENGTH)))
        seen->length = (int32_t)*call->length;
    if (control_owner(call->fd, F_GETOWN_EX, &owner) == 0 && owner.pid)
        seen->facts |= CASE_HAS_OWNER;
    errno = saved;
}

/* The socket was the kernel's own affair until now: whether a listener could fail so is asked only when it has. */
static void observe_failed(struct ring_case *seen, const struct accepting *call, int error)
{
    struct facts facts;
    if (error == EAGAIN || error == EINTR || error == EBADF ||
        facts_gather(call->fd, NEED_HISTORY | NEED_STOPPED | NEED_QUEUED, &facts) != 0)
        return;
    seen->domain = (uint16_t)facts.domain;
    seen->type = (uint16_t)facts.type;
    seen->facts |= CASE_KNOWN | (facts.listening ? CASE_LISTENING : 0u) |
                   (facts.was_listening ? CASE_WAS_LISTENING : 0u) | (facts.queued ? CASE_QUEUED : 0u) |
                   (facts.shut_down ? CASE_SHUT_DOWN : 0u);
}

static void observe_connection(struct ring_case *seen, const struct accepting *call, int connection)
{
    struct peer_facts peer;
    facts_of_peer(connection, &peer);
    seen->domain = (uint16_t)peer.domain;
    seen->type = SOCK_STREAM;
    seen->facts |= CASE_KNOWN | CASE_LISTENING | (peer.reset ? CASE_END_RESET : 0u);
    if (peer.domain == AF_UNIX && facts_is_hung_up(connection))
        seen->facts |= CASE_END_CLOSED;
    seen->options = options_set(call->fd, peer.domain);
    if (seen->facts & CASE_WANTS_ADDRESS && !(seen->facts & (CASE_NULL_LENGTH | CASE_BAD_LENGTH)))
        seen->returned = (int32_t)*call->length;
}

void observe_accepted(struct ring_case *seen, const struct accepting *call, const struct record *record)
{
    int saved = errno;
    if (record->result >= 0)
        observe_connection(seen, call, record->result);
    else
        observe_failed(seen, call, record->kernel_error);
    errno = saved;
}
