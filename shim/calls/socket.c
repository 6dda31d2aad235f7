#include <errno.h>
#include <netinet/in.h>

#include "../guest/guest.h"
#include "../guest/listeners.h"
#include "../guest/recorder.h"
#include "../rules/socket.h"
#include "calls.h"
#include "hooks.h"

#include "../guest/real.h"
#include "../kernel/async_safe.h"

/* The platform's default. The program has said nothing yet; what it sets later counts. */
static void set_v6only(int fd, int value)
{
    real.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof value);
}

static int socket_by_rules(int domain, int type, int protocol, struct record *record)
{
    const struct profile *profile = &guest.profile;
    int saved = errno, result = real.socket(domain, type, protocol), v6only = socket_v6only(profile, domain, type);
    if (result >= 0 && v6only >= 0) {
        set_v6only(result, v6only);
        record->key[0] = KEY_socket_v6only;
    }
    if (result < 0) {
        struct verdict it = socket_verdict(profile, type, errno);
        record->kernel_error = error_of_failure(errno);
        record->given_error = it.decision == DECIDE_FAIL ? (uint16_t)it.error : record->kernel_error;
        record->key[0] = (uint16_t)it.why;
    }
    errno = result < 0 ? record->given_error : saved;
    return result;
}

/* Recorded only where the platform made a difference: a server makes sockets for much that is none of our business. */
int socket_from(int domain, int type, int protocol, const void *caller)
{
    if (unlikely(!guest_takes(-1)))
        return real.socket(domain, type, protocol);
    struct record record = {.call = CALL_socket, .asked = type, .given = type};
    if (guest_acts(CALL_socket))
        record.result = socket_by_rules(domain, type, protocol, &record);
    else
        record.result = real.socket(domain, type, protocol);
    record.fd = record.result;
    if (record.result >= 0) {
        recorder_open();
        listener_forget(record.fd);
    }
    if (record.key[0])
        recorder_append(&record, caller);
    return record.result;
}

int hook_socket(int domain, int type, int protocol)
{
    return socket_from(domain, type, protocol, __builtin_return_address(0));
}
