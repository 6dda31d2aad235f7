#include "bind_port.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "../guest/guest.h"
#include "../guest/real.h"
#include "../rules/bind_port.h"

#include "../guest/real.h"
#include "../kernel/async_safe.h"

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51 /* since Linux 6.3; older C libraries do not know it */
#endif

static int call_bind(const struct binding *binding)
{
    return real.bind(binding->fd, binding->address, binding->length);
}

static void set_option(int fd, int name, int value)
{
    int saved = errno;
    real.setsockopt(fd, SOL_SOCKET, name, &value, sizeof value);
    errno = saved;
}

/*
 * Two sockets can share a port only if both have SO_REUSEPORT. The first gets it as soon as it is bound, whatever
 * the second will ask for; the second gets it when it asks. getsockopt hides it from the program.
 */
static int bind_shared(const struct binding *binding)
{
    set_option(binding->fd, SO_REUSEADDR, 1);
    set_option(binding->fd, SO_REUSEPORT, 1);
    return call_bind(binding);
}

/* Lets another socket share the port from now on. */
static void lend_port(const struct binding *binding, const struct port_claim *claim)
{
    int saved = errno;
    set_option(binding->fd, SO_REUSEPORT, 1);
    if (claim->reuse_port)
        port_mark_own(binding->fd);
    else
        port_mark_lent(binding->fd);
    if (claim->reuse_address && claim->protocol == IPPROTO_TCP && sharing_is_mutual(&guest.profile))
        port_mark_reused(binding->fd);
    errno = saved;
}

static void restore(const struct binding *binding, const struct port_claim *claim, bool bound)
{
    set_option(binding->fd, SO_REUSEADDR, claim->reuse_address);
    set_option(binding->fd, SO_REUSEPORT, claim->reuse_port);
    if (bound)
        lend_port(binding, claim);
}

/* After EADDRINUSE of the kernel, which the platform may not report. */
static int bind_in_use(struct binding *binding, const struct port_claim *claim)
{
    struct port_use use;
    struct verdict it = {.decision = DECIDE_CALL};
    int result = -1;
    if (port_use_of(claim, binding->address, &use))
        it = sharing_verdict(&guest.profile, claim, &use);
    errno = EADDRINUSE;
    if (it.decision == DECIDE_SHARE)
        result = bind_shared(binding);
    else if (it.decision == DECIDE_FAIL)
        binding->error = it.error;
    binding->why = it.why;
    return result;
}

/*
 * Whether the kernel will let the socket share a port with another of its family, because neither listens yet. The
 * library does not set SO_REUSEPORT on such a socket: with it, both could listen.
 */
static bool kernel_shares(const struct binding *binding, const struct port_claim *claim)
{
    struct port_use use;
    int saved = errno;
    bool shares = claim->reuse_address && sharing_is_linuxs(&guest.profile) &&
                  port_use_of(claim, binding->address, &use) && (use.same || use.overlapping);
    errno = saved;
    return shares;
}

static int bind_to_port(struct binding *binding, const struct port_claim *claim)
{
    if (sharing_hides_reuse(&guest.profile)) {
        set_option(binding->fd, SO_REUSEADDR, 0);
        set_option(binding->fd, SO_REUSEPORT, 0);
    }
    bool plain = kernel_shares(binding, claim);
    int result = call_bind(binding);
    if (plain && result == 0)
        return result;
    if (result < 0 && errno == EADDRINUSE)
        result = bind_in_use(binding, claim);
    restore(binding, claim, result == 0);
    return result;
}

/*
 * The kernel chooses only from its own range, so it can choose for the platform if that range contains the
 * platform's.
 */
static bool kernel_can_choose(const struct binding *binding, struct port_range range, struct port_range host)
{
    uint32_t both = (uint32_t)range.high << 16 | (uint32_t)range.low;
    return range.low >= host.low && range.high <= host.high &&
           real.setsockopt(binding->fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &both, sizeof both) == 0;
}

static int bind_by_kernel(const struct binding *binding)
{
    uint32_t none = 0;
    int result = call_bind(binding), saved = errno;
    real.setsockopt(binding->fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &none, sizeof none);
    errno = saved;
    return result;
}

/* A random place to start looking, so that two processes rarely try the same port. */
static unsigned int anywhere(void)
{
    unsigned int number;
    struct timespec now;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) == sizeof number)
        return number;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned int)now.tv_nsec;
}

