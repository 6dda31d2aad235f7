#define LISTENAS_INSIDE
#include <time.h>

#include "../kernel/facts.h"
#include "listenas.h"

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Why facts_of_queue tells nothing of this socket. */
static int fault_of(int fd)
{
    struct facts facts;
    int error = facts_gather(fd, NEED_ROLE, &facts);
    if (error)
        return error;
    return facts.listening ? EOPNOTSUPP : EINVAL;
}

/* 1 or 0, or -1 with errno. Linux lets in one more than the backlog (include/net/sock.h, sk_acceptq_is_full). */
static int is_full(int fd)
{
    struct queue_facts queue;
    if (facts_of_queue(fd, &queue))
        return queue.queued > queue.backlog;
    errno = fault_of(fd);
    return -1;
}

int listenas_wait_full(int fd, int timeout_ms)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    int saved = errno;
    int64_t until_ms = now_ms() + timeout_ms;
    int full = is_full(fd);
    while (full == 0 && (timeout_ms < 0 || now_ms() < until_ms)) {
        nanosleep(&moment, NULL);
        full = is_full(fd);
    }
    if (full >= 0)
        errno = saved;
    return full;
}
