/* connect: left alone, and not recorded, unless the profile says something of it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/time.h>
#include <sys/un.h>

#include "../facts/facts.h"
#include "../facts/path.h"
#include "../rules/connect.h"
#include "calls.h"
#include "guest.h"
#include "recorder.h"
#include "silence.h"

#include "careful.h"

/*
 * An AF_UNIX connect that does not wait for room. Not by O_NONBLOCK, which whoever shares the open file would
 * see: by the shortest time-out of the socket itself. The kernel makes it one tick of its clock, so a full
 * queue costs some milliseconds; a negative one would cost none, but the kernel complains of it in its log.
 */
static int connect_at_once(int fd, const struct sockaddr *address, socklen_t length)
{
    struct timeval own, shortest = {.tv_usec = 1};
    socklen_t size = sizeof own;
    int state, result, error;
    if ((facts_flags(fd) & O_NONBLOCK) || real.getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &own, &size) != 0)
        return real.connect(fd, address, length);
    /* A thread that is cancelled in between must not leave the time-out behind. */
    pthread_testcancel();
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &shortest, sizeof shortest);
    result = real.connect(fd, address, length);
    error = errno;
    real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &own, sizeof own);
    pthread_setcancelstate(state, NULL);
    errno = error;
    return result;
}

static bool leads_to_other_file(const struct sockaddr *address, socklen_t length)
{
    struct unix_path path;
    return facts_unix_path(address, length, &path) && facts_is_other_file(&path);
}

static int connect_once(int fd, const struct facts *facts, const struct sockaddr *address, socklen_t length)
{
    return connect_must_not_wait(&guest.profile, facts) ? connect_at_once(fd, address, length)
                                                        : real.connect(fd, address, length);
}

/* The real call, and what the platform makes of its failure. */
static struct verdict connect_really(int fd, const struct facts *facts, const struct sockaddr *address,
                                     socklen_t length, struct record *record)
{
    const struct profile *profile = &guest.profile;
    enum key why = KEY_NONE;
    int result = connect_once(fd, facts, address, length);
    uint16_t error = result == 0 ? 0 : error_of_failure(errno);
    if (result != 0 && silence_begin(fd, facts, address, length, error)) {
        why = KEY_connect_not_listening;
        result = connect_once(fd, facts, address, length);
        error = result == 0 ? 0 : error_of_failure(errno);
    }
    if (result == 0)
        return (struct verdict){.decision = DECIDE_SUCCEED, .why = why};
    bool other = facts->domain == AF_UNIX && error == ECONNREFUSED && leads_to_other_file(address, length);
    struct verdict it = connect_failed_verdict(profile, facts, other, error);
    record->kernel_error = error;
    return it.decision == DECIDE_FAIL ? it : (struct verdict){.decision = DECIDE_FAIL, .error = error, .why = why};
}

/* The length of the address as the platform reads it: to the end of an AF_UNIX path. */
static socklen_t used_length(const struct facts *facts, const struct sockaddr *address, socklen_t length)
{
    const socklen_t head = offsetof(struct sockaddr_un, sun_path);
    if (facts->domain != AF_UNIX || length <= head)
        return length;
    socklen_t shorter = unix_length(guest.profile.connect_unix_long_address, (const char *)address + head, length);
    return shorter ? shorter : length;
}

static struct verdict connect_as_platform(int fd, const struct facts *facts, const struct sockaddr *address,
                                          socklen_t length, struct record *record)
{
    struct attempt attempt = {.connecting = facts->connecting, .lost = facts->connect_failed};
    struct verdict it = connect_verdict(&guest.profile, facts, &attempt, address, length);
    if (it.decision == DECIDE_CALL)
        return connect_really(fd, facts, address, used_length(facts, address, length), record);
    if (connect_dissolves(facts, address, length))
        real.connect(fd, address, length);
    else
        record->flags = RECORD_NOT_CALLED;
    return it;
}

static bool can_read(const void *address, socklen_t length)
{
    return recorder_knows_readable(address, length) || facts_readable(address, length);
}

static int connect_by_rules(int fd, const struct sockaddr *address, socklen_t length, const void *caller)
{
    int saved = errno;
    struct facts facts;
    struct record record = {.call = CALL_connect, .fd = fd, .flags = RECORD_NOT_CALLED};
    bool known = facts_of_role(fd, &facts) == 0;
    bool readable = length >= sizeof(sa_family_t) && length <= ADDRESS_MOST && can_read(address, length);
    struct verdict it = {.decision = DECIDE_CALL};
    if (known)
        it = connect_length_verdict(&guest.profile, &facts, length);
    if (it.decision == DECIDE_CALL && (!known || !readable)) {
        errno = saved;
        return real.connect(fd, address, length);
    }
    if (it.decision == DECIDE_CALL) {
        record.flags = 0;
        it = connect_as_platform(fd, &facts, address, length, &record);
    }
    record.key[0] = (uint16_t)it.why;
    record.result = it.decision == DECIDE_FAIL ? -1 : 0;
    record.given_error = (uint16_t)it.error;
    if (readable)
        record_address(&record, address, length);
    recorder_append(&record, caller);
    errno = it.error ? it.error : saved;
    return record.result;
}

int connect_from(int fd, const struct sockaddr *address, socklen_t length, const void *caller)
{
    if (!guest.asks_connect)
        return real.connect(fd, address, length);
    return connect_by_rules(fd, address, length, caller);
}

int hook_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    return connect_from(fd, address, length, __builtin_return_address(0));
}
