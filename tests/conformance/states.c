/* listen on a socket in each state that it can be in. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conform.h"

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif

/* What is printed where this host cannot be brought into the state. */
#define UNKNOWN "unknown"

/* All zero where a socket without a name has none to tell either. */
static struct address name_of(int fd)
{
    struct address address = {.length = sizeof address.storage};
    if (getsockname(fd, (struct sockaddr *)&address.storage, &address.length) != 0)
        address = (struct address){0};
    return address;
}

static in_port_t port_of(int fd)
{
    struct address address = name_of(fd);
    return ((const struct sockaddr_in *)&address.storage)->sin_port; /* at the same place in sockaddr_in6 */
}

static bool has_name(int fd)
{
    struct address address = name_of(fd);
    return ((const struct sockaddr *)&address.storage)->sa_data[0] != '\0';
}

static void observe_unbound(void)
{
    struct answers inet = {0}, local = {0};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int fd = make_socket(tcp_domains[i], SOCK_STREAM);
        int result = listen(fd, 1);
        const char *answer = answer_of(result, "autobind");
        add_answer(&inet, domain_name(tcp_domains[i]), result == 0 && !port_of(fd) ? "ok" : answer);
        close(fd);
    }
    print_answers("listen.unbound_inet", &inet);
    for (int type = SOCK_STREAM; type <= SOCK_SEQPACKET; type += SOCK_SEQPACKET - SOCK_STREAM) {
        int fd = make_socket(AF_UNIX, type);
        add_answer(&local, type == SOCK_STREAM ? "stream" : "seqpacket", answer_of(listen(fd, 1), "ok"));
        close(fd);
    }
    print_answers("listen.unbound_unix", &local);
}

static bool choose_from(int fd, unsigned int low, unsigned int high)
{
    uint32_t range = high << 16 | low;
    return setsockopt(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof range) == 0;
}

/* Linux takes such a word only within the host's own range, which a platform need not keep to by itself. */
static bool choose_as_host(int fd)
{
    char line[64] = "", *end;
    FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    if (file && !fgets(line, sizeof line, file))
        line[0] = '\0';
    if (file)
        fclose(file);
    unsigned long low = strtoul(line, &end, 10), high = strtoul(end, NULL, 10);
    return high > 0 && choose_from(fd, (unsigned int)low, (unsigned int)high);
}

/* A socket may be told to choose its port from a range: here from one that is taken. */
static const char *exhausted_answer(int domain)
{
    int taken = make_socket(domain, SOCK_STREAM), fd = make_socket(domain, SOCK_STREAM);
    struct address any = {.storage.ss_family = (sa_family_t)domain, .length = fresh_address(domain).length};
    const char *answer = UNKNOWN;
    bool within = choose_as_host(taken);
    if (bind(taken, (struct sockaddr *)&any.storage, any.length) != 0)
        give_up("bind");
    unsigned int port = ntohs(port_of(taken));
    if (within && choose_from(fd, port, port))
        answer = answer_of(listen(fd, 1), "ok");
    close(fd);
    close(taken);
    return answer;
}

