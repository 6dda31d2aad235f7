/* connect to addresses that are wrong in form, and to those that name nobody. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "conform.h"

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

static const char *connect_answer(int domain, int type, const void *address, socklen_t length)
{
    int fd = make_socket(domain, type);
    const char *answer = answer_of(connect(fd, address, length), "ok");
    close_hard(fd);
    return answer;
}

/* The same in a child: some emulators die of a length that is too small for the family. */
static const char *connect_answer_of_child(int domain, int type, const void *address, socklen_t length)
{
    pid_t child = fork();
    if (child == 0)
        _exit(connect(make_socket(domain, type), address, length) == 0 ? 0 : errno);
    return answer_of_child(child);
}

/* Lengths that no address has, whatever the family. */
static void observe_odd_length(void)
{
    static const char room[512];
    struct answers none = {0}, huge = {0}, negative = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        struct address address = fresh_address(domain);
        const char *name = domain_name(domain);
        add_answer(&none, name, connect_answer_of_child(domain, SOCK_STREAM, &address.storage, 0));
        add_answer(&none, "one byte", connect_answer_of_child(domain, SOCK_STREAM, &address.storage, 1));
        add_answer(&huge, name, connect_answer(domain, SOCK_STREAM, room, 256));
        add_answer(&negative, name, connect_answer(domain, SOCK_DGRAM, room, (socklen_t)-1));
    }
    print_answers("connect.no_family", &none);
    print_answers("connect.huge_address", &huge);
    print_answers("connect.negative_address", &negative);
}

static void observe_length(void)
{
    struct answers brief = {0}, excess = {0};
    for (int i = 0; i < 2; i++) {
        int domain = tcp_domains[i];
        if (!domain_is_here(domain))
            continue;
        int listener = make_listener(domain, 4);
        struct address address = address_of(listener);
        /* A sockaddr_in6 may be without its scope, as RFC 2133 had it. */
        socklen_t least = domain == AF_INET ? address.length : offsetof(struct sockaddr_in6, sin6_scope_id);
        const char *name = domain_name(domain);
        add_answer(&brief, name, connect_answer_of_child(domain, SOCK_STREAM, &address.storage, least - 1));
        add_answer(&brief, "datagram", connect_answer_of_child(domain, SOCK_DGRAM, &address.storage, least - 1));
        add_answer(&excess, name, connect_answer(domain, SOCK_STREAM, &address.storage, address.length + 1));
        add_answer(&excess, "datagram", connect_answer(domain, SOCK_DGRAM, &address.storage, address.length + 1));
        close(listener);
    }
    print_answers("connect.short_address", &brief);
    print_answers("connect.long_address", &excess);
}

static void observe_family(void)
{
    struct answers first = {0}, local = {0};
    struct address four = fresh_address(AF_INET), path = fresh_address(AF_UNIX);
    const char *answer =
        domain_is_here(AF_INET6) ? connect_answer(AF_INET6, SOCK_STREAM, &four.storage, four.length) : "EINVAL";
    add_answer(&first, "inet6", strcmp(answer, "EAFNOSUPPORT") == 0 ? "yes" : "no");
    path.storage.ss_family = AF_INET;
    add_answer(&local, "stream", connect_answer(AF_UNIX, SOCK_STREAM, &path.storage, path.length));
    add_answer(&local, "datagram", connect_answer(AF_UNIX, SOCK_DGRAM, &path.storage, path.length));
    print_answers("connect.family_first", &first);
    print_answers("connect.wrong_family_unix", &local);
}

static void observe_unspecified(void)
{
    struct answers stream = {0}, datagram = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        struct address nowhere = fresh_address(domain);
        nowhere.storage.ss_family = AF_UNSPEC;
        add_answer(&datagram, domain_name(domain),
                   connect_answer(domain, SOCK_DGRAM, &nowhere.storage, nowhere.length));
        if (domain != AF_UNIX)
            add_answer(&stream, domain_name(domain),
                       connect_answer(domain, SOCK_STREAM, &nowhere.storage, nowhere.length));
    }
    print_answers("connect.unspec", &stream);
    print_answers("connect.unspec_datagram", &datagram);
}

