#include <errno.h>
#include <string.h>

#include "../facts/facts.h"
#include "../rules/rules.h"
#include "filter.h"
#include "hooks.h"
#include "mark.h"
#include "queue.h"

#include "careful.h"

/* SO_ERROR tells of a posted error once, as accept does. */
static int take_posted(int fd)
{
    int error = posted_error(&guest.profile);
    if (!(guest_needs(CALL_getsockopt, PHASE_DONE) & NEED_MARK) || !(facts_mark(fd) & MARK_ABORTED))
        return 0;
    mark_change(fd, MARK_ABORTED, 0);
    return error;
}

/* The kernel has just written *length bytes, so that they can be written again. Not recorded: nothing is refused. */
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
    else
        number = option_value(&guest.profile, level, name, number);
    memcpy(value, &number, sizeof number);
    errno = saved;
}

int hook_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
    if (filter_is_asked(CALL_getsockopt, level, name))
        return filter_get(fd, level, value, length, __builtin_return_address(0));
    if (queue_is_asked(level, name))
        return queue_get(fd, level, name, value, length, __builtin_return_address(0));
    int result = real.getsockopt(fd, level, name, value, length);
    if (result == 0 && guest_acts_in(CALL_getsockopt, PHASE_DONE))
        give_as_platform(fd, level, name, value, *length);
    return result;
}
