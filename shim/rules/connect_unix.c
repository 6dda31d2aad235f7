/* What connect makes of an AF_UNIX socket and its address. */
#include "connect_unix.h"

#include <stddef.h>
#include <string.h>
#include <sys/un.h>

static const struct verdict call = {.decision = DECIDE_CALL};

bool connect_unix_is_plain(const struct profile *profile, const char *path, size_t size)
{
    const struct value most = profile->bind_unix_path_max;
    size_t length = strnlen(path, size);
    return length > 0 && size <= sizeof((struct sockaddr_un *)0)->sun_path &&
           (most.word != WORD_NUMBER || length <= (size_t)most.number);
}

static struct verdict path_verdict(const struct profile *profile, const char *path, size_t size)
{
    const struct value most = profile->bind_unix_path_max;
    if (path[0] == '\0')
        return refusal_verdict(profile->connect_unix_abstract, KEY_connect_unix_abstract);
    if (most.word == WORD_NUMBER && strnlen(path, size) > (size_t)most.number)
        return refusal_verdict(profile->connect_unix_path_long, KEY_connect_unix_path_long);
    return call;
}

/*
 * An address that is too long for Linux although its path is not; where the platform allows it, the hook shortens
 * it.
 */
static struct verdict long_verdict(const struct profile *profile, const char *path, socklen_t length)
{
    const socklen_t head = offsetof(struct sockaddr_un, sun_path);
    if (length <= sizeof(struct sockaddr_un) || strnlen(path, length - head) >= sizeof(struct sockaddr_un) - head)
        return call;
    return refusal_verdict(profile->connect_unix_long_address, KEY_connect_unix_long_address);
}

struct verdict connect_unix_verdict(const struct profile *profile, const struct facts *facts,
                                    const struct sockaddr *address, socklen_t length)
{
    const socklen_t head = offsetof(struct sockaddr_un, sun_path);
    const char *path = (const char *)address + head;
    bool stream = facts->type != SOCK_DGRAM, local = address->sa_family == AF_UNIX;
    if (facts->listening)
        return refusal_verdict(profile->connect_listening_unix, KEY_connect_listening_unix);
    if (stream && facts->peer_closed && profile->connect_closed_unix.word == WORD_ERRNO)
        return refusal_verdict(profile->connect_closed_unix, KEY_connect_closed_unix);
    if (stream && facts->connected && profile->connect_connected_unix.word == WORD_ERRNO)
        return refusal_verdict(profile->connect_connected_unix, KEY_connect_connected_unix);
    if (!local && !stream && address->sa_family == AF_UNSPEC)
        return refusal_verdict(profile->connect_unspec_datagram, KEY_connect_unspec_datagram);
    if (!local)
        return length > head ? refusal_verdict(profile->connect_wrong_family_unix, KEY_connect_wrong_family_unix)
                             : call;
    if (length == head)
        return refusal_verdict(profile->connect_unix_unnamed, KEY_connect_unix_unnamed);
    struct verdict it = path_verdict(profile, path, length - head);
    return it.decision == DECIDE_CALL ? long_verdict(profile, path, length) : it;
}
