/* Which socket options a connection gets from its listener. Linux passes all of them on for TCP, none for AF_UNIX. */
#include "accept.h"

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

bool accept_minds_early(const struct profile *profile)
{
    return profile->accept_inherit_timeouts_tcp.word == WORD_EARLY ||
           profile->accept_inherit_timeouts_unix.word == WORD_EARLY;
}

bool accept_inherits(const struct profile *profile)
{
    for (int group = 0; group < OPTION_GROUPS; group++)
        if (accept_inheritance(profile, false, (enum option_group)group) != INHERIT_LEAVE ||
            accept_inheritance(profile, true, (enum option_group)group) != INHERIT_LEAVE)
            return true;
    return false;
}
