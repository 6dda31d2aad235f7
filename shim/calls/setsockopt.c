#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "../guest/guest.h"
#include "../guest/real.h"
#include "../guest/recorder.h"
#include "../kernel/facts.h"
#include "../kernel/mark_write.h"
#include "../kernel/socket_options.h"
#include "../kernel/timeouts.h"
#include "../rules/accept.h"
#include "../rules/option.h"
#include "accept_filter.h"
#include "bind_port.h"
#include "calls.h"
#include "hooks.h"
#include "observe.h"

#include "../kernel/async_safe.h"

/* Whether the value is 0. */
static bool clears(const void *value, socklen_t length)
{
    int on;
    if (length < sizeof on || !facts_readable(value, sizeof on))
        return false;
    memcpy(&on, value, sizeof on);
    return !on;
}

/* Asks for the family only if the platform may refuse the option. */
static struct verdict judge(int fd, int level, int name, const void *value, socklen_t length)
{
    bool v6only = level == IPPROTO_IPV6 && name == IPV6_V6ONLY,
         reuse_port = level == SOL_SOCKET && name == SO_REUSEPORT;
    if (!(guest_needs(CALL_setsockopt, PHASE_BEFORE) & NEED_ROLE) || (!v6only && !reuse_port))
        return (struct verdict){.decision = DECIDE_CALL};
    return socket_option_verdict(&guest.profile, facts_domain(fd), level, name, clears(value, length));
}

static int refuse(int fd, int name, const struct verdict *it, const void *caller)
{
    struct record record = {.call = CALL_setsockopt,
                            .fd = fd,
                            .asked = name,
                            .result = -1,
                            .given_error = (uint16_t)it->error,
                            .key = {(uint16_t)it->why},
                            .flags = RECORD_NOT_CALLED};
    recorder_append(&record, caller);
    errno = it->error;
    return -1;
}

/* Notes what accept will need, and what a shared port depends on. */
static void note_option(int fd, int level, int name, const void *value, socklen_t length)
{
    const unsigned int needs = guest_needs(CALL_setsockopt, PHASE_DONE);
    int mark = needs & NEED_TIMEOUTS ? late_timeout_mark(&guest.profile, level, name) : 0;
    if (mark)
        timeout_was_set(fd, mark);
    if (needs & (NEED_OPTIONS_TCP | NEED_OPTIONS_UNIX))
        options_note_set(fd, level, name);
    if (needs & NEED_PORT_USE && level == SOL_SOCKET && name == SO_REUSEPORT)
        port_reuse_was_set(fd, value, length);
}

static int set_by_rules(int fd, int level, int name, const void *value, socklen_t length, const void *caller)
{
    int saved = errno;
    struct verdict it = judge(fd, level, name, value, length);
    if (it.decision == DECIDE_FAIL)
        return refuse(fd, name, &it, caller);
    errno = saved;
    int result = real.setsockopt(fd, level, name, value, length);
    if (result == 0)
        note_option(fd, level, name, value, length);
    return result;
}

static int set_observed(int fd, int level, int name, const void *value, socklen_t length, const void *caller)
{
    struct ring_case seen;
    bool is_observed = observe_is_judged(CALL_setsockopt, level, name) && observe(&seen, CALL_setsockopt, fd, caller);
    if (is_observed)
        observe_value(&seen, level, name, value, length);
    int result = real.setsockopt(fd, level, name, value, length);
    if (is_observed)
        observe_end(&seen, result < 0 ? error_of_failure(errno) : 0, caller);
    return result;
}

int setsockopt_from(int fd, int level, int name, const void *value, socklen_t length, const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.setsockopt(fd, level, name, value, length);
    if (mark_is_asked(level, name) && guest.profile.needs.all)
        return mark_set_cpu(fd, value, length);
    if (guest_observes(CALL_setsockopt))
        return set_observed(fd, level, name, value, length, caller);
    if (!guest_acts(CALL_setsockopt))
        return real.setsockopt(fd, level, name, value, length);
    if (filter_is_asked(CALL_setsockopt, level, name))
        return filter_set(fd, level, value, length, caller);
    return set_by_rules(fd, level, name, value, length, caller);
}

int hook_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    return setsockopt_from(fd, level, name, value, length, __builtin_return_address(0));
}

#ifndef __LP64__
int hook___setsockopt64(int fd, int level, int name, const void *value, socklen_t length)
{
    return setsockopt_from(fd, level, name, value, length, __builtin_return_address(0));
}
#endif
