#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "../guest/guest.h"
#include "../guest/known_memory.h"
#include "../guest/provoke.h"
#include "../guest/real.h"
#include "../guest/recorder.h"
#include "../kernel/facts.h"
#include "../rules/bind.h"
#include "bind_path.h"
#include "bind_port.h"
#include "calls.h"
#include "hooks.h"
#include "observe.h"

#include "../kernel/async_safe.h"

/* Whether the address has the form that port_bind and path_bind need. The kernel refuses any other. */
static bool is_whole(const struct binding *binding)
{
    int domain = binding->facts->domain;
    size_t least = domain == AF_INET    ? sizeof(struct sockaddr_in)
                   : domain == AF_INET6 ? sizeof(struct sockaddr_in6)
                                        : sizeof(sa_family_t);
    return binding->length >= least && binding->length <= sizeof(struct sockaddr_storage) &&
           binding->address->sa_family == domain && !binding->facts->bound;
}

/*
 * The address as the platform reads it: up to the end of its path, with the socket's own family if the platform
 * ignores the one given.
 */
static int bind_by_rules(struct binding *binding, const struct bind_verdict *it)
{
    struct sockaddr_storage copy;
    struct binding read = *binding;
    int domain = read.facts->domain, result;
    if (it->length)
        read.length = it->length;
    if (it->own_family && read.length <= sizeof copy) {
        memcpy(&copy, read.address, read.length);
        copy.ss_family = (sa_family_t)domain;
        read.address = (const struct sockaddr *)&copy;
    }
    if (is_whole(&read) && domain == AF_UNIX)
        result = path_bind(&read);
    else if (is_whole(&read) && (domain == AF_INET || domain == AF_INET6))
        result = port_bind(&read);
    else
        result = real.bind(read.fd, read.address, read.length);
    binding->why = read.why;
    binding->error = read.error;
    return result;
}

/* The verdict before the real call. If the address cannot be read, its length may still decide. */
static struct bind_verdict judge(const struct binding *binding, bool readable)
{
    const struct profile *profile = &guest.profile;
    struct verdict it = bind_length_verdict(profile, binding->facts, !binding->address, binding->length);
    if (it.decision == DECIDE_CALL && readable)
        return bind_verdict(profile, binding->facts, binding->address, binding->length);
    return (struct bind_verdict){.verdict = it};
}

static int bind_once(struct binding *binding, bool readable, const struct bind_verdict *it)
{
    if (readable)
        return bind_by_rules(binding, it);
    return real.bind(binding->fd, binding->address, binding->length);
}

/* Makes the real call and judges its failure. Sets the record's result and errors. */
static void bind_really(const struct binding *asked, struct bind_verdict it, bool readable, struct record *record)
{
    struct binding binding = *asked;
    struct verdict failed = {.why = it.verdict.why};
    record->result = bind_once(&binding, readable, &it);
    record->kernel_error = record->result < 0 ? error_of_failure(errno) : 0;
    if (record->result < 0 && binding.error)
        failed = (struct verdict){.decision = DECIDE_FAIL, .error = binding.error};
    else if (record->result < 0 && readable)
        failed = bind_failed_verdict(&guest.profile, asked->facts, asked->address, record->kernel_error);
    record->given_error = (uint16_t)(failed.decision == DECIDE_FAIL ? failed.error : record->kernel_error);
    record->key[0] = (uint16_t)(binding.why ? binding.why : failed.why);
}

static void bind_natively(const struct binding *binding, int provoked, struct record *record)
{
    if (provoked) {
        provoke_note(record, provoked);
        return;
    }
    record->result = real.bind(binding->fd, binding->address, binding->length);
    record->kernel_error = record->given_error = record->result < 0 ? error_of_failure(errno) : 0;
}

static void bind_observed(const struct binding *binding, struct record *record, const void *caller)
{
    struct ring_case seen;
    bool is_observed = observe(&seen, CALL_bind, binding->fd, caller);
    if (is_observed) {
        observe_address(&seen, binding->address, binding->length);
        observe_port(&seen, binding->fd);
    }
    bind_natively(binding, 0, record);
    if (is_observed && record->kernel_error)
        observe_failure(&seen, binding->fd, binding->address, binding->length, record->kernel_error);
    if (is_observed)
        observe_end(&seen, record->kernel_error, caller);
}

static void bind_as_platform(const struct binding *binding, bool readable, int provoked, struct record *record)
{
    struct bind_verdict it = judge(binding, readable);
    if (provoked && it.verdict.decision != DECIDE_FAIL) {
        provoke_note(record, provoked);
        return;
    }
    if (it.verdict.decision == DECIDE_CALL) {
        bind_really(binding, it, readable, record);
        return;
    }
    record->result = it.verdict.decision == DECIDE_SUCCEED ? 0 : -1;
    record->given_error = (uint16_t)it.verdict.error;
    record->key[0] = (uint16_t)it.verdict.why;
    record->flags = RECORD_NOT_CALLED;
}

/*
 * Whether the kernel answers so only after it has read the address, which it does as soon as it has found the socket.
 * Source: Linux net/socket.c, __sys_bind. Not EPERM and ENOSYS: a sandbox answers so, and reads nothing.
 */
static bool has_read_address(int error)
{
    switch (error) {
    case 0:
    case EACCES:
    case EADDRINUSE:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL:
    case ELOOP:
    case ENAMETOOLONG:
    case ENOENT:
    case ENOTDIR:
    case EROFS:
        return true;
    default:
        return false;
    }
}

/* Asks the kernel nothing, unless the profile's rules have to read the address before the call. */
static bool can_read_now(const struct sockaddr *address, socklen_t length)
{
    return length <= ADDRESS_MOST &&
           (memory_known_readable(address, length) || (guest_acts(CALL_bind) && facts_readable(address, length)));
}

/* Checked after the call: wrong only if another thread unmaps the memory meanwhile. */
static bool could_read(socklen_t length, int kernel_error)
{
    return length <= sizeof(struct sockaddr_storage) && has_read_address(kernel_error);
}

int bind_from(int fd, const struct sockaddr *address, socklen_t length, const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.bind(fd, address, length);
    int saved = errno, provoked = provoke_next(CALL_bind, fd);
    struct facts facts;
    struct binding binding = {.fd = fd, .facts = &facts, .address = address, .length = length};
    struct record record = {.call = CALL_bind, .fd = fd};
    bool readable = can_read_now(address, length);
    unsigned int needs = guest_needs(CALL_bind, PHASE_BEFORE) | guest_needs(CALL_bind, PHASE_FAILED) |
                         guest_needs(CALL_bind, PHASE_DONE);

    if (guest_acts(CALL_bind) && facts_gather(fd, needs, &facts) == 0)
        bind_as_platform(&binding, readable && length >= sizeof(sa_family_t), provoked, &record);
    else if (guest_observes(CALL_bind) && !provoked)
        bind_observed(&binding, &record, caller);
    else
        bind_natively(&binding, provoked, &record);
    if (readable || (!(record.flags & RECORD_NOT_CALLED) && could_read(length, record.kernel_error)))
        record_address(&record, address, length);
    recorder_append(&record, caller);
    errno = record.given_error ? record.given_error : saved;
    return record.result;
}

int hook_bind(int fd, const struct sockaddr *address, socklen_t length)
{
    return bind_from(fd, address, length, __builtin_return_address(0));
}
