#include "filter.h"

#include <errno.h>
#include <sys/socket.h>

int facts_of_filter(int fd, struct filter_facts *facts)
{
    int listening = 0, mark = -1;
    socklen_t length = sizeof listening;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) != 0)
        return errno;
    length = sizeof mark;
    *facts = (struct filter_facts){.listening = listening != 0};
    if (getsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &mark, &length) != 0)
        return 0;
    for (enum filter filter = FILTER_DATAREADY; filter < FILTER_COUNT; filter++)
        if (mark == FILTER_MARK(filter))
            facts->installed = filter;
    return 0;
}
