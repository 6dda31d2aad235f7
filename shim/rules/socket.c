#include <errno.h>
#include <netinet/in.h>

#include "socket.h"

/* SOCK_PACKET, the last type that the kernel knows (SOCK_MAX). */
#define TYPE_LAST 10

struct verdict socket_verdict(const struct profile *profile, int type, int error)
{
    const struct verdict as_it_is = {.decision = DECIDE_CALL};
    int bare = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct value value;
    enum key key;
    if (error == EAFNOSUPPORT) {
        value = profile->socket_unknown_family;
        key = KEY_socket_unknown_family;
    } else if (error == EINVAL && (bare < 0 || bare > TYPE_LAST)) {
        value = profile->socket_unknown_type;
        key = KEY_socket_unknown_type;
    } else if (error == ESOCKTNOSUPPORT) {
        value = profile->socket_unsupported_type;
        key = KEY_socket_unsupported_type;
    } else if (error == EPROTONOSUPPORT) {
        value = profile->socket_wrong_protocol;
        key = KEY_socket_wrong_protocol;
    } else {
        return as_it_is;
    }
    return value.word == WORD_ERRNO ? value_verdict(value, key) : as_it_is;
}

int socket_v6only(const struct profile *profile, int domain, int type)
{
    int bare = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (domain != AF_INET6 || (bare != SOCK_STREAM && bare != SOCK_DGRAM))
        return -1;
    return profile->socket_v6only.word == WORD_YES ? 1 : profile->socket_v6only.word == WORD_NO ? 0 : -1;
}
