#include <fcntl.h>

#include "rules.h"

bool accept_needs_flags(const struct profile *profile)
{
    return profile->accept_inherit_nonblock.word == WORD_YES || profile->accept_inherit_async.word == WORD_YES;
}

struct accept_verdict accept_verdict(const struct profile *profile, int flags, bool is_accept4)
{
    struct accept_verdict it = {.verdict = {.decision = DECIDE_CALL}};
    if (is_accept4) {
        /* Where a platform has accept4, its flags alone count: nothing is inherited. */
        if (profile->accept_accept4.word == WORD_ERRNO)
            it.verdict = value_verdict(profile->accept_accept4, KEY_accept_accept4);
        return it;
    }
    if (profile->accept_inherit_async.word == WORD_YES && (flags & O_ASYNC)) {
        it.set_async = true;
        it.verdict.why = KEY_accept_inherit_async;
    }
    if (profile->accept_inherit_nonblock.word == WORD_YES && (flags & O_NONBLOCK)) {
        it.flags = SOCK_NONBLOCK;
        it.verdict.why = KEY_accept_inherit_nonblock;
    }
    return it;
}

bool accept_needs_state(const struct profile *profile)
{
    return profile->accept_reset_queued.word == WORD_SKIP || profile->accept_reset_queued.word == WORD_ERRNO;
}

struct verdict accepted_verdict(const struct profile *profile, bool reset)
{
    if (!reset)
        return (struct verdict){.decision = DECIDE_CALL};
    if (profile->accept_reset_queued.word == WORD_SKIP)
        return (struct verdict){.decision = DECIDE_SUCCEED, .why = KEY_accept_reset_queued};
    return value_verdict(profile->accept_reset_queued, KEY_accept_reset_queued);
}
