#include "filter.h"
#include "hooks.h"
#include "queue.h"

#include "careful.h"

int hook_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
    if (filter_is_asked(level, name))
        return filter_get(fd, level, value, length, __builtin_return_address(0));
    if (queue_is_asked(level, name))
        return queue_get(fd, level, name, value, length, __builtin_return_address(0));
    return real.getsockopt(fd, level, name, value, length);
}
