#include "filter.h"

#include <errno.h>
#include <sys/socket.h>

#include "facts.h"
#include "mark.h"
#include "option.h"

static int backlog_of(int fd)
{
    struct queue_facts queue;
    return facts_domain(fd) != AF_UNIX && facts_of_queue(fd, &queue) ? queue.backlog : -1;
}

int facts_of_filter(int fd, struct filter_facts *facts)
{
    int listening = 0;
    socklen_t length = sizeof listening;
    if (option_get(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) != 0)
        return errno;
    int filter = facts_mark(fd) & MARK_FILTER;
    *facts = (struct filter_facts){.listening = listening != 0,
                                   .backlog = backlog_of(fd),
                                   .installed = filter < FILTER_COUNT ? (enum filter)filter : FILTER_NONE};
    return 0;
}
