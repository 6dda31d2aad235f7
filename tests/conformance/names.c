/* getsockname and getpeername. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

static void observe_unbound(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++) {
        struct sockaddr_storage address;
        socklen_t length = sizeof address;
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int fd = make_socket(tcp_domains[i], SOCK_STREAM);
        add_answer(&answers, domain_name(tcp_domains[i]),
                   answer_of(getsockname(fd, (struct sockaddr *)&address, &length), "ok"));
        close(fd);
    }
    print_answers("names.unbound_tcp", &answers);
}

static void observe_gone(void)
{
    struct answers answers = {0};
    struct sockaddr_storage address;
    int ends[2];
    for (int type = SOCK_STREAM; type <= SOCK_SEQPACKET; type += SOCK_SEQPACKET - SOCK_STREAM) {
        socklen_t length = sizeof address;
        if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0 ||
            getpeername(ends[0], (struct sockaddr *)&address, &length) != 0)
            give_up("socketpair");
        close(ends[1]);
        length = sizeof address;
        add_answer(&answers, type == SOCK_STREAM ? "stream" : "seqpacket",
                   answer_of(getpeername(ends[0], (struct sockaddr *)&address, &length), "ok"));
        close(ends[0]);
    }
    print_answers("names.unix_peer_closed", &answers);
}

/* The peer is there still, though both directions are shut. */
static void observe_shut(void)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || shutdown(ends[0], SHUT_RDWR) != 0)
        give_up("socketpair");
    TRY("peer's name, shut down", getpeername(ends[0], (struct sockaddr *)&address, &length));
    close(ends[0]);
    close(ends[1]);
}

#define ROOM 4

static void add_length(struct answers *answers, const char *where, int fd,
                       int (*call)(int fd, struct sockaddr *address, socklen_t *length))
{
    struct sockaddr_storage address;
    socklen_t length = ROOM;
    if (call(fd, (struct sockaddr *)&address, &length) != 0)
        give_up(where);
    add_answer(answers, where, length == ROOM ? "truncated" : length > ROOM ? "actual" : "neither");
}

static void observe_length(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        int listener = make_listener(all_domains[i], 1), client = make_client(listener);
        add_length(&answers, domain_name(all_domains[i]), listener, getsockname);
        add_length(&answers, "peer", client, getpeername);
        close_hard(client);
        close(listener);
    }
    print_answers("names.returned_length", &answers);
}

static void observe_nameless(void)
{
    struct answers answers = {0};
    struct sockaddr_storage address;
    static const char zeros[sizeof address];
    socklen_t length = sizeof address;
    char number[16];
    int fd = make_socket(AF_UNIX, SOCK_STREAM);
    memset(&address, 'x', sizeof address);
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        give_up("getsockname");
    snprintf(number, sizeof number, "%u", (unsigned int)length);
    add_answer(&answers, "", number);
    print_answers("names.unix_unnamed_length", &answers);
    report_word("behind the family",
                memcmp((const char *)&address + sizeof(sa_family_t), zeros, length - sizeof(sa_family_t)) == 0
                    ? "zeros"
                    : "other bytes");
    close(fd);
}

void observe_naming(void)
{
    observe_unbound();
    observe_gone();
    observe_shut();
    observe_length();
    observe_nameless();
}
