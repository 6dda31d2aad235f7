#include "names.h"

struct verdict socket_name_verdict(const struct profile *profile, const struct facts *facts)
{
    if (facts->domain == AF_UNIX || facts->type != SOCK_STREAM || facts->connected || facts->connecting)
        return (struct verdict){.decision = DECIDE_CALL};
    if (tcp_is_disconnected(facts))
        return refusal_verdict(profile->names_after_disconnect, KEY_names_after_disconnect);
    if (!facts->bound && !facts->listening)
        return refusal_verdict(profile->names_unbound_tcp, KEY_names_unbound_tcp);
    return (struct verdict){.decision = DECIDE_CALL};
}

struct verdict peer_name_verdict(const struct profile *profile, bool gone)
{
    if (!gone)
        return (struct verdict){.decision = DECIDE_CALL};
    return refusal_verdict(profile->names_unix_peer_closed, KEY_names_unix_peer_closed);
}

struct name_length name_length(const struct profile *profile, bool local, socklen_t length, socklen_t room)
{
    struct value unnamed = profile->names_unix_unnamed_length;
    struct name_length it = {.told = length, .filled = length < room ? length : room};
    if (local && length == sizeof(sa_family_t) && unnamed.word == WORD_NUMBER) {
        it.told = (socklen_t)unnamed.number;
        it.filled = it.told < room ? it.told : room;
    }
    if (profile->names_returned_length.word == WORD_TRUNCATED && it.told > room)
        it.told = room;
    return it;
}
