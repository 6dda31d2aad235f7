#include "filter.h"
#include "hooks.h"

#include "careful.h"

int hook_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    if (filter_is_asked(level, name))
        return filter_set(fd, level, value, length, __builtin_return_address(0));
    return real.setsockopt(fd, level, name, value, length);
}
