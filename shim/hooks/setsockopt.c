#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "../facts/facts.h"
#include "../rules/rules.h"
#include "calls.h"
#include "filter.h"
#include "guest.h"
#include "mark.h"
#include "port.h"
#include "recorder.h"
#include "timeouts.h"

#include "careful.h"

/* Whether IPV6_V6ONLY with this value would clear it. */
static bool clears(int fd, const void *value, socklen_t length)
{
    int on;
    if (length < sizeof on || !facts_readable(value, sizeof on))
        return false;
    memcpy(&on, value, sizeof on);
    return !on && facts_domain(fd) == AF_INET6;
}

static int refuse(int fd, int name, const struct verdict *it, const void *caller)
{
    struct record record = {.call = CALL_setsockopt,
                            .fd = fd,
                            .asked = name,
                            .result = -1,
                            .given_error = (uint16_t)it->error,
                            .key = {(uint16_t)it->why},
                            .flags = RECORD_NOT_CALLED};
    recorder_append(&record, caller);
    errno = it->error;
    return -1;
}

int setsockopt_from(int fd, int level, int name, const void *value, socklen_t length, const void *caller)
{
    if (filter_is_asked(level, name))
        return filter_set(fd, level, value, length, caller);
    if (mark_is_asked(level, name))
        return mark_set_cpu(fd, value, length);
    if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY && guest.asks_socket) {
        struct verdict it = socket_v6only_off_verdict(&guest.profile);
        if (it.decision == DECIDE_FAIL && clears(fd, value, length))
            return refuse(fd, name, &it, caller);
    }
    int result = real.setsockopt(fd, level, name, value, length), mark = timeout_mark(level, name);
    if (result == 0 && mark)
        timeout_was_set(fd, mark);
    if (result == 0 && level == SOL_SOCKET && name == SO_REUSEPORT && guest.asks_options)
        port_reuse_was_set(fd, value, length);
    return result;
}

int hook_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    return setsockopt_from(fd, level, name, value, length, __builtin_return_address(0));
}
