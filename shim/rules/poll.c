#include "poll.h"

#define BOTH_WAYS (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM)
#define WRITABLE (POLLOUT | POLLWRNORM)

bool poll_event_matters(short events)
{
    return events & (POLLHUP | POLLERR);
}

/* One that never had a peer, or whose connect failed so that Linux has forgotten all about it. */
static bool is_blank(const struct facts *facts)
{
    return facts->type != SOCK_DGRAM && !facts->connected && !facts->listening && !facts->shut_down;
}

static struct poll_verdict without_error(struct poll_verdict it, const struct profile *profile, short asked)
{
    if (!(it.events & POLLERR) || profile->poll_error.word != WORD_NO)
        return it;
    return (struct poll_verdict){.events = (short)((it.events & ~POLLERR) | (asked & BOTH_WAYS)),
                                 .why = KEY_poll_error};
}

static struct poll_verdict with_hangup(struct poll_verdict it, const struct profile *profile)
{
    int kept = profile->poll_hangup.word == WORD_NONE    ? it.events & ~POLLHUP
               : profile->poll_hangup.word == WORD_ALONE ? it.events & ~WRITABLE
                                                         : it.events;
    if (!(it.events & POLLHUP) || kept == it.events)
        return it;
    return (struct poll_verdict){.events = (short)kept, .why = KEY_poll_hangup};
}

struct poll_verdict poll_verdict(const struct profile *profile, const struct facts *facts, short asked, short seen)
{
    struct poll_verdict it = {.events = seen};
    bool ours = facts->domain == AF_INET || facts->domain == AF_INET6 || facts->domain == AF_UNIX;
    if (!ours)
        return it;
    if ((seen & POLLHUP) && is_blank(facts) && profile->poll_unconnected.word == WORD_WAIT) {
        if (!facts->connect_failed)
            return (struct poll_verdict){.why = KEY_poll_unconnected};
        it.events = (short)(seen | (asked & BOTH_WAYS)); /* there it is shut in both directions */
    }
    return with_hangup(without_error(it, profile, asked), profile);
}
