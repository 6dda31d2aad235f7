#include "names.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../../profile/errno_name.h"
#include "../../profile/loader/visible.h"
#include "../../rules/queue_option.h"

const char *error_name(unsigned int error)
{
    static char number[24];
    const char *name = error ? errno_name((int)error) : NULL;
    snprintf(number, sizeof number, "error %u", error);
    return error == 0 ? "a failure without an error" : name ? name : number;
}

const char *failure_name(int index, uint64_t word, const char *others)
{
    unsigned int error = (unsigned int)(word >> 48);
    if (error)
        return error_name(error);
    return index < LISTENER_ERRORS - 1 ? "skipped" : others;
}

const char *family_name(unsigned int family)
{
    switch (family) {
    case AF_INET:
        return "AF_INET";
    case AF_INET6:
        return "AF_INET6";
    case AF_UNIX:
        return "AF_UNIX";
    default:
        return NULL;
    }
}

const char *option_name(const struct record *record)
{
    switch (record->asked) {
    case IPV6_V6ONLY:
        return "IPV6_V6ONLY";
    case SO_LISTENQLIMIT:
        return "SO_LISTENQLIMIT";
    case SO_LISTENQLEN:
        return "SO_LISTENQLEN";
    case SO_LISTENINCQLEN:
        return "SO_LISTENINCQLEN";
    default:
        return "SO_ACCEPTFILTER";
    }
}

/* Names come from a file that may be damaged: they end where their place ends. */
static const char *name_at(const char *place, size_t size)
{
    static char names[4][KEY_NAME_SIZE];
    static unsigned int turn;
    char *name = names[turn++ % 4];
    visible_copy(name, KEY_NAME_SIZE, place, strnlen(place, size), VISIBLE_EXACT);
    return name;
}

const char *call_name(const struct ring *ring, unsigned int call)
{
    const char *place = ring_call_name(ring, call);
    return place ? name_at(place, CALL_NAME_SIZE) : "?";
}

const char *key_name(const struct ring *ring, unsigned int key)
{
    const char *place = ring_key_name(ring, key);
    return place ? name_at(place, KEY_NAME_SIZE) : "?";
}