static int make_reusable(const struct address *address)
{
    int on = 1, fd = make_socket(address->storage.ss_family, SOCK_STREAM);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        give_up("SO_REUSEADDR");
    if (bind(fd, (const struct sockaddr *)&address->storage, address->length) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Unknown where the second bind is refused already. */
static const char *taken_answer(int domain)
{
    struct address address = fresh_address(domain);
    int first = make_reusable(&address);
    if (first < 0)
        give_up("bind");
    address = address_of(first);
    int second = make_reusable(&address);
    if (listen(first, 1) != 0)
        give_up("listen");
    const char *answer = second < 0 ? UNKNOWN : answer_of(listen(second, 1), "ok");
    if (second >= 0)
        close(second);
    close(first);
    return answer;
}

static const char *shut_answer(int domain, bool listening)
{
    int fd = listening ? make_listener(domain, 1) : make_bound(domain, SOCK_STREAM);
    shutdown(fd, SHUT_RDWR);
    const char *answer = answer_of(listen(fd, 1), "yes");
    close(fd);
    return answer;
}

static const char *once_failed_answer(int domain)
{
    int closed = make_bound(domain, SOCK_STREAM), fd = make_socket(domain, SOCK_STREAM);
    struct address address = address_of(closed);
    close(closed);
    if (connect(fd, (struct sockaddr *)&address.storage, address.length) == 0)
        give_up("a port that was closed answers");
    in_port_t before = port_of(fd);
    const char *answer = answer_of(listen(fd, 1), NULL);
    if (!answer) {
        int client = before && port_of(fd) == before ? make_client(fd) : -1;
        answer = client >= 0 ? "keep" : "autobind";
        if (client >= 0)
            close_hard(client);
    }
    close(fd);
    return answer;
}

/*
 * Several times: a port that is chosen anew may be the old one by chance, and the old one may have come into
 * use by others. Neither happens to most of them.
 */
static const char *failed_answer(int domain)
{
    const char *answer = NULL;
    int kept = 0;
    for (int i = 0; i < 8 && kept < 2; i++) {
        answer = once_failed_answer(domain);
        kept += strcmp(answer, "keep") == 0;
    }
    return kept == 1 ? "autobind" : answer;
}

static void observe_idle(void)
{
    struct answers exhausted = {0}, taken = {0}, failed = {0}, listener = {0}, unconnected = {0};
    for (int i = 0; i < 2; i++) {
        int domain = tcp_domains[i];
        if (!domain_is_here(domain))
            continue;
        add_answer(&exhausted, domain_name(domain), exhausted_answer(domain));
        add_answer(&taken, domain_name(domain), taken_answer(domain));
        add_answer(&failed, domain_name(domain), failed_answer(domain));
        add_answer(&listener, domain_name(domain), shut_answer(domain, true));
        add_answer(&unconnected, domain_name(domain), shut_answer(domain, false));
    }
    print_answers("listen.ports_exhausted", &exhausted);
    print_answers("listen.address_taken", &taken);
    print_answers("listen.connect_failed", &failed);
    print_answers("listen.shutdown_listener", &listener);
    print_answers("listen.shutdown_unconnected", &unconnected);
}

static void observe_connected_tcp(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int listener = make_listener(tcp_domains[i], 1), client = make_client(listener);
        int server = accept(listener, NULL, NULL);
        if (server < 0)
            give_up("accept");
        add_answer(&answers, domain_name(tcp_domains[i]), answer_of(listen(client, 1), "ok"));
        add_answer(&answers, "accepted", answer_of(listen(server, 1), "ok"));
        close_hard(client);
        close_hard(server);
        close(listener);
    }
    print_answers("listen.connected_tcp", &answers);
}

/* Whether an accepted socket and one of a pair have a name differs by platform. */
static void add_connected(struct answers *bound, struct answers *unbound, const char *where, int fd)
{
    add_answer(has_name(fd) ? bound : unbound, where, answer_of(listen(fd, 1), "ok"));
}

static void observe_connected_unix(void)
{
    struct answers bound = {0}, unbound = {0};
    int listener = make_listener(AF_UNIX, 2), named = make_bound(AF_UNIX, SOCK_STREAM), pair[2];
    int client = make_client(listener), server = accept(listener, NULL, NULL);
    struct address address = address_of(listener);
    if (server < 0 || connect(named, (struct sockaddr *)&address.storage, address.length) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        give_up("connect");
    add_connected(&bound, &unbound, "client", client);
    add_connected(&bound, &unbound, "named client", named);
    add_connected(&bound, &unbound, "accepted", server);
    add_connected(&bound, &unbound, "socketpair", pair[0]);
    print_answers("listen.connected_unix", &unbound);
    print_answers("listen.connected_unix_bound", &bound);
    const int fds[] = {listener, named, client, server, pair[0], pair[1]};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        close(fds[i]);
}

static void observe_closed_peer(void)
{
    struct answers answers = {0};
    int pair[2], listener = make_listener(AF_UNIX, 2), client = make_client(listener);
    close(must_accept(listener));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
        give_up("socketpair");
    close(pair[1]);
    add_answer(&answers, "client", answer_of(listen(client, 1), "ok"));
    add_answer(&answers, "socketpair", answer_of(listen(pair[0], 1), "ok"));
    print_answers("listen.closed_peer_unix", &answers);
    close(pair[0]);
    close(client);
    close(listener);
}

static void observe_datagram(void)
{
    struct answers inet = {0}, bound = {0}, unbound = {0}, connected = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        int free_fd = make_socket(domain, SOCK_DGRAM), bound_fd = make_bound(domain, SOCK_DGRAM);
        add_answer(domain == AF_UNIX ? &unbound : &inet, domain_name(domain), answer_of(listen(free_fd, 1), "ok"));
        add_answer(domain == AF_UNIX ? &bound : &inet, "bound", answer_of(listen(bound_fd, 1), "ok"));
        struct address address = address_of(bound_fd);
        if (domain != AF_UNIX && connect(free_fd, (struct sockaddr *)&address.storage, address.length) == 0)
            add_answer(&connected, domain_name(domain), answer_of(listen(free_fd, 1), "ok"));
        close(free_fd);
        close(bound_fd);
    }
    print_answers("listen.datagram_inet", &inet);
    print_answers("listen.datagram_unix", &bound);
    print_answers("listen.datagram_unix_unbound", &unbound);
    print_answers("listen.datagram_connected", &connected);
}

static void observe_descriptors(void)
{
    struct answers bad = {0}, none = {0};
    struct rlimit limit, least;
    int closed = make_socket(AF_INET, SOCK_STREAM), fd = make_bound(AF_INET, SOCK_STREAM);
    int local = make_bound(AF_UNIX, SOCK_STREAM);
    close(closed);
    add_answer(&bad, "negative", answer_of(listen(-1, 1), "ok"));
    add_answer(&bad, "closed", answer_of(listen(closed, 1), "ok"));
    add_answer(&bad, "out of range", answer_of(listen(1 << 30, 1), "ok"));
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        give_up("RLIMIT_NOFILE");
    least = (struct rlimit){.rlim_cur = 0, .rlim_max = limit.rlim_max};
    setrlimit(RLIMIT_NOFILE, &least);
    add_answer(&none, "inet", answer_of(listen(fd, 1), "yes"));
    add_answer(&none, "unix", answer_of(listen(local, 1), "yes"));
    const char *first = answer_of(listen(1 << 30, 1), "ok");
    setrlimit(RLIMIT_NOFILE, &limit);
    add_answer(&bad, "none free", first);
    if (listen(fd, 1) != 0)
        give_up("listen with free descriptors again");
    print_answers("listen.bad_descriptor", &bad);
    print_answers("listen.no_descriptors", &none);
    close(local);
    close(fd);
}

static void observe_failure(void)
{
    struct answers answers = {0};
    int fd = make_socket(AF_UNIX, SOCK_STREAM), marked = 0;
    socklen_t length = sizeof marked;
    const char *answer = UNKNOWN;
    if (listen(fd, 1) != 0 && getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &marked, &length) == 0)
        answer = marked ? "yes" : "no";
    add_answer(&answers, "unix", answer);
    print_answers("listen.failure_marks", &answers);
    close(fd);
}

void observe_states(void)
{
    observe_unbound();
    observe_idle();
    observe_connected_tcp();
    observe_connected_unix();
    observe_closed_peer();
    observe_datagram();
    observe_descriptors();
    observe_failure();
}