static int bind_by_trial(const struct binding *binding, struct port_range range)
{
    unsigned int count = (unsigned int)(range.high - range.low + 1), first = anywhere();
    struct sockaddr_storage address;
    struct binding trial = *binding;
    int result = -1;
    errno = EADDRINUSE;
    memcpy(&address, binding->address, binding->length);
    trial.address = (const struct sockaddr *)&address;
    for (unsigned int i = 0; i < count && result < 0 && errno == EADDRINUSE; i++) {
        in_port_t port = htons((uint16_t)((unsigned int)range.low + (first + i) % count));
        ((struct sockaddr_in *)&address)->sin_port = port; /* at the same place in struct sockaddr_in6 */
        result = call_bind(&trial);
    }
    return result;
}

/* A program that has chosen a range itself keeps it. */
static bool program_chooses(const struct binding *binding)
{
    uint32_t both = 0;
    socklen_t length = sizeof both;
    return real.getsockopt(binding->fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &both, &length) == 0 && both != 0;
}

/* The port must be this socket's alone, not one that SO_REUSEADDR or SO_REUSEPORT would let it share. */
static int bind_in_range(struct binding *binding)
{
    struct port_range host = facts_port_range(), range = chosen_range(&guest.profile, host);
    struct port_claim claim;
    if (range.high == 0 || program_chooses(binding))
        return call_bind(binding);
    port_claim_of(binding->fd, binding->facts->domain, &claim);
    set_option(binding->fd, SO_REUSEADDR, 0);
    set_option(binding->fd, SO_REUSEPORT, 0);
    int result = -1;
    errno = EADDRINUSE;
    if (kernel_can_choose(binding, range, host))
        result = bind_by_kernel(binding);
    /* The kernel leaves out the last port of a range with an odd number of them. Source: inet_csk_find_open_port. */
    if (result < 0 && errno == EADDRINUSE)
        result = bind_by_trial(binding, range);
    set_option(binding->fd, SO_REUSEADDR, claim.reuse_address);
    set_option(binding->fd, SO_REUSEPORT, claim.reuse_port);
    binding->why = KEY_bind_port_min;
    return result;
}

/* Linux itself lets the members of a multicast group share a port if they set SO_REUSEADDR. */
static bool is_group(const struct sockaddr *address)
{
    const struct sockaddr_in *in = (const void *)address;
    const struct sockaddr_in6 *in6 = (const void *)address;
    return address->sa_family == AF_INET ? IN_MULTICAST(ntohl(in->sin_addr.s_addr))
                                         : IN6_IS_ADDR_MULTICAST(&in6->sin6_addr);
}

int port_bind(struct binding *binding)
{
    const struct profile *profile = &guest.profile;
    unsigned int needs = guest_needs(CALL_bind, PHASE_BEFORE);
    struct port_claim claim;
    if (!(needs & (NEED_PORT_USE | NEED_PORT_RANGE)))
        return call_bind(binding);
    port_claim_of(binding->fd, binding->facts->domain, &claim);
    bool shares = needs & NEED_PORT_USE && sharing_is_of(profile, claim.protocol) && !is_group(binding->address);
    if (((const struct sockaddr_in *)binding->address)->sin_port != 0)
        return shares ? bind_to_port(binding, &claim) : call_bind(binding);
    int result = needs & NEED_PORT_RANGE ? bind_in_range(binding) : call_bind(binding);
    if (result == 0 && shares)
        lend_port(binding, &claim);
    return result;
}

int port_autobind(int fd, const struct facts *facts)
{
    int saved = errno, error = 0;
    struct sockaddr_storage wildcard;
    struct binding binding = {.fd = fd, .facts = facts, .address = (const struct sockaddr *)&wildcard};
    memset(&wildcard, 0, sizeof wildcard);
    wildcard.ss_family = (sa_family_t)facts->domain;
    binding.length = facts->domain == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if ((facts->domain == AF_INET || facts->domain == AF_INET6) && facts->type == SOCK_STREAM &&
        port_bind(&binding) != 0 && errno == EADDRINUSE)
        error = EADDRINUSE;
    errno = saved;
    return error;
}

/*
 * Linux numbers the listener of a group that listened first 0, and moves the last one there when it is closed.
 * Source: Linux 6.18 reuseport_add_sock, __reuseport_detach_sock; measured.
 */
void port_serve_first(int fd)
{
    static const struct sock_filter first = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program;
    int saved = errno;
    memset(&program, 0,
           sizeof program); /* clears the padding as well: valgrind checks all bytes that the kernel gets */
    program.len = 1;
    program.filter = (struct sock_filter *)&first;
    if (sharing_is_mutual(&guest.profile) && port_is_lent(fd))
        real.setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program);
    errno = saved;
}

void port_reuse_was_set(int fd, const void *value, socklen_t length)
{
    int saved = errno, on = 0;
    memcpy(&on, value, length < sizeof on ? length : sizeof on);
    if (on && port_is_lent(fd))
        port_mark_own(fd);
    errno = saved;
}
