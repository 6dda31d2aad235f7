#include "host.h"

#include <limits.h>

#include "listen_parts.h"

static int number_of(struct value value)
{
    switch (value.word) {
    case WORD_NUMBER:
        return value.number;
    case WORD_YES:
        return 1;
    case WORD_NO:
        return 0;
    default:
        return HOST_LEFT;
    }
}

/* The backlog that the kernel must allow: Linux queues one connection more than that. */
static int needed_backlog(const struct profile *profile, int kernel_max)
{
    int64_t longest = longest_queue(profile, kernel_max);
    return clamp(longest - 1, 0, INT_MAX);
}

bool host_has_somaxconn(const struct profile *profile)
{
    return profile->host_somaxconn_live.word == WORD_YES;
}

struct host_settings host_settings(const struct profile *profile, int kernel_max)
{
    struct host_settings it = {.somaxconn = number_of(profile->host_somaxconn),
                               .unprivileged_port = number_of(profile->host_unprivileged_port),
                               .syncookies = number_of(profile->host_syncookies),
                               .syn_backlog = number_of(profile->host_syn_backlog)};
    int most = it.somaxconn == HOST_LEFT ? kernel_max : it.somaxconn, needed = needed_backlog(profile, most);
    if (needed > most && !host_has_somaxconn(profile))
        it.somaxconn = needed;
    return it;
}
