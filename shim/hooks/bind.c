#include <errno.h>
#include <string.h>

#include "../facts/facts.h"
#include "../rules/rules.h"
#include "guest.h"
#include "recorder.h"

#include "careful.h"

/* Makes the real call, with the socket's own family in the address where the platform would not look at it. */
static int call_bind(int fd, const struct sockaddr *address, socklen_t length, int own_family)
{
    struct sockaddr_storage copy;
    if (own_family == AF_UNSPEC || length > sizeof copy)
        return real.bind(fd, address, length);
    memcpy(&copy, address, length);
    copy.ss_family = (sa_family_t)own_family;
    return real.bind(fd, (const struct sockaddr *)&copy, length);
}

int hook_bind(int fd, const struct sockaddr *address, socklen_t length)
{
    int saved = errno, result, error, own_family = AF_UNSPEC;
    struct facts facts;
    struct bind_verdict it = {.verdict = {.decision = DECIDE_CALL}};
    struct record record = {.call = CALL_bind, .fd = fd};
    bool readable = length <= sizeof(struct sockaddr_storage) && facts_readable(address, length);

    if (readable && guest.asks_bind && facts_of_socket(fd, &facts) == 0) {
        it = bind_verdict(&guest.book.profile, &facts, address, length);
        own_family = it.own_family ? facts.domain : AF_UNSPEC;
    }
    record.key[0] = (uint16_t)it.verdict.why;
    if (it.verdict.decision == DECIDE_CALL) {
        result = call_bind(fd, address, length, own_family);
        error = result < 0 ? errno : 0;
        record.kernel_error = (uint16_t)error;
    } else {
        result = it.verdict.decision == DECIDE_SUCCEED ? 0 : -1;
        error = it.verdict.error;
        record.flags |= RECORD_NOT_CALLED;
    }
    record.result = result;
    record.given_error = (uint16_t)error;
    if (readable)
        record_address(&record, address, length);
    recorder_append(&record, __builtin_return_address(0));
    errno = error ? error : saved;
    return result;
}
