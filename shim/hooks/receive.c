/* recv, recvfrom and recvmsg: what the platform makes of their failure, recorded only where it makes a difference. */
#include <errno.h>

#include "../facts/facts.h"
#include "../rules/send.h"
#include "guest.h"
#include "recorder.h"

#include "careful.h"

/* Behind a real call that failed; returns what the program is given, errno included. */
static ssize_t judge_failure(enum call name, int fd, int saved, const void *caller)
{
    int error = errno;
    struct facts facts;
    struct record record = {.call = (uint16_t)name, .fd = fd, .result = -1, .kernel_error = error_of_failure(error)};
    struct verdict it = {.decision = DECIDE_CALL};
    if (receive_failure_matters(&guest.profile, error) && facts_of_role(fd, &facts) == 0)
        it = receive_failed_verdict(&guest.profile, &facts, error);
    if (it.decision == DECIDE_CALL) {
        errno = error;
        return -1;
    }
    record.result = it.decision == DECIDE_SUCCEED ? 0 : -1;
    record.given_error = (uint16_t)it.error;
    record.key[0] = (uint16_t)it.why;
    recorder_append(&record, caller);
    errno = it.error ? it.error : saved;
    return record.result;
}

static ssize_t receive(int fd, void *data, size_t size, int flags, const void *caller)
{
    int saved = errno;
    ssize_t result = real.recv(fd, data, size, flags);
    return result >= 0 ? result : judge_failure(CALL_recv, fd, saved, caller);
}

static ssize_t receive_from(int fd, void *data, size_t size, int flags, struct sockaddr *address, socklen_t *length,
                            const void *caller)
{
    int saved = errno;
    ssize_t result = real.recvfrom(fd, data, size, flags, address, length);
    return result >= 0 ? result : judge_failure(CALL_recvfrom, fd, saved, caller);
}

ssize_t hook_recv(int fd, void *data, size_t size, int flags)
{
    if (!guest.asks_receive)
        return real.recv(fd, data, size, flags);
    return receive(fd, data, size, flags, __builtin_return_address(0));
}

/* A buffer that is too small is for libc to tell. */
ssize_t hook___recv_chk(int fd, void *data, size_t size, size_t room, int flags)
{
    if (!guest.asks_receive || size > room)
        return real.__recv_chk(fd, data, size, room, flags);
    return receive(fd, data, size, flags, __builtin_return_address(0));
}

ssize_t hook_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *address, socklen_t *length)
{
    if (!guest.asks_receive)
        return real.recvfrom(fd, data, size, flags, address, length);
    return receive_from(fd, data, size, flags, address, length, __builtin_return_address(0));
}

ssize_t hook___recvfrom_chk(int fd, void *data, size_t size, size_t room, int flags, struct sockaddr *address,
                            socklen_t *length)
{
    if (!guest.asks_receive || size > room)
        return real.__recvfrom_chk(fd, data, size, room, flags, address, length);
    return receive_from(fd, data, size, flags, address, length, __builtin_return_address(0));
}

ssize_t hook_recvmsg(int fd, struct msghdr *message, int flags)
{
    int saved = errno;
    if (!guest.asks_receive)
        return real.recvmsg(fd, message, flags);
    ssize_t result = real.recvmsg(fd, message, flags);
    return result >= 0 ? result : judge_failure(CALL_recvmsg, fd, saved, __builtin_return_address(0));
}
