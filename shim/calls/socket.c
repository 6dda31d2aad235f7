#include <errno.h>
#include <netinet/in.h>

#include "../guest/guest.h"
#include "../guest/listeners.h"
#include "../guest/provoke.h"
#include "../guest/recorder.h"
#include "../rules/socket.h"
#include "calls.h"
#include "hooks.h"
#include "observe.h"

#include "../guest/real.h"
#include "../kernel/async_safe.h"

/* Sets the platform's default. What the program sets later replaces it. */
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

static int socket_plainly(int domain, int type, int protocol, struct record *record)
{
    int result = real.socket(domain, type, protocol);
    record->kernel_error = record->given_error = result < 0 ? error_of_failure(errno) : 0;
    return result;
}

static int make_socket(int domain, int type, int protocol, struct record *record)
{
    if (guest_leaves(CALL_socket))
        return real.socket(domain, type, protocol);
    int provoked = provoke_next(CALL_socket, -1);
    if (provoked) {
        provoke_note(record, provoked);
        errno = provoked;
        return record->result;
    }
    return guest_acts(CALL_socket) ? socket_by_rules(domain, type, protocol, record)
                                   : socket_plainly(domain, type, protocol, record);
}

/*
 * Recorded only if the platform changes the result or LISTENAS_PROVOKE counts the calls: servers make sockets for
 * many other purposes.
 */
int socket_from(int domain, int type, int protocol, const void *caller)
{
    if (unlikely(!guest_takes(-1)))
        return real.socket(domain, type, protocol);
    struct record record = {.call = CALL_socket, .asked = type, .given = type};
    struct ring_case seen;
    bool is_observed = observe(&seen, CALL_socket, -1, caller);
    record.result = record.fd = make_socket(domain, type, protocol, &record);
    if (record.result >= 0) {
        recorder_open();
        listener_forget(record.fd);
    }
    if (record.key[0] || guest_provokes(CALL_socket))
        recorder_append(&record, caller);
    if (is_observed && !(record.flags & RECORD_PROVOKED)) {
        seen.fd = record.result;
        seen.arguments[0] = domain;
        seen.arguments[1] = type;
        seen.arguments[2] = protocol;
        observe_end(&seen, record.kernel_error, caller);
    }
    return record.result;
}

int hook_socket(int domain, int type, int protocol)
{
    return socket_from(domain, type, protocol, __builtin_return_address(0));
}
