/* What getsockopt gives for options that are on. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
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
}
