#include <string.h>

#include "../rules/rules.h"
#include "filter.h"
#include "hooks.h"
#include "queue.h"

#include "careful.h"

/* The kernel has just written *length bytes, so that they can be written again. Not recorded: nothing is refused. */
static void give_as_platform(int level, int name, void *value, socklen_t length)
{
    int number;
    if (length < sizeof number)
        return;
    memcpy(&number, value, sizeof number);
    number = option_value(&guest.book.profile, level, name, number);
    memcpy(value, &number, sizeof number);
}

int hook_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
    if (filter_is_asked(level, name))
        return filter_get(fd, level, value, length, __builtin_return_address(0));
    if (queue_is_asked(level, name))
        return queue_get(fd, level, name, value, length, __builtin_return_address(0));
    int result = real.getsockopt(fd, level, name, value, length);
    if (result == 0 && guest.asks_options)
        give_as_platform(level, name, value, *length);
    return result;
}
