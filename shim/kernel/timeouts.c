#include "timeouts.h"

#include <errno.h>

#include "mark_write.h"
#include "option.h"

#include "async_safe.h"

void timeout_was_set(int fd, int mark)
{
    int saved = errno, listening = 0;
    socklen_t length = sizeof listening;
    if (option_get(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening)
        mark_change(fd, 0, mark);
    errno = saved;
}
