/* send and recv where there is no peer, or more than one. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

static const char *send_answer(int fd)
{
    return answer_of((int)send(fd, "x", 1, MSG_NOSIGNAL), "ok");
}

static const char *sendto_answer(int fd, const struct address *to)
{
    return answer_of((int)sendto(fd, "x", 1, MSG_NOSIGNAL, (const struct sockaddr *)&to->storage, to->length), "ok");
}

static const char *sendmsg_answer(int fd)
{
    struct iovec part = {.iov_base = (char[]){"x"}, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return answer_of((int)sendmsg(fd, &message, MSG_NOSIGNAL), "ok");
}

static void observe_unconnected(void)
{
    struct answers answers = {0}, addressed = {0};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int idle = make_socket(tcp_domains[i], SOCK_STREAM), listener = make_listener(tcp_domains[i], 1);
        add_answer(&answers, domain_name(tcp_domains[i]), send_answer(idle));
        add_answer(&answers, "sendmsg", sendmsg_answer(idle));
        add_answer(&answers, "listener", send_answer(listener));
        struct address to = address_of(listener);
        add_answer(&addressed, domain_name(tcp_domains[i]), sendto_answer(idle, &to));
        close(idle);
        close(listener);
    }
    print_answers("send.unconnected_tcp", &answers);
    print_answers("send.addressed_tcp", &addressed);
}

/* At a full listener a connect stays under way. */
static void observe_connecting(void)
{
    struct answers answers = {0};
    int listener = make_listener(AF_INET, 1), fd = make_socket(AF_INET, SOCK_STREAM);
    struct crowd crowd = crowd_of(listener);
    crowd_push(&crowd);
    crowds_settle(&crowd, 1);
    add_flag(fd, O_NONBLOCK);
    (void)connect(fd, (struct sockaddr *)&crowd.address.storage, crowd.address.length);
    add_answer(&answers, "", send_answer(fd));
    print_answers("send.connecting_tcp", &answers);
    close(fd);
    crowd_dismiss(&crowd);
    close(listener);
}

static void observe_refused(void)
{
    struct answers answers = {0};
    struct address nobody = dead_address(AF_INET);
    struct pollfd wait = {.fd = make_socket(AF_INET, SOCK_STREAM), .events = POLLIN};
    add_flag(wait.fd, O_NONBLOCK);
    (void)connect(wait.fd, (struct sockaddr *)&nobody.storage, nobody.length);
    if (poll(&wait, 1, -1) != 1)
        give_up("poll");
    const char *answer = send_answer(wait.fd);
    add_answer(&answers, "", strcmp(answer, "ECONNREFUSED") == 0 ? "deliver" : answer);
    print_answers("send.refused_tcp", &answers);
    close(wait.fd);
}

static void observe_datagrams(void)
{
    struct answers alone = {0}, addressed = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        int target = make_bound(all_domains[i], SOCK_DGRAM), fd = make_socket(all_domains[i], SOCK_DGRAM);
        struct address to = address_of(target);
        if (all_domains[i] == AF_UNIX)
            add_answer(&alone, "", send_answer(fd));
        if (connect(fd, (struct sockaddr *)&to.storage, to.length) != 0)
            give_up("connect");
        add_answer(&addressed, domain_name(all_domains[i]), sendto_answer(fd, &to));
        close(fd);
        close(target);
    }
    print_answers("send.unconnected_unix_datagram", &alone);
    print_answers("send.addressed_datagram", &addressed);
}

static void observe_local(void)
{
    struct answers sent = {0}, received = {0};
    char byte;
    int listener = make_listener(AF_UNIX, 1), fd = make_socket(AF_UNIX, SOCK_STREAM);
    struct address to = address_of(listener);
    add_answer(&sent, "", sendto_answer(fd, &to));
    add_answer(&received, "fresh", answer_of((int)recv(fd, &byte, 1, MSG_DONTWAIT), "ok"));
    add_answer(&received, "listener", answer_of((int)recvfrom(listener, &byte, 1, MSG_DONTWAIT, NULL, NULL), "ok"));
    print_answers("send.addressed_unix", &sent);
    print_answers("receive.unconnected_unix", &received);
    close(fd);
    close(listener);
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

/* Two ends of a pair, one of which has gone; a UDP socket that was shut. */
static void observe_signals(void)
{
    const struct sigaction action = {.sa_handler = count_signal};
    struct answers answers = {0};
    struct sigaction before;
    int pair[2], target = make_bound(AF_UNIX, SOCK_DGRAM), datagram = make_socket(AF_UNIX, SOCK_DGRAM);
    struct address to = address_of(target);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0 || sigaction(SIGPIPE, &action, &before) != 0)
        give_up("socketpair");
    close(pair[1]);
    shutdown(datagram, SHUT_WR);
    signals = 0;
    (void)send(pair[0], "x", 1, MSG_NOSIGNAL);
    (void)send(pair[0], "x", 1, 0);
    add_answer(&answers, "seqpacket", signals == 1 ? "yes" : signals ? "too many" : "no");
    signals = 0;
    (void)sendto(datagram, "x", 1, 0, (struct sockaddr *)&to.storage, to.length);
    add_answer(&answers, "datagram", signals == 1 ? "yes" : signals ? "too many" : "no");
    print_answers("send.signal_packets", &answers);
    sigaction(SIGPIPE, &before, NULL);
    close(pair[0]);
    close(datagram);
    close(target);
}

static void observe_connected(void)
{
    struct answers answers = {0};
    int listener = make_listener(AF_UNIX, 1), client = make_client(listener);
    struct address to = address_of(listener);
    struct iovec part = {.iov_base = (char[]){"x"}, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_name = &to.storage, .msg_namelen = to.length};
    add_answer(&answers, "sendto", sendto_answer(client, &to));
    add_answer(&answers, "sendmsg", answer_of((int)sendmsg(client, &message, MSG_NOSIGNAL), "ok"));
    print_answers("send.connected_unix", &answers);
    close(client);
    close(listener);
}

static void observe_shut_datagram(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int fd = make_bound(tcp_domains[i], SOCK_DGRAM);
        shutdown(fd, SHUT_WR);
        add_answer(&answers, domain_name(tcp_domains[i]), send_answer(fd));
        close(fd);
    }
    print_answers("send.shut_udp", &answers);
}

static void observe_shut(void)
{
    struct answers answers = {0};
    char byte;
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int fd = make_socket(tcp_domains[i], SOCK_STREAM);
        shutdown(fd, SHUT_RD);
        add_answer(&answers, domain_name(tcp_domains[i]), answer_of((int)recv(fd, &byte, 1, MSG_DONTWAIT), "end"));
        close(fd);
    }
    print_answers("receive.shut_tcp", &answers);
}

void observe_send(void)
{
    observe_unconnected();
    observe_connecting();
    observe_refused();
    observe_datagrams();
    observe_local();
    observe_shut();
    observe_shut_datagram();
    observe_connected();
    observe_signals();
}
