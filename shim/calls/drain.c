#include "drain.h"

#include <errno.h>

#include "../guest/guest.h"
#include "../guest/real.h"
#include "../kernel/facts.h"
#include "../kernel/mark_write.h"
#include "../kernel/port.h"
#include "../rules/shutdown.h"

#include "../kernel/async_safe.h"

/* A queue of one place, which is taken by a connection that waits: Linux drops the SYNs of new clients. */
void drain_close(int fd)
{
    int saved = errno;
    real.listen(fd, 0);
    errno = saved;
}

/* The kernel answers ENOTCONN to the second shutdown, but remembers it: facts->shut_down. */
void drain_end_if_empty(int fd, int mark)
{
    int saved = errno;
    if ((mark & MARK_DRAINING) && !facts_has_queued(fd)) {
        mark_change(fd, MARK_DRAINING | MARK_DRAINING_SHUT, 0);
        real.shutdown(fd, SHUT_RD);
        if (mark & MARK_DRAINING_SHUT) {
            real.shutdown(fd, SHUT_RDWR);
            if (shutdown_closes_port(&guest.profile))
                port_mark_closed(fd);
        }
    }
    errno = saved;
}
