#include "own_refuser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../refuser/refuser.h"
#include "../cli.h"
#include "../refuser/meet.h"

/* Reports what the program lacks, why, and the three ways to get it. */
static void say_missing(const char *what, const char *rights, const char *file_rights)
{
    say("%s: that takes root or %s, as by setcap %s+ep on this command, or the refuser of the host (listenas refuser, "
        "its "
        "socket in LISTENAS_REFUSER), or a network of the program's own (run --isolate)",
        what, rights, file_rights);
}

static bool wants_refusal(const struct profile *profile)
{
    return profile->needs.all & NEED_REFUSER;
}

/* Whether the profile resets connections that an accept filter holds. */
static bool wants_held_reset(const struct profile *profile)
{
    return profile->needs.facts[CALL_setsockopt][PHASE_BEFORE] & NEED_DESTROY;
}

/* Whether the profile resets what is queued beyond a smaller backlog. */
static bool wants_excess_reset(const struct profile *profile)
{
    return profile->needs.facts[CALL_listen][PHASE_BEFORE] & NEED_DESTROY;
}

static bool can_refuse(void)
{
    return refuser_try() == 0;
}

static bool can_destroy(void)
{
    return can_refuse() && refuser_try_destroy() == 0;
}

static int check_rights(const struct profile *profile)
{
    int missing = 0;
    if (wants_refusal(profile) && !can_refuse()) {
        say_missing(
            "a full queue will not refuse or reset clients, but drop their SYNs, so that they wait and try again "
            "(listen.overflow_tcp)",
            "CAP_NET_RAW", "cap_net_raw");
        missing++;
    }
    if (wants_held_reset(profile) && !can_destroy()) {
        say_missing("an accept filter will not reset the client that it holds longest (filter.overflow)",
                    "CAP_NET_ADMIN and CAP_NET_RAW", "cap_net_admin,cap_net_raw");
        missing++;
    }
    if (wants_excess_reset(profile) && !can_destroy()) {
        say_missing("connections will stay queued when the server listens again with a smaller backlog "
                    "(listen.relisten_excess)",
                    "CAP_NET_ADMIN and CAP_NET_RAW", "cap_net_admin,cap_net_raw");
        missing++;
    }
    return missing;
}

static bool is_named(bool isolated)
{
    const char *name = getenv("LISTENAS_REFUSER");
    return name && *name && !(isolated && *name == '@');
}

bool own_refuser_is_wanted(const struct profile *profile, bool isolated)
{
    return !is_named(isolated) && (profile->needs.all & (NEED_REFUSER | NEED_DESTROY));
}

/* Why the library will not get an answer at this socket; NULL if somebody answers there whom it believes. */
static const char *fault_of_named(const char *text)
{
    struct refuser_meeting meeting;
    if (!refuser_meet(text, &meeting))
        return "expected a path, or @ and a name, of at most 107 bytes";
    if (meeting.error == ENOENT || meeting.error == ECONNREFUSED)
        return "nobody answers there";
    if (meeting.error == EAGAIN) /* so many ask it at once that its queue is full */
        return NULL;
    if (meeting.error)
        return strerror(meeting.error);
    return meeting.is_believed ? NULL : "who answers there is neither root nor this user, and is not believed";
}

static int check_named(const char *text)
{
    const char *fault = fault_of_named(text);
    if (!fault)
        return 0;
    say("LISTENAS_REFUSER: \"%s\": %s: a full queue will not turn clients away, but drop their SYNs; start `listenas "
        "refuser %s`, or unset LISTENAS_REFUSER, so that run starts one of its own",
        text, fault, text);
    return 1;
}

int own_refuser_check(const struct profile *profile, bool isolated)
{
    if (!wants_refusal(profile) && !wants_held_reset(profile) && !wants_excess_reset(profile))
        return 0;
    return is_named(isolated) ? check_named(getenv("LISTENAS_REFUSER")) : check_rights(profile);
}

void own_refuser_start(const struct profile *profile, bool isolated)
{
    static char setting[REFUSER_SETTING_SIZE];
    bool destroys = wants_held_reset(profile) || wants_excess_reset(profile);
    if (!own_refuser_is_wanted(profile, isolated))
        return;
    if (!(wants_refusal(profile) && can_refuse()) && !(destroys && can_destroy()))
        return;
    int error = refuser_start(setting);
    if (error == 0 && putenv(setting) != 0)
        error = errno;
    if (error)
        say("a full queue will not turn clients away, but drop their SYNs: the refuser did not start: %s",
            strerror(error));
}
