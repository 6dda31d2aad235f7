#include "probe.h"

/* listen on a socket in each state that it can be in */

static const char *on_unbound(int domain)
{
    int fd = stream(domain), result = listen(fd, 1);
    return result == 0 && domain != AF_UNIX ? (port_of(fd) ? "autobind" : "other: without a port") : said(result, "ok");
}

/* A socket that may choose from one port only, which is taken. Linux alone can be told so. */
static const char *without_ports(int domain)
{
#ifdef __linux__
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
    int taken = stream(domain), fd = stream(domain);
    struct address any;
    unsigned int port;
    must(listen(stream(domain), 1), "listen without bind");
    memset(&any, 0, sizeof any);
    any.at.any.sa_family = (unsigned char)domain;
    any.length = fresh_address(domain).length;
    must(bind_to(taken, any), "bind");
    port = (unsigned int)port_of(taken);
    must(set_option(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, (int)(port << 16 | port)), "IP_LOCAL_PORT_RANGE");
    if (option(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE) == 0)
        return cannot("this Linux does not have IP_LOCAL_PORT_RANGE");
    return listen(fd, 1) == 0 ? cannot("the range of one port was not kept to") : name_of_error(errno);
#else
    (void)domain;
    return cannot("every port would have to be taken");
#endif
}

static int reusable(struct address address)
{
    int fd = stream(address.at.any.sa_family);
    must(set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1), "SO_REUSEADDR");
    return bind_to(fd, address) == 0 ? fd : -1;
}

static const char *at_one_address(int domain)
{
    int first = must(reusable(fresh_address(domain)), "bind"), second = reusable(name_of(first));
    if (second < 0)
        return cannot("the second bind fails already");
    must(listen(first, 1), "listen");
    return said(listen(second, 1), "ok");
}

static const char *on_shut_listener(int domain)
{
    int fd = listening(domain, 1);
    shutdown(fd, SHUT_RDWR);
    return said(listen(fd, 1), "yes");
}

static const char *on_shut(int domain)
{
    int fd = bound(domain);
    shutdown(fd, SHUT_RDWR);
    return said(listen(fd, 1), "yes");
}

static const char *on_connected(int domain)
{
    int listener = listening(domain, 1), client = client_of(listener), server = accepted(listener);
    const char *answer = said(listen(client, 1), "ok");
    return agree(answer, said(listen(server, 1), "ok"));
}

/* At a full queue, whose platform drops what comes too late, or answers it so late that there is time for a call. */
static int start_connect(int domain)
{
    static int holder = -1;
    int fd = stream(domain);
    if (holder < 0) {
        holder = listening(domain, 1);
        crowd_at(holder, 1000);
    }
    unblock(fd);
    if (connect_to(fd, name_of(holder)) == 0)
        return -1;
    return errno == EINPROGRESS || errno == EWOULDBLOCK ? fd : -1;
}

/*
 * An error counts only if the connect is still under way after it. A success may be that of a socket whose connect had
 * failed just before, so it counts only if there is nothing else.
 */
static const char *on_connecting(int domain)
{
    int i, successes = 0;
    for (i = 0; i < 50; i++) {
        int fd = start_connect(domain), result = fd < 0 ? 0 : listen(fd, 1);
        const char *answer = said(result, "ok");
        successes += fd >= 0 && result == 0;
        if (result != 0 && progress(fd, 0) == EINPROGRESS)
            return answer;
    }
    return successes > 0 ? "ok" : cannot("no connect stays under way long enough");
}

/* An answer counts only if the connect is still under way after it. */
static const char *connect_again(int domain)
{
    struct address nowhere = dead_address(domain);
    int i;
    for (i = 0; i < 50; i++) {
        int fd = start_connect(domain);
        const char *answer = fd < 0 ? "" : said(connect_to(fd, nowhere), "ok");
        if (fd >= 0 && progress(fd, 0) == EINPROGRESS)
            return answer;
    }
    return cannot("no connect stays under way long enough");
}

static const char *connect_at_first(int domain)
{
    int holder = listening(domain, 1), fd = stream(domain);
    crowd_at(holder, 1000);
    unblock(fd);
    if (connect_to(fd, name_of(holder)) == 0)
        return cannot("a connect at a full queue succeeds at once");
    return errno == ECONNREFUSED || errno == ECONNRESET ? cannot("no connect stays under way") : name_of_error(errno);
}

static int has_name(int fd)
{
    struct address address = name_of(fd);
    return address.length > PATH_AT && address.at.bytes[PATH_AT] != '\0';
}

/* Whether a socket that accept gave, and one of a pair, has a name differs by platform. */
static const char *on_connected_unix(int domain)
{
    int listener = listening(domain, 2), client = client_of(listener), server = accepted(listener), ends[2];
    const char *answer = said(listen(client, 1), "ok");
    pair_of(ends);
    if (!has_name(server))
        answer = agree(answer, said(listen(server, 1), "ok"));
    return agree(answer, said(listen(ends[0], 1), "ok"));
}

