/*
 * poll: what is ready on Linux may not be so on the platform.
 *
 * Linux reports a socket without a peer at once and for ever. Where the platform waits for it, so does this: while
 * nothing else is ready it looks again every few milliseconds, since the kernel would not sleep.
 */
#include <errno.h>
#include <time.h>

#include "../facts/facts.h"
#include "../rules/poll.h"
#include "guest.h"
#include "recorder.h"

#include "careful.h"

#define LOOK_AGAIN_MS 5

#define NS_OF_MS 1000000

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * NS_OF_MS + now.tv_nsec;
}

/* Puts the platform's events in place of the kernel's, and notes the last that differ. Returns how many are ready. */
static int judge_set(struct pollfd *set, nfds_t count, struct record *record)
{
    struct facts facts;
    int ready = 0;
    for (nfds_t i = 0; i < count; i++) {
        if (poll_event_matters(set[i].revents) && facts_of_role(set[i].fd, &facts) == 0) {
            struct poll_verdict it = poll_verdict(&guest.profile, &facts, set[i].events, set[i].revents);
            set[i].revents = it.events;
            record->key[0] = it.why ? (uint16_t)it.why : record->key[0];
            record->fd = it.why ? set[i].fd : record->fd;
        }
        ready += set[i].revents != 0;
    }
    return ready;
}

/* Until `end`, rounded up, as poll takes it; -1 for an end that never comes. */
static int left_ms(int64_t end)
{
    if (end < 0)
        return -1;
    int64_t left = end - now_ns();
    return left <= 0 ? 0 : (int)((left + NS_OF_MS - 1) / NS_OF_MS);
}

static int poll_by_rules(struct pollfd *set, nfds_t count, int timeout, struct record *record)
{
    int saved = errno, ready, left = timeout;
    int64_t end = timeout < 0 ? -1 : now_ns() + (int64_t)timeout * NS_OF_MS;
    while ((ready = real.poll(set, count, left)) > 0) {
        ready = judge_set(set, count, record);
        left = left_ms(end);
        if (ready > 0 || left == 0)
            break;
        if (real.poll(NULL, 0, left < 0 || left > LOOK_AGAIN_MS ? LOOK_AGAIN_MS : left) < 0)
            return -1;
    }
    if (ready >= 0)
        errno = saved;
    return ready;
}

static int poll_recorded(struct pollfd *set, nfds_t count, int timeout, const void *caller)
{
    struct record record = {.call = CALL_poll, .asked = timeout, .given = timeout};
    record.result = poll_by_rules(set, count, timeout, &record);
    record.given_error = record.kernel_error = record.result < 0 ? error_of_failure(errno) : 0;
    if (record.key[0])
        recorder_append(&record, caller);
    return record.result;
}

int hook_poll(struct pollfd *set, nfds_t count, int timeout)
{
    if (!guest.asks_poll)
        return real.poll(set, count, timeout);
    return poll_recorded(set, count, timeout, __builtin_return_address(0));
}

/* A set that is too small is for libc to tell. */
int hook___poll_chk(struct pollfd *set, nfds_t count, int timeout, size_t room)
{
    if (!guest.asks_poll || count > room / sizeof *set)
        return real.__poll_chk(set, count, timeout, room);
    return poll_recorded(set, count, timeout, __builtin_return_address(0));
}
