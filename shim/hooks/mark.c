#include "mark.h"

#include <errno.h>

#include "hooks.h"

#include "careful.h"

void mark_change(int fd, int cleared, int set)
{
    int saved = errno, value = MARK_VALUE((facts_mark(fd) & ~cleared) | set);
    real.setsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &value, sizeof value);
    errno = saved;
}
