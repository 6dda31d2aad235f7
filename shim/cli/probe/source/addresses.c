#include "probe.h"

/* accept with pointers and lengths of every kind: what it says, what it writes, whether the connection is lost */

static int held_listener; /* with one client in its queue */

static void queue_one(int domain)
{
    held_listener = listening(domain, BACKLOG);
    client_of(held_listener);
    unblock(held_listener);
}

/* The result of accept; -1 with errno. */
static int accept_into(int domain, void *address, length_type *length)
{
    queue_one(domain);
    return accept(held_listener, (struct sockaddr *)address, length);
}

static char room[512];

/* No process has anything at the end of its address space. */
static void *bad_pointer(void)
{
    return (void *)((size_t)0 - 4096);
}

static const char *null_length(int domain)
{
    return said(accept_into(domain, room, NULL), "ok");
}

static const char *bad_length(int domain)
{
    return said(accept_into(domain, room, (length_type *)bad_pointer()), "ok");
}

static const char *bad_length_loss(int domain)
{
    if (accept_into(domain, room, (length_type *)bad_pointer()) >= 0)
        return cannot("such a call succeeds");
    return yes_no(nobody_waits(held_listener));
}

static const char *negative_length(int domain)
{
    length_type length = (length_type)-1;
    return said(accept_into(domain, room, &length), "ok");
}

static const char *negative_length_loss(int domain)
{
    length_type length = (length_type)-1;
    if (accept_into(domain, room, &length) >= 0)
        return cannot("such a call succeeds");
    return yes_no(nobody_waits(held_listener));
}

/* The lowest descriptor that is free. */
static int next_descriptor(void)
{
    int fd = must(dup(0), "dup");
    close(fd);
    return fd;
}

static const char *bad_address_loss(int domain)
{
    length_type length = sizeof room;
    int before;
    queue_one(domain);
    before = next_descriptor();
    if (accept(held_listener, (struct sockaddr *)bad_pointer(), &length) >= 0)
        return cannot("such a call succeeds");
    return next_descriptor() != before ? "leak" : yes_no(nobody_waits(held_listener));
}

static length_type length_of_cut(int domain)
{
    length_type length = SHORT_ROOM;
    must(accept_into(domain, room, &length), "accept with a short length");
    return length;
}

static const char *short_length(int domain)
{
    length_type length = SHORT_ROOM;
    return said(accept_into(domain, room, &length), "ok");
}

static const char *returned_length(int domain)
{
    return length_of_cut(domain) > SHORT_ROOM ? "actual" : "truncated";
}

/* Where a cut address keeps its own length, a length of 0 that stays says that no address was wanted. */
static const char *zero_length(int domain)
{
    length_type length = 0, cut = SHORT_ROOM;
    int result = accept_into(domain, room, &length);
    if (result < 0 || length != 0)
        return said(result, "ok");
    result = accept_into(domain, room, &cut);
    return result >= 0 && cut == SHORT_ROOM ? "ok" : "ignore";
}

static const char *unnamed_length(int domain)
{
    length_type length = sizeof room;
    size_t i;
    memset(room, 'x', sizeof room);
    must(accept_into(domain, room, &length), "accept");
    for (i = PATH_AT; i < (size_t)length && i < sizeof room; i++)
        if (room[i] != '\0')
            return "other: the bytes after the family are not zero";
    return number((long)length);
}

/* A client that is bound, with `extra` bytes after its path's NUL; what accept tells of it. */
static struct address own_address, reached_address;

static void invite(length_type extra)
{
    int client = stream(AF_UNIX);
    held_listener = listening(AF_UNIX, BACKLOG);
    reached_address = name_of(held_listener);
    own_address = fresh_address(AF_UNIX);
    must(bind_bytes(client, own_address.at.bytes, own_address.length + extra), "bind");
    must(connect_to(client, reached_address), "connect");
    chosen = client;
}

static const char *whose(const struct address *seen)
{
    const char *path = seen->at.bytes + PATH_AT;
    if (seen->length <= PATH_AT || !*path)
        return "unnamed";
    if (is_same(path, own_address.at.bytes + PATH_AT))
        return "named";
    return is_same(path, reached_address.at.bytes + PATH_AT) ? "listener" : "other: a third name";
}

static const char *peer(int domain)
{
    struct address seen;
    (void)domain;
    invite(0);
    memset(&seen, 0, sizeof seen);
    seen.length = sizeof seen.at;
    must(accept(held_listener, &seen.at.any, &seen.length), "accept");
    return whose(&seen);
}

static const char *closed_peer(int domain)
{
    struct address seen;
    if (is_same(peer(domain), "unnamed"))
        return cannot("no client has a name");
    invite(0);
    close(chosen);
    unblock(held_listener);
    memset(&seen, 0, sizeof seen);
    seen.length = sizeof seen.at;
    must(accept(held_listener, &seen.at.any, &seen.length), "accept");
    return whose(&seen);
}

static const char *named_length(int domain)
{
    struct address seen;
    (void)domain;
    invite(20);
    memset(&seen, 0, sizeof seen);
    seen.length = sizeof seen.at;
    must(accept(held_listener, &seen.at.any, &seen.length), "accept");
    if (is_same(whose(&seen), "unnamed"))
        return cannot("no client has a name");
    return seen.length == own_address.length        ? "path"
           : seen.length == own_address.length + 20 ? "given"
                                                    : "other: another length";
}

const struct experiment address_experiments[] = {
    {"accept.null_length", ALL, null_length, 0},
    {"accept.bad_length", ALL, bad_length, 0},
    {"accept.bad_length_loss", ALL, bad_length_loss, 0},
    {"accept.negative_length", ALL, negative_length, 0},
    {"accept.negative_length_loss", ALL, negative_length_loss, 0},
    {"accept.bad_address_loss", ALL, bad_address_loss, 0},
    {"accept.zero_length", TCP, zero_length, 0},
    {"accept.short_length", TCP, short_length, 0},
    {"accept.returned_length", TCP, returned_length, 0},
    {"accept.unix_unnamed_length", LOCAL, unnamed_length, 0},
    {"accept.unix_peer", LOCAL, peer, 0},
    {"accept.closed_queued_name", LOCAL, closed_peer, 0},
    {"accept.unix_named_length", LOCAL, named_length, 0},
    {NULL, 0, NULL, 0},
};
