#include "probe.h"

/* getsockname and getpeername */

static const char *name_answer(int fd)
{
    struct address address;
    address.length = sizeof address.at;
    return said(getsockname(fd, &address.at.any, &address.length), "ok");
}

static const char *name_of_unbound(int domain)
{
    return name_answer(stream(domain));
}

static const char *name_of_refused(int domain)
{
    return name_answer(refused(domain));
}

static const char *of_lost_peer(int domain)
{
    struct address address;
    int ends[2];
    (void)domain;
    pair_of(ends);
    close(ends[1]);
    address.length = sizeof address.at;
    return said(getpeername(ends[0], &address.at.any, &address.length), "ok");
}

static const char *length_word(length_type length)
{
    return length == SHORT_ROOM ? "truncated" : length > SHORT_ROOM ? "actual" : "other: shorter than its room";
}

static const char *cut_name(int domain)
{
    int listener = listening(domain, 1), client = client_of(listener);
    struct address address;
    length_type own = SHORT_ROOM, peers = SHORT_ROOM;
    const char *answer;
    must(getsockname(listener, &address.at.any, &own), "getsockname");
    must(getpeername(client, &address.at.any, &peers), "getpeername");
    answer = length_word(own);
    return agree(answer, length_word(peers));
}

static const char *nameless_length(int domain)
{
    return number((long)name_of(stream(domain)).length);
}

const struct experiment name_experiments[] = {
    {"names.unbound_tcp", TCP, name_of_unbound, 0},           {"names.after_disconnect", TCP, name_of_refused, 0},
    {"names.unix_peer_closed", LOCAL, of_lost_peer, 0},       {"names.returned_length", ALL, cut_name, 0},
    {"names.unix_unnamed_length", LOCAL, nameless_length, 0}, {NULL, 0, NULL, 0},
};
