/*
 * send, sendto and sendmsg: recorded only where the platform made a difference.
 *
 * Where a platform has another errno than EPIPE, no SIGPIPE comes. So the first call asks for none; where the error
 * stands, the call is made once more as the program made it, and the kernel itself raises the signal. Nothing was
 * sent by the first, and a socket that cannot send stays so. Where the platform raises it and Linux does not, it is
 * raised here, for the thread that called.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "../facts/facts.h"
#include "../facts/system.h"
#include "../rules/send.h"
#include "guest.h"
#include "recorder.h"

#include "careful.h"

struct sending {
    enum call name;
    int fd, flags;
    const void *data;
    size_t size;
    const struct sockaddr *address;
    socklen_t length;
    const struct msghdr *message; /* of sendmsg, in place of the four above */
    bool addressed;
    const void *caller;
};

static ssize_t call_really(const struct sending *call, int flags)
{
    switch (call->name) {
    case CALL_send:
        return real.send(call->fd, call->data, call->size, flags);
    case CALL_sendto:
        return real.sendto(call->fd, call->data, call->size, flags, call->address, call->length);
    default:
        return real.sendmsg(call->fd, call->message, flags);
    }
}

static void note(const struct sending *call, const struct verdict *it, int kernel_error)
{
    struct record record = {.call = (uint16_t)call->name,
                            .fd = call->fd,
                            .result = it->decision == DECIDE_FAIL ? -1 : 0,
                            .kernel_error = (uint16_t)kernel_error,
                            .given_error = (uint16_t)it->error,
                            .flags = kernel_error ? 0 : RECORD_NOT_CALLED};
    record.key[0] = (uint16_t)it->why;
    recorder_append(&record, call->caller);
}

static struct verdict judge_failure(const struct sending *call, int error)
{
    struct facts facts;
    if (!send_failure_matters(&guest.profile, error) || facts_of_role(call->fd, &facts) != 0)
        return (struct verdict){.decision = DECIDE_CALL};
    return send_failed_verdict(&guest.profile, &facts, call->addressed, error);
}

/* The kernel's own signal, by the kernel's own call, where it has one for this socket. */
static void raise_signal(const struct sending *call, int kernel_error)
{
    int type = -1;
    socklen_t length = sizeof type;
    real.getsockopt(call->fd, SOL_SOCKET, SO_TYPE, &type, &length);
    if (send_signals(&guest.profile, type))
        system_call(SYS_tgkill, getpid(), system_call(SYS_gettid), SIGPIPE);
    else if (kernel_error == EPIPE)
        call_really(call, call->flags);
}

static ssize_t fail(const struct sending *call, int error, int kernel_error)
{
    if (error == EPIPE && !(call->flags & MSG_NOSIGNAL))
        raise_signal(call, kernel_error);
    errno = error;
    return -1;
}

static ssize_t send_by_rules(const struct sending *call);

/* Once more, as if the program had named no address; so it comes here once only. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static ssize_t send_unaddressed(const struct sending *call)
{
    struct sending bare = *call;
    struct msghdr message;
    bare.addressed = false;
    bare.address = NULL;
    bare.length = 0;
    if (call->message) {
        message = *call->message;
        message.msg_name = NULL;
        message.msg_namelen = 0;
        bare.message = &message;
    }
    return send_by_rules(&bare);
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static ssize_t send_by_rules(const struct sending *call)
{
    int saved = errno;
    struct facts facts;
    struct verdict it = {.decision = DECIDE_CALL};
    if (call->addressed && send_minds_address(&guest.profile) && facts_of_role(call->fd, &facts) == 0)
        it = send_verdict(&guest.profile, &facts);
    if (it.decision == DECIDE_FAIL) {
        note(call, &it, 0);
        return fail(call, it.error, 0);
    }
    errno = saved;
    ssize_t result = call_really(call, call->flags | MSG_NOSIGNAL);
    if (result >= 0)
        return result;
    int error = errno;
    it = judge_failure(call, error);
    if (it.decision != DECIDE_CALL)
        note(call, &it, error);
    errno = saved;
    if (it.decision == DECIDE_SUCCEED)
        return send_unaddressed(call);
    return fail(call, it.decision == DECIDE_FAIL ? it.error : error, error);
}

ssize_t hook_send(int fd, const void *data, size_t size, int flags)
{
    struct sending call = {.name = CALL_send, .fd = fd, .flags = flags, .data = data, .size = size};
    if (!guest.asks_send)
        return real.send(fd, data, size, flags);
    call.caller = __builtin_return_address(0);
    return send_by_rules(&call);
}

ssize_t hook_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length)
{
    struct sending call = {.name = CALL_sendto,
                           .fd = fd,
                           .flags = flags,
                           .data = data,
                           .size = size,
                           .address = address,
                           .length = length,
                           .addressed = address != NULL};
    if (!guest.asks_send)
        return real.sendto(fd, data, size, flags, address, length);
    call.caller = __builtin_return_address(0);
    return send_by_rules(&call);
}

ssize_t hook_sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct sending call = {.name = CALL_sendmsg, .fd = fd, .flags = flags, .message = message};
    if (!guest.asks_send)
        return real.sendmsg(fd, message, flags);
    call.addressed = facts_readable(message, sizeof *message) && message->msg_name;
    call.caller = __builtin_return_address(0);
    return send_by_rules(&call);
}
