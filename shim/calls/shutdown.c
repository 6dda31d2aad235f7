#include <errno.h>

#include "../guest/guest.h"
#include "../guest/real.h"
#include "../guest/recorder.h"
#include "../kernel/facts.h"
#include "../kernel/mark_write.h"
#include "../kernel/port.h"
#include "../rules/shutdown.h"
#include "calls.h"
#include "drain.h"
#include "hooks.h"
#include "observe.h"

#include "../kernel/async_safe.h"

static int shutdown_by_rules(int fd, int how, struct record *record)
{
    int saved = errno, result = 0;
    struct facts facts;
    struct shutdown_verdict it = {.verdict = {.decision = DECIDE_CALL}};
    if (facts_gather(fd, guest_needs(CALL_shutdown, PHASE_BEFORE), &facts) == 0)
        it = shutdown_verdict(&guest.profile, &facts, how);
    record->key[0] = (uint16_t)it.verdict.why;
    if (it.verdict.decision == DECIDE_CALL) {
        result = real.shutdown(fd, how);
        record->kernel_error = record->given_error = result < 0 ? error_of_failure(errno) : 0;
    } else {
        result = it.verdict.decision == DECIDE_SUCCEED ? 0 : -1;
        record->given_error = (uint16_t)it.verdict.error;
        record->flags |= RECORD_NOT_CALLED;
    }
    if (it.mark)
        mark_change(fd, 0, it.mark);
    if (it.closes_queue)
        drain_close(fd);
    if (it.passes_on)
        real.shutdown(fd, how);
    /* The kernel answers ENOTCONN to this one, but remembers it. */
    if (it.marks && result == 0) {
        real.shutdown(fd, SHUT_RDWR);
        if (facts.listening && shutdown_closes_port(&guest.profile))
            port_mark_closed(fd);
    }
    errno = result < 0 ? record->given_error : saved;
    return result;
}

static int shutdown_observed(int fd, int how, const void *caller)
{
    struct ring_case seen;
    bool is_observed = observe(&seen, CALL_shutdown, fd, caller);
    int result = real.shutdown(fd, how);
    if (is_observed) {
        seen.arguments[0] = how;
        observe_end(&seen, result < 0 ? error_of_failure(errno) : 0, caller);
    }
    return result;
}

/* Recorded only if the platform changes the result: most shutdowns end a connection. */
int shutdown_from(int fd, int how, const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.shutdown(fd, how);
    struct record record = {.call = CALL_shutdown, .fd = fd, .asked = how, .given = how};
    if (guest_observes(CALL_shutdown))
        return shutdown_observed(fd, how, caller);
    if (!guest_acts(CALL_shutdown))
        return real.shutdown(fd, how);
    record.result = shutdown_by_rules(fd, how, &record);
    if (record.key[0])
        recorder_append(&record, caller);
    return record.result;
}

int hook_shutdown(int fd, int how)
{
    return shutdown_from(fd, how, __builtin_return_address(0));
}