static void observe_port_zero(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++) {
        struct address zero = fresh_address(tcp_domains[i]);
        if (domain_is_here(tcp_domains[i]))
            add_answer(&answers, domain_name(tcp_domains[i]),
                       connect_answer(tcp_domains[i], SOCK_DGRAM, &zero.storage, zero.length));
    }
    print_answers("connect.port_zero_udp", &answers);
}

static void observe_place(const char *key, in_addr_t place)
{
    struct answers answers = {0};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(place)};
    int fd = make_socket(AF_INET, SOCK_STREAM);
    add_flag(fd, O_NONBLOCK);
    add_answer(&answers, "", answer_of(connect(fd, (struct sockaddr *)&address, sizeof address), "ok"));
    print_answers(key, &answers);
    close(fd);
}

/* Where it is looked for, an abstract name that nobody has is refused. */
static void observe_abstract(void)
{
    struct answers answers = {0};
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0conform-nobody"};
    const char *answer = connect_answer(AF_UNIX, SOCK_STREAM, &address, PATH_OFFSET + 15);
    add_answer(&answers, "", strcmp(answer, "ECONNREFUSED") == 0 ? "ok" : answer);
    print_answers("connect.unix_abstract", &answers);
}

static void observe_paths(void)
{
    struct answers beyond = {0}, padded = {0};
    char address[255] = {0};
    int listener = make_listener(AF_UNIX, 4);
    struct address reach = address_of(listener);
    const char *answer = "ENOENT";
    ((struct sockaddr *)address)->sa_family = AF_UNIX;
    for (size_t size = 1; strcmp(answer, "ENOENT") == 0 && size < sizeof address - PATH_OFFSET; size++) {
        address[PATH_OFFSET + size - 1] = 'q';
        answer = connect_answer(AF_UNIX, SOCK_STREAM, address, (socklen_t)(PATH_OFFSET + size));
    }
    add_answer(&beyond, "", answer);
    print_answers("connect.unix_path_long", &beyond);
    memset(address, 0, sizeof address);
    memcpy(address, &reach.storage, reach.length);
    for (socklen_t length = sizeof(struct sockaddr_un) + 1; length <= sizeof address; length += 72)
        add_answer(&padded, "", connect_answer(AF_UNIX, SOCK_STREAM, address, length));
    print_answers("connect.unix_long_address", &padded);
    close(listener);
}

/* The state of a connected socket, and a path where nobody is; a socket whose peer has gone, and one where somebody
 * is. */
static void observe_connected_unix(void)
{
    struct answers missing = {0}, gone = {0};
    int listener = make_listener(AF_UNIX, 4), client = make_client(listener), ends[2];
    struct address nobody = fresh_address(AF_UNIX), reach = address_of(listener);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        give_up("socketpair");
    close(ends[1]);
    add_answer(&missing, "", answer_of(connect(client, (struct sockaddr *)&nobody.storage, nobody.length), "ok"));
    add_answer(&gone, "", answer_of(connect(ends[0], (struct sockaddr *)&reach.storage, reach.length), "ok"));
    print_answers("connect.connected_unix", &missing);
    print_answers("connect.closed_unix", &gone);
    close(ends[0]);
    close(client);
    close(listener);
}

void observe_connect_addresses(void)
{
    observe_odd_length();
    observe_length();
    observe_family();
    observe_unspecified();
    observe_port_zero();
    observe_place("connect.multicast_tcp", INADDR_ALLHOSTS_GROUP);
    observe_place("connect.broadcast_tcp", INADDR_BROADCAST);
    observe_abstract();
    observe_paths();
    observe_connected_unix();
}
