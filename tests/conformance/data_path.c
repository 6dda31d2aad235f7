/* What send, recv and poll make of sockets that platforms differ about. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "conform.h"

static void report_calls(const char *name, int fd)
{
    char byte;
    struct pollfd ask = {.fd = fd, .events = POLLIN | POLLOUT};
    report_word("data path", name);
    TRY("send", (int)send(fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT));
    TRY("recv", (int)recv(fd, &byte, 1, MSG_DONTWAIT));
    TRY("poll", poll(&ask, 1, 0));
    report_number("events", ask.revents);
}

/* Without a peer, while it listens, and after its connect was refused. */
static void observe_stream(int domain)
{
    int fresh = make_socket(domain, SOCK_STREAM), listener = make_listener(domain, 1);
    report_calls("fresh", fresh);
    report_calls("listening", listener);
    close(fresh);
    close(listener);
    if (domain == AF_UNIX)
        return;
    int refused = make_refused(domain);
    report_calls("refused", refused);
    close(refused);
}

/* A pair, one end of which was closed. */
static void observe_closed(int type)
{
    int ends[2];
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0)
        give_up("socketpair");
    close(ends[1]);
    report_calls("peer closed", ends[0]);
    close(ends[0]);
}

void observe_data_path(void)
{
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        report_word("family", domain_name(all_domains[i]));
        observe_stream(all_domains[i]);
        int datagram = make_socket(all_domains[i], SOCK_DGRAM);
        report_calls("datagram", datagram);
        close(datagram);
    }
    observe_closed(SOCK_STREAM);
    observe_closed(SOCK_SEQPACKET);
}