static const char *on_connected_unix_bound(int domain)
{
    int listener = listening(domain, 2), client = bound(domain);
    must(connect_to(client, name_of(listener)), "connect");
    return said(listen(client, 1), "ok");
}

static const char *on_closed_peer(int domain)
{
    int listener = listening(domain, 2), client = client_of(listener), ends[2];
    const char *answer;
    close(accepted(listener));
    pair_of(ends);
    close(ends[1]);
    answer = said(listen(client, 1), "ok");
    return agree(answer, said(listen(ends[0], 1), "ok"));
}

/* A port that is chosen anew is rarely the old one; the old one may have come into use by others. */
static const char *after_failed_connect(int domain)
{
    int i, kept = 0;
    for (i = 0; i < 8; i++) {
        int fd = refused(domain), before = 0, after;
        struct address address;
        address.length = sizeof address.at;
        if (getsockname(fd, &address.at.any, &address.length) == 0)
            before = ntohs(address.at.four.sin_port);
        if (listen(fd, 1) != 0)
            return name_of_error(errno);
        after = port_of(fd);
        kept += before && before == after;
    }
    return kept > 2 ? "keep" : "autobind";
}

static const char *on_datagram(int domain)
{
    const char *answer = said(listen(datagram(domain), 1), "ok");
    return agree(answer, said(listen(bound_datagram(domain), 1), "ok"));
}

static const char *on_bound_datagram(int domain)
{
    return said(listen(bound_datagram(domain), 1), "ok");
}

static const char *on_unbound_datagram(int domain)
{
    return said(listen(datagram(domain), 1), "ok");
}

static const char *on_connected_datagram(int domain)
{
    int fd = datagram(domain);
    must(connect_to(fd, name_of(bound_datagram(domain))), "connect");
    return said(listen(fd, 1), "ok");
}

static const char *on_no_descriptor(int domain)
{
    int fd = stream(domain);
    const char *answer;
    close(fd);
    answer = said(listen(-1, 1), "ok");
    return agree(answer, said(listen(fd, 1), "ok"));
}

static const char *without_descriptors(int domain)
{
#ifdef RLIMIT_NOFILE
    int fd = bound(domain);
    struct rlimit limit;
    must(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    limit.rlim_cur = 0;
    must(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
    return said(listen(fd, 1), "yes");
#else
    (void)domain;
    return cannot("no RLIMIT_NOFILE");
#endif
}

static const char *after_failure(int domain)
{
#ifdef SO_ACCEPTCONN
    int fd = stream(domain);
    if (listen(fd, 1) == 0)
        return cannot("listen does not fail on a socket that was not bound");
    return yes_no(option(fd, SOL_SOCKET, SO_ACCEPTCONN) != 0);
#else
    (void)domain;
    return cannot("no SO_ACCEPTCONN");
#endif
}

/* By their numbers on FreeBSD: what was asked for, what is queued, what a filter holds. */
static const char *queue_options(int domain)
{
    static const int expected[] = {7, 2, 0};
    int i, fd = listening(domain, 7);
    client_of(fd);
    client_of(fd);
    for (i = 0; i < 3; i++) {
        int value = -1;
        length_type length = sizeof value;
        if (getsockopt(fd, SOL_SOCKET, 0x1011 + i, (void *)&value, &length) != 0)
            return name_of_error(errno);
        if (value != expected[i])
            return cannot("the options 0x1011 to 0x1013 are others here");
    }
    return "yes";
}

const struct experiment listen_experiments[] = {
    {"listen.unbound_inet", TCP, on_unbound, 0},
    {"listen.unbound_unix", LOCAL, on_unbound, 0},
    {"listen.ports_exhausted", TCP, without_ports, 0},
    {"listen.address_taken", TCP, at_one_address, 0},
    {"listen.shutdown_listener", TCP, on_shut_listener, 0},
    {"listen.shutdown_unconnected", TCP, on_shut, 0},
    {"listen.connected_tcp", TCP, on_connected, 0},
    {"listen.connecting_tcp", TCP, on_connecting, 0},
    {"listen.connected_unix", LOCAL, on_connected_unix, 0},
    {"listen.connected_unix_bound", LOCAL, on_connected_unix_bound, 0},
    {"listen.closed_peer_unix", LOCAL, on_closed_peer, 0},
    {"listen.connect_failed", TCP, after_failed_connect, 0},
    {"listen.datagram_inet", TCP, on_datagram, 0},
    {"listen.datagram_unix", LOCAL, on_bound_datagram, 0},
    {"listen.datagram_unix_unbound", LOCAL, on_unbound_datagram, 0},
    {"listen.datagram_connected", TCP, on_connected_datagram, 0},
    {"listen.bad_descriptor", ONCE, on_no_descriptor, 0},
    {"listen.no_descriptors", ALL, without_descriptors, 0},
    {"listen.failure_marks", LOCAL, after_failure, 0},
    {"listen.queue_options", ALL, queue_options, 0},
    {"connect.connecting", TCP, connect_again, 0},
    {"connect.in_progress", TCP, connect_at_first, 0},
    {NULL, 0, NULL, 0},
};
