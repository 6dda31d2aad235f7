#include "probe.h"

/* What socket gives and refuses, and what options read */

#define NO_SUCH 77

static const char *v6only(int domain)
{
#ifdef IPV6_V6ONLY
    return yes_no(option(stream(domain), IPPROTO_IPV6, IPV6_V6ONLY) != 0);
#else
    (void)domain;
    return cannot("no IPV6_V6ONLY");
#endif
}

static const char *v6only_off(int domain)
{
#ifdef IPV6_V6ONLY
    int fd = stream(domain), result = set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (result == 0 && option(fd, IPPROTO_IPV6, IPV6_V6ONLY) != 0)
        return "other: it stays on";
    return said(result, "ok");
#else
    (void)domain;
    return cannot("no IPV6_V6ONLY");
#endif
}

static const char *no_family_at_all(int domain)
{
    (void)domain;
    return said(socket(NO_SUCH, SOCK_STREAM, 0), "ok");
}

static const char *no_type(int domain)
{
    return said(socket(domain, NO_SUCH, 0), "ok");
}

static const char *not_its_type(int domain)
{
#ifdef SOCK_RDM
    return said(socket(domain, SOCK_RDM, 0), "ok");
#else
    (void)domain;
    return cannot("no SOCK_RDM");
#endif
}

static const char *not_its_protocol(int domain)
{
    return said(socket(domain, SOCK_STREAM, IPPROTO_UDP), "ok");
}

static const char *reuse_port(int domain)
{
#ifdef SO_REUSEPORT
    return said(set_option(stream(domain), SOL_SOCKET, SO_REUSEPORT, 1), "ok");
#else
    (void)domain;
    return cannot("no SO_REUSEPORT");
#endif
}

static const char *form_of(int value, int bit)
{
    return value == 1 ? "one" : value == bit ? "bit" : "other: neither 1 nor its bit";
}

/* With the bits that the BSDs number options by. */
static const struct {
    int name, bit;
} numbered_options[] = {
    {SO_REUSEADDR, 0x4}, {SO_KEEPALIVE, 0x8}, {SO_DONTROUTE, 0x10}, {SO_BROADCAST, 0x20}, {SO_OOBINLINE, 0x100}};

static const char *option_on(int domain)
{
    int i, fd = stream(domain);
    const char *answer = NULL;
    for (i = 0; i < (int)(sizeof numbered_options / sizeof *numbered_options); i++) {
        const char *form;
        must(set_option(fd, SOL_SOCKET, numbered_options[i].name, 1), "setsockopt");
        form = form_of(option(fd, SOL_SOCKET, numbered_options[i].name), numbered_options[i].bit);
        answer = answer ? agree(answer, form) : form;
    }
    return answer;
}

static const char *nodelay_on(int domain)
{
    int fd = stream(domain);
    must(set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1), "TCP_NODELAY");
    return form_of(option(fd, IPPROTO_TCP, TCP_NODELAY), 4);
}

static const char *size_word(int fd, int name)
{
    int size;
    must(set_option(fd, SOL_SOCKET, name, 20000), "setsockopt");
    size = option(fd, SOL_SOCKET, name);
    return size == 20000 ? "given" : size == 40000 ? "twice" : "other: another size";
}

static const char *buffer_size(int domain)
{
    int fd = stream(domain);
    const char *answer = size_word(fd, SO_SNDBUF);
    return agree(answer, size_word(fd, SO_RCVBUF));
}

const struct experiment socket_experiments[] = {
    {"socket.v6only", SIX, v6only, 0},
    {"socket.v6only_off", SIX, v6only_off, 0},
    {"socket.unknown_family", ONCE, no_family_at_all, 0},
    {"socket.unknown_type", ONCE, no_type, 0},
    {"socket.unsupported_type", ONCE, not_its_type, 0},
    {"socket.wrong_protocol", ONCE, not_its_protocol, 0},
    {"socket.reuse_port_unix", LOCAL, reuse_port, 0},
    {"socket.option_on", ALL, option_on, 0},
    {"socket.nodelay_on", TCP, nodelay_on, 0},
    {"socket.buffer_size", ALL, buffer_size, 0},
    {NULL, 0, NULL, 0},
};
