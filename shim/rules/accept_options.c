/* Which socket options a connection gets from its listener. Linux passes all of them on for TCP, none for AF_UNIX. */
#include "accept.h"

#include "../kernel/mark.h"
#include "../kernel/timeout_width.h"

static struct value value_of(const struct profile *profile, bool local, enum option_group group)
{
    switch (group) {
    case OPTIONS_BUFFERS:
        return local ? profile->accept_inherit_buffers_unix : profile->accept_inherit_buffers_tcp;
    case OPTIONS_TIMEOUTS:
        return local ? profile->accept_inherit_timeouts_unix : profile->accept_inherit_timeouts_tcp;
    case OPTIONS_LOWAT:
        return local ? profile->accept_inherit_lowat_unix : profile->accept_inherit_lowat_tcp;
    case OPTIONS_NODELAY:
        return local ? (struct value){.word = WORD_KERNEL} : profile->accept_inherit_nodelay;
    case OPTIONS_IP:
        return local ? (struct value){.word = WORD_KERNEL} : profile->accept_inherit_ip;
    case OPTIONS_KEEPALIVE:
        return local ? (struct value){.word = WORD_KERNEL} : profile->accept_inherit_keepalive;
    default:
        return local ? profile->accept_inherit_options_unix : profile->accept_inherit_options_tcp;
    }
}

enum inheritance accept_inheritance(const struct profile *profile, bool local, enum option_group group)
{
    struct value value = value_of(profile, local, group);
    switch (value.word) {
    case WORD_ALL:
    case WORD_YES:
        return local ? INHERIT_COPY : INHERIT_LEAVE;
    case WORD_SOME:
        return local && group == OPTIONS_BASIC ? INHERIT_COPY : INHERIT_LEAVE;
    case WORD_EARLY:
        return INHERIT_EARLY;
    case WORD_NO:
        return local ? INHERIT_LEAVE : INHERIT_CLEAR;
    default:
        return INHERIT_LEAVE;
    }
}

enum inheritance early_inheritance(bool local, bool late)
{
    if (late)
        return local ? INHERIT_LEAVE : INHERIT_CLEAR;
    return local ? INHERIT_COPY : INHERIT_LEAVE;
}

/* SO_RCVTIMEO and SO_SNDTIMEO have a second number for 64-bit time_t. */
static int mark_of_timeout(int level, int name)
{
    if (level != SOL_SOCKET)
        return 0;
    return name == SO_SNDTIMEO_OLD || name == SO_SNDTIMEO_NEW   ? MARK_LATE_SEND
           : name == SO_RCVTIMEO_OLD || name == SO_RCVTIMEO_NEW ? MARK_LATE_RECEIVE
                                                                : 0;
}

int late_timeout_mark(const struct profile *profile, int level, int name)
{
    bool early = profile->accept_inherit_timeouts_tcp.word == WORD_EARLY ||
                 profile->accept_inherit_timeouts_unix.word == WORD_EARLY;
    return early ? mark_of_timeout(level, name) : 0;
}
