/* accept on what does not listen, or has nobody queued, with good pointers and with a length that is NULL. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "probe.h"

static void ask_accept(int domain, const char *name, int fd)
{
    struct sockaddr_storage storage;
    question(domain, name);
    answer_result(accept(fd, NULL, NULL));
    answer_result(accept(fd, (struct sockaddr *)&storage, NULL));
    end_of_answers();
}

static void ask_and_close(int domain, const char *name, int fd)
{
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        give_up("fcntl");
    ask_accept(domain, name, fd);
    close(fd);
}

static void ask_connected(int domain)
{
    int listener = make_listener(domain, 4), client = make_client(listener), server = must_accept(listener);
    ask_accept(domain, "accept, connected", client);
    ask_accept(domain, "accept, accepted", server);
    close_hard(client);
    close_hard(server);
    ask_and_close(domain, "accept, nobody queued", listener);
}

static void ask_no_socket(int domain)
{
    int pipes[2], closed = make_socket(domain, SOCK_STREAM);
    close(closed);
    ask_accept(domain, "accept, no descriptor", closed);
    if (pipe(pipes) != 0)
        give_up("pipe");
    ask_accept(domain, "accept, a pipe", pipes[0]);
    close(pipes[0]);
    close(pipes[1]);
}

static void ask_pair(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        give_up("socketpair");
    ask_and_close(AF_UNIX, "accept, socketpair", pair[0]);
    close(pair[1]);
    ask_and_close(AF_UNIX, "accept, seqpacket", make_bound(AF_UNIX, SOCK_SEQPACKET));
}

void ask_states(int domain)
{
    ask_and_close(domain, "accept, unbound", make_socket(domain, SOCK_STREAM));
    ask_and_close(domain, "accept, bound", make_bound(domain, SOCK_STREAM));
    ask_and_close(domain, "accept, datagram", make_socket(domain, SOCK_DGRAM));
    ask_and_close(domain, "accept, bound datagram", make_bound(domain, SOCK_DGRAM));
    ask_connected(domain);
    ask_no_socket(domain);
    if (domain == AF_UNIX)
        ask_pair();
}
