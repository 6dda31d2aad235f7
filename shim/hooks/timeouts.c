#include "timeouts.h"

#include <errno.h>

#include "hooks.h"

#include "careful.h"

void timeout_was_set(int fd, int mark)
{
    int saved = errno, listening = 0;
    socklen_t length = sizeof listening;
    if (real.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening) {
        int value = MARK_VALUE(facts_mark(fd) | mark);
        real.setsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &value, sizeof value);
    }
    errno = saved;
}
