#include <errno.h>

#include "../guest/ask_refuser.h"
#include "../guest/guest.h"
#include "../guest/listeners.h"
#include "../guest/provoke.h"
#include "../guest/real.h"
#include "../guest/recorder.h"
#include "../kernel/facts.h"
#include "../kernel/mark_write.h"
#include "../kernel/system.h"
#include "../rules/listen.h"
#include "accept_filter.h"
#include "bind_port.h"
#include "calls.h"
#include "excess.h"
#include "hooks.h"
#include "observe.h"

#include "../kernel/async_safe.h"

static void note_verdict(struct record *record, const struct listen_verdict *it)
{
    record->effective = it->effective;
    record->capacity = it->capacity;
    record->given = it->backlog;
    record->key[0] = (uint16_t)it->verdict.why;
    record->key[1] = (uint16_t)it->why_backlog;
    if (it->limited)
        record->flags |= RECORD_LIMITED;
    if (it->verdict.decision != DECIDE_CALL)
        record->flags |= RECORD_NOT_CALLED;
}

/* Without a refuser the server runs with the kernel's overflow, and the record says why. */
static void tell_refuser(struct record *record, int fd, bool resets)
{
    bool tells;
    record->flags |= RECORD_WATCHED;
    if (resets)
        record->flags |= RECORD_RESETS;
    record->refuser_error = refuser_watch(fd, resets, &tells);
    if (tells)
        record->flags |= RECORD_TELLS;
}

/* Where the socket listens now: a port that listen itself chose included, if the kernel is asked anything at all. */
static void note_address(struct record *record, int fd)
{
    struct sockaddr_storage address;
    socklen_t length;
    if (!guest_acts(CALL_listen))
        listener_name(fd, record);
    else if (facts_name(fd, &address, &length))
        record_address(record, &address, length);
}

/* `needs` of the call, before it and after a failure: everything is read before the call, which may bind the socket. */
static struct listen_verdict judge(int fd, int backlog, unsigned int needs, struct facts *facts)
{
    struct listen_verdict it = {.effective = backlog, .backlog = backlog};
    if (!guest_acts(CALL_listen) || facts_gather(fd, needs, facts) != 0)
        return it;
    it = listen_verdict(&guest.profile, facts, backlog);
    if (!(needs & NEED_KERNEL_MAX))
        it.effective = backlog; /* no key is about the number */
    return it;
}

/*
 * Binds to the port of the failed connect, which getsockname still gives although the socket is unbound. If the port
 * is taken meanwhile, listen chooses one, as it would have anyway. By system call: libc's connect is a cancellation
 * point, and listen is none.
 */
static void regain_port(int fd)
{
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    struct sockaddr_storage address;
    socklen_t length;
    if (!facts_name(fd, &address, &length))
        return;
    system_call(SYS_connect, fd, &nobody, sizeof nobody); /* a non-blocking connect must first be told of its failure */
    system_call(SYS_bind, fd, &address, length);
}

/* Returns 0 or the kernel's errno. */
static int call_listen(int fd, const struct listen_verdict *it, const struct facts *facts, struct record *record)
{
    int error = 0, dead = it->shortens ? excess_at_listen(fd, it->remaining, record) : 0;
    if (it->keep_port)
        regain_port(fd);
    else if (guest_needs(CALL_listen, PHASE_BEFORE) & (NEED_PORT_USE | NEED_PORT_RANGE) && !facts->bound)
        error = port_autobind(fd, facts);
    if (error)
        record->key[0] = KEY_bind_port_min;
    if (!error && real.listen(fd, it->backlog + dead) != 0)
        error = error_of_failure(errno);
    if (error)
        return error;
    if (it->shortens)
        excess_note(fd, dead);
    if (facts->draining)
        mark_change(fd, MARK_DRAINING, 0); /* it listens again */
    port_serve_first(fd);
    return 0;
}

/* Makes the real call; returns the error for the program, or 0. */
static int listen_really(int fd, const struct listen_verdict *it, const struct facts *facts, struct record *record)
{
    int error = call_listen(fd, it, facts, record);
    if (!error)
        return 0;
    record->kernel_error = (uint16_t)error;
    if (!needs_after(&guest.profile.needs, CALL_listen, error))
        return error;
    struct verdict after = listened_verdict(&guest.profile, facts, error);
    if (after.decision != DECIDE_FAIL)
        return error;
    record->key[0] = (uint16_t)after.why;
    return after.error;
}

int listen_from(int fd, int backlog, const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.listen(fd, backlog);
    int saved = errno, error = 0, provoked = provoke_next(CALL_listen, fd);
    struct facts facts = {0};
    unsigned int needs = guest_needs(CALL_listen, PHASE_BEFORE) | guest_needs(CALL_listen, PHASE_FAILED);
    struct listen_verdict it = judge(fd, backlog, needs, &facts);
    struct record record = {.call = CALL_listen, .fd = fd, .asked = backlog};
    struct ring_case seen;
    bool is_observed = !provoked && observe(&seen, CALL_listen, fd, caller);

    note_verdict(&record, &it);
    if (it.verdict.decision == DECIDE_FAIL)
        error = it.verdict.error;
    else if (provoked)
        error = provoked;
    else if (it.verdict.decision == DECIDE_CALL)
        error = listen_really(fd, &it, &facts, &record);
    record.result = error ? -1 : 0;
    record.given_error = (uint16_t)error;
    if (provoked && it.verdict.decision != DECIDE_FAIL)
        provoke_note(&record, provoked);
    if (it.watched && !error)
        tell_refuser(&record, fd, it.resets);
    note_address(&record, fd);
    recorder_append(&record, caller);
    if (is_observed) {
        seen.arguments[0] = backlog;
        observe_end(&seen, error, caller);
    }
    if (guest_acts_in(CALL_listen, PHASE_DONE) && !error && it.verdict.decision == DECIDE_CALL)
        filter_at_listen(fd, caller);
    errno = error ? error : saved;
    return record.result;
}

int hook_listen(int fd, int backlog)
{
    return listen_from(fd, backlog, __builtin_return_address(0));
}
