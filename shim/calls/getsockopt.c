#include <errno.h>
#include <string.h>

#include "../guest/real.h"
#include "../kernel/facts.h"
#include "../kernel/mark_write.h"
#include "../kernel/port.h"
#include "../rules/option.h"
#include "../rules/shutdown.h"
#include "accept_filter.h"
#include "calls.h"
#include "hooks.h"
#include "observe.h"
#include "queue_option.h"

#include "../kernel/async_safe.h"

/* SO_ERROR reports a posted error once, as accept does. */
static int take_posted(int fd)
{
    int error = posted_error(&guest.profile);
    if (!(guest_needs(CALL_getsockopt, PHASE_DONE) & NEED_MARK) || !(facts_mark(fd) & MARK_ABORTED))
        return 0;
    mark_change(fd, MARK_ABORTED, 0);
    return error;
}

/* SO_REUSEPORT reads 0 where only the library has set it, so that the port can be shared. */
static bool is_not_its_own(int fd, int level, int name, int number)
{
    return guest_needs(CALL_getsockopt, PHASE_DONE) & NEED_PORT_USE && level == SOL_SOCKET && name == SO_REUSEPORT &&
           number != 0 && port_is_lent(fd);
}

static bool size_was_set(int fd, int name)
{
    return facts_sizes_set(fd) & (name == SO_SNDBUF ? SEND_SIZE_SET : RECEIVE_SIZE_SET);
}

static int size_as_platform(int fd, int name, int number)
{
    return size_was_set(fd, name) ? number / 2 : number;
}

/* The kernel has just written *length bytes, so they can be written again. Not recorded: the call does not fail. */
static void give_as_platform(int fd, int level, int name, void *value, socklen_t length)
{
    struct facts facts;
    int number, saved = errno;
    if (length < sizeof number)
        return;
    memcpy(&number, value, sizeof number);
    if (level == SOL_SOCKET && name == SO_ERROR && number == 0)
        number = take_posted(fd);
    else if (level == SOL_SOCKET && name == SO_ACCEPTCONN && number == 0)
        number = option_value(&guest.profile, level, name,
                              facts_gather(fd, guest_needs(CALL_getsockopt, PHASE_DONE), &facts) == 0 &&
                                  still_accepts(&guest.profile, &facts));
    else if (option_is_doubled(&guest.profile, level, name))
        number = size_as_platform(fd, name, number);
    else
        number = is_not_its_own(fd, level, name, number) ? 0 : option_value(&guest.profile, level, name, number);
    memcpy(value, &number, sizeof number);
    errno = saved;
}

/* The kernel has just written *length bytes. */
static int get_observed(int fd, int level, int name, void *value, socklen_t *length, const void *caller)
{
    struct ring_case seen;
    bool is_observed = observe_is_judged(CALL_getsockopt, level, name) && observe(&seen, CALL_getsockopt, fd, caller);
    int result = real.getsockopt(fd, level, name, value, length);
    int saved = errno, error = result < 0 ? error_of_failure(errno) : 0;
    if (is_observed) {
        seen.arguments[0] = level;
        seen.arguments[1] = name;
        if (result == 0 && value && *length >= sizeof seen.arguments[2])
            memcpy(&seen.arguments[2], value, sizeof seen.arguments[2]);
        seen.arguments[2] = seen.arguments[2] != 0;
        if (name == SO_SNDBUF || name == SO_RCVBUF)
            seen.arguments[3] = size_was_set(fd, name);
        observe_end(&seen, error, caller);
        errno = saved;
    }
    return result;
}

int getsockopt_from(int fd, int level, int name, void *value, socklen_t *length, const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.getsockopt(fd, level, name, value, length);
    if (filter_is_asked(CALL_getsockopt, level, name))
        return filter_get(fd, level, value, length, caller);
    if (queue_is_asked(level, name))
        return queue_get(fd, level, name, value, length, caller);
    int result = guest_observes(CALL_getsockopt) ? get_observed(fd, level, name, value, length, caller)
                                                 : real.getsockopt(fd, level, name, value, length);
    if (result == 0 && mark_is_asked(level, name) && (*length >= sizeof(int) || guest.profile.needs.all))
        mark_give_cpu(fd, value, *length);
    if (result == 0 && guest_acts_in(CALL_getsockopt, PHASE_DONE))
        give_as_platform(fd, level, name, value, *length);
    return result;
}

int hook_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
    return getsockopt_from(fd, level, name, value, length, __builtin_return_address(0));
}

#ifndef __LP64__
int hook___getsockopt64(int fd, int level, int name, void *value, socklen_t *length)
{
    return getsockopt_from(fd, level, name, value, length, __builtin_return_address(0));
}
#endif
