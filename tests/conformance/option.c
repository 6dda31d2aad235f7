/* What getsockopt gives for options that are on. */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <unistd.h>

#include "conform.h"

/* With the bits that the BSDs number them by. */
static const struct {
    int name, bit;
} options[] = {
    {SO_REUSEADDR, 0x4}, {SO_KEEPALIVE, 0x8}, {SO_DONTROUTE, 0x10}, {SO_BROADCAST, 0x20}, {SO_OOBINLINE, 0x100}};

static int read_option(int fd, int level, int name)
{
    struct linger value = {0};
    socklen_t length = sizeof value;
    if (getsockopt(fd, level, name, &value, &length) != 0)
        give_up("getsockopt");
    return value.l_onoff;
}

static const char *form_of(int number, int bit)
{
    return number == 1 ? "one" : number == bit ? "bit" : "other";
}

static void observe_family(int domain, struct answers *answers, struct answers *nodelay)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = 7};
    const int on = 1;
    int fd = make_listener(domain, 1);
    const char *where = domain_name(domain);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (setsockopt(fd, SOL_SOCKET, options[i].name, &on, sizeof on) != 0)
            give_up("setsockopt");
        if (i == 0 || domain == AF_INET)
            add_answer(answers, where, form_of(read_option(fd, SOL_SOCKET, options[i].name), options[i].bit));
    }
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    add_answer(answers, "linger", form_of(read_option(fd, SOL_SOCKET, SO_LINGER), 0x80));
    if (domain != AF_UNIX) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        add_answer(nodelay, where, form_of(read_option(fd, IPPROTO_TCP, TCP_NODELAY), 4));
    }
    close(fd);
}

/* What comes back of a size that is set. */
static void observe_sizes(int domain, struct answers *answers)
{
    static const int names[] = {SO_SNDBUF, SO_RCVBUF};
    const int size = 20000;
    int fd = make_socket(domain, SOCK_STREAM);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (setsockopt(fd, SOL_SOCKET, names[i], &size, sizeof size) != 0)
            give_up("buffer size");
        int after = read_option(fd, SOL_SOCKET, names[i]);
        add_answer(answers, domain_name(domain), after == size ? "given" : after == 2 * size ? "twice" : "other");
    }
    close(fd);
}

/* Sizes that no program has set. */
static void print_initial_sizes(void)
{
    int fd = make_socket(AF_INET, SOCK_STREAM);
    printf("sizes not set = %d %d\n", read_option(fd, SOL_SOCKET, SO_SNDBUF), read_option(fd, SOL_SOCKET, SO_RCVBUF));
    close(fd);
}

static void set_number(int fd, int name, int number)
{
    if (setsockopt(fd, SOL_SOCKET, name, &number, sizeof number) != 0)
        give_up("setsockopt");
}

/*
 * A listener's SO_INCOMING_CPU, which no platform needs: at first; after a time-out was set; after a processor was, and
 * another time-out; after shutdown and what follows it; as one byte; and taken back.
 */
static void print_incoming_cpu(int domain)
{
    const struct timeval limit = {.tv_sec = 5};
    int fd = make_listener(domain, 1);
    socklen_t length = 1;
    unsigned char byte = 0;
    add_flag(fd, O_NONBLOCK);
    printf("own SO_INCOMING_CPU, %s = %d", domain_name(domain), read_option(fd, SOL_SOCKET, SO_INCOMING_CPU));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    printf(" %d", read_option(fd, SOL_SOCKET, SO_INCOMING_CPU));
    set_number(fd, SO_INCOMING_CPU, 3);
    printf(" %d", read_option(fd, SOL_SOCKET, SO_INCOMING_CPU));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    printf(" %d", read_option(fd, SOL_SOCKET, SO_INCOMING_CPU));
    shutdown(fd, SHUT_RDWR);
    printf(" %d", read_option(fd, SOL_SOCKET, SO_INCOMING_CPU));
    set_number(fd, SO_INCOMING_CPU, 0);
    close(accept(fd, NULL, NULL));
    printf(" %d", read_option(fd, SOL_SOCKET, SO_INCOMING_CPU));
    set_number(fd, SO_INCOMING_CPU, 7);
    getsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &byte, &length);
    printf(" %d", byte);
    set_number(fd, SO_INCOMING_CPU, -1);
    printf(" %d\n", read_option(fd, SOL_SOCKET, SO_INCOMING_CPU));
    close(fd);
}

/* A connection tells the processor that served it last. */
static void print_connection_cpu(void)
{
    int listener = make_listener(AF_INET, 1), client = make_client(listener), fd = must_accept(listener);
    int cpu = read_option(fd, SOL_SOCKET, SO_INCOMING_CPU);
    printf("SO_INCOMING_CPU of a connection = %s\n", cpu >= 0 && cpu < get_nprocs_conf() ? "a processor" : "none");
    close_hard(client);
    close(fd);
    close(listener);
}

void observe_options(void)
{
    struct answers answers = {0}, nodelay = {0}, sizes = {0};
    for (int i = 0; i < 3; i++)
        if (domain_is_here(all_domains[i]))
            observe_family(all_domains[i], &answers, &nodelay);
    for (int i = 0; i < 3; i++)
        if (domain_is_here(all_domains[i]))
            observe_sizes(all_domains[i], &sizes);
    print_answers("socket.option_on", &answers);
    print_answers("socket.nodelay_on", &nodelay);
    print_answers("socket.buffer_size", &sizes);
    print_initial_sizes();
    print_incoming_cpu(AF_INET);
    print_incoming_cpu(AF_UNIX);
    print_connection_cpu();
}
