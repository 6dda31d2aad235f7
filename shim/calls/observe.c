#include "observe.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "../kernel/facts.h"
#include "../kernel/path.h"
#include "../kernel/port.h"
#include "../profile/profile.h"
#include "../rules/address.h"

#include "../kernel/async_safe.h"

static uint64_t bit_if(bool is_true, enum case_fact fact)
{
    return is_true ? (uint64_t)fact : 0;
}

static void note_facts(struct ring_case *seen, const struct facts *facts)
{
    seen->domain = (uint16_t)facts->domain;
    seen->type = (uint16_t)facts->type;
    seen->kernel_max = seen->call == CALL_listen ? facts->kernel_max : 0;
    seen->facts |= CASE_KNOWN | bit_if(facts->listening, CASE_LISTENING) | bit_if(facts->bound, CASE_BOUND) |
                   bit_if(facts->connected, CASE_CONNECTED) | bit_if(facts->connecting, CASE_CONNECTING) |
                   bit_if(facts->connect_failed, CASE_CONNECT_FAILED) |
                   bit_if(facts->was_listening, CASE_WAS_LISTENING) | bit_if(facts->shut_down, CASE_SHUT_DOWN) |
                   bit_if(facts->queued, CASE_QUEUED);
}

bool observe_begin(struct ring_case *seen, enum call call, int fd, const void *caller)
{
    int saved = errno;
    struct facts facts;
    unsigned int needs = observing_facts(call);
    if (!observing_wants(call, caller))
        return false;
    memset(seen, 0, sizeof *seen);
    seen->call = (uint16_t)call;
    seen->fd = fd;
    bool is_accept = call == CALL_accept || call == CALL_accept4; /* there they are asked for after a failure */
    if (fd >= 0 && !is_accept && needs & NEED_SOCKET && facts_gather(fd, needs | NEED_ROLE, &facts) == 0)
        note_facts(seen, &facts);
    errno = saved;
    return true;
}

void observe_address(struct ring_case *seen, const struct sockaddr *address, socklen_t length)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path);
    int saved = errno;
    bool readable = address && length >= sizeof(sa_family_t) && length <= ADDRESS_MOST &&
                    (memory_known_readable(address, length) || facts_readable(address, length));
    seen->length = (int32_t)length;
    seen->facts |= bit_if(!address, CASE_NULL_ADDRESS) | bit_if(readable, CASE_READABLE);
    if (readable) {
        size_t kept = length < sizeof seen->address ? length : sizeof seen->address;
        memcpy(seen->address, address, kept);
        seen->address_length = (uint16_t)kept;
        if (address->sa_family == AF_UNIX && length > head)
            seen->text = (int32_t)strnlen((const char *)address + head, length - head);
    }
    errno = saved;
}

static bool is_inet(const struct ring_case *seen)
{
    return seen->domain == AF_INET || seen->domain == AF_INET6;
}

static bool has_whole_inet(const struct ring_case *seen)
{
    sa_family_t family;
    memcpy(&family, seen->address, sizeof family);
    return is_inet(seen) && family == seen->domain &&
           seen->address_length >= (family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
}

static void note_use(struct ring_case *seen, const struct port_use *use)
{
    seen->facts |= bit_if(use->same, CASE_PORT_SAME) | bit_if(use->overlapping, CASE_PORT_OVERLAPS) |
                   bit_if(use->dual_stack, CASE_PORT_DUAL_STACK) | bit_if(use->ipv4, CASE_PORT_IPV4) |
                   bit_if(use->crossing, CASE_PORT_CROSSES) | bit_if(use->connections, CASE_PORT_CONNECTIONS);
}

/* Asks who has the port, which takes long, only where there is a conflict or Linux may have overlooked one. */
static void find_use(struct ring_case *seen, const struct port_claim *claim)
{
    struct sockaddr_storage address = {0};
    struct port_use use;
    memcpy(&address, seen->address, seen->address_length);
    if (((const struct sockaddr_in *)&address)->sin_port && port_use_of(claim, (const struct sockaddr *)&address, &use))
        note_use(seen, &use);
}

void observe_port(struct ring_case *seen, int fd)
{
    int saved = errno;
    struct port_claim claim;
    if (!has_whole_inet(seen) || seen->facts & CASE_BOUND)
        return;
    port_claim_of(fd, seen->domain, &claim);
    seen->arguments[0] = claim.protocol;
    seen->facts |= bit_if(claim.dual_stack, CASE_DUAL_STACK) | bit_if(claim.reuse_address, CASE_REUSE_ADDRESS) |
                   bit_if(claim.reuse_port, CASE_REUSE_PORT);
    if (claim.reuse_address || claim.reuse_port)
        find_use(seen, &claim);
    errno = saved;
}

static void observe_path(struct ring_case *seen, const struct sockaddr *address, socklen_t length, int error)
{
    struct unix_path path;
    if (address->sa_family != AF_UNIX || !facts_unix_path(address, length, &path))
        return;
    if (seen->call == CALL_bind)
        seen->facts |= bit_if(error == EADDRINUSE && facts_is_dangling(&path), CASE_DANGLING);
    else
        seen->facts |= bit_if(error == ECONNREFUSED && facts_is_other_file(&path), CASE_OTHER_FILE);
}

void observe_failure(struct ring_case *seen, int fd, const struct sockaddr *address, socklen_t length, int error)
{
    int saved = errno;
    struct port_claim claim;
    if (!(seen->facts & CASE_READABLE))
        return;
    observe_path(seen, address, length, error);
    bool is_known = seen->facts & (CASE_REUSE_ADDRESS | CASE_REUSE_PORT); /* observe_port has asked */
    if (seen->call == CALL_bind && error == EADDRINUSE && has_whole_inet(seen) && !is_known) {
        port_claim_of(fd, seen->domain, &claim);
        find_use(seen, &claim);
    }
    errno = saved;
}

bool observe_is_judged(enum call call, int level, int name)
{
    bool reads = call == CALL_getsockopt;
    if (level == IPPROTO_TCP)
        return reads && name == TCP_NODELAY;
    if (level == IPPROTO_IPV6)
        return !reads && name == IPV6_V6ONLY;
    if (level != SOL_SOCKET || !reads)
        return level == SOL_SOCKET && name == SO_REUSEPORT;
    switch (name) {
    case SO_ACCEPTCONN:
    case SO_BROADCAST:
    case SO_DEBUG:
    case SO_DONTROUTE:
    case SO_KEEPALIVE:
    case SO_LINGER:
    case SO_OOBINLINE:
    case SO_RCVBUF:
    case SO_REUSEADDR:
    case SO_REUSEPORT:
    case SO_SNDBUF:
    case SO_TIMESTAMP:
        return true;
    default:
        return false;
    }
}

void observe_value(struct ring_case *seen, int level, int name, const void *value, socklen_t length)
{
    int saved = errno;
    seen->arguments[0] = level;
    seen->arguments[1] = name;
    if (value && length >= sizeof seen->arguments[2] && facts_readable(value, sizeof seen->arguments[2]))
        memcpy(&seen->arguments[2], value, sizeof seen->arguments[2]);
    seen->arguments[2] = seen->arguments[2] != 0;
    seen->arguments[3] = (int32_t)length;
    errno = saved;
}

void observe_end(struct ring_case *seen, int error, const void *caller)
{
    seen->error = (uint16_t)error;
    recorder_note_case(seen, caller);
}
