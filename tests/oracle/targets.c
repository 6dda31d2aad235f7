/* Inet addresses that are right in form: whom they name. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

/* In which a refusal on the loopback interface comes, if one does. */
#define PATIENCE_MS 200

static const struct {
    const char *name, *place;
    int family;
    in_port_t port;
} targets[] = {
    {"port-zero", "127.0.0.1", AF_INET, 0},         {"loopback-net", "127.0.0.2", AF_INET, 9},
    {"unassigned", "192.0.2.1", AF_INET, 9},        {"broadcast", "255.255.255.255", AF_INET, 9},
    {"multicast", "224.0.0.1", AF_INET, 9},         {"unspec-wildcard", "0.0.0.0", AF_UNSPEC, 0},
    {"unspec-loopback", "127.0.0.1", AF_UNSPEC, 0}, {"unix-wildcard", "0.0.0.0", AF_UNIX, 0},
    {"unix-loopback", "127.0.0.1", AF_UNIX, 0},     {"inet6-family", "127.0.0.1", AF_INET6, 0},
};

static void probe_target(const struct kind *kind, size_t i)
{
    int binder = make_one(kind), connector = make_one(kind);
    struct sockaddr_in address = {.sin_family = (sa_family_t)targets[i].family, .sin_port = htons(targets[i].port)};
    inet_pton(AF_INET, targets[i].place, &address.sin_addr);
    add_flag(connector, O_NONBLOCK);
    print_answer(kind->name, targets[i].name, "connect",
                 outcome_of(connect(connector, (struct sockaddr *)&address, sizeof address)));
    address.sin_port = 0;
    print_answer(kind->name, targets[i].name, "bind",
                 outcome_of(bind(binder, (struct sockaddr *)&address, sizeof address)));
    close(binder);
    close(connector);
}

/* An address that is another family's, in form too. */
static void probe_foreign(const struct kind *kind)
{
    const struct kind *other = kind->domain == AF_INET ? &kinds[1] : &kinds[0];
    struct address address = fresh_address(other->domain);
    int binder = make_one(kind), connector = make_one(kind);
    print_answer(kind->name, "other-family", "bind", outcome_of(bind_to(binder, &address)));
    ((struct sockaddr_in *)&address.storage)->sin_port = htons(9);
    print_answer(kind->name, "other-family", "connect", outcome_of(connect_to(connector, &address)));
    close(binder);
    close(connector);
    address = fresh_address(kind->domain);
    address.storage.ss_family = AF_UNIX;
    binder = make_one(kind);
    print_answer(kind->name, "wrong-family", "bind", outcome_of(bind_to(binder, &address)));
    close(binder);
    memset((char *)&address.storage + sizeof(sa_family_t), 0, sizeof address.storage - sizeof(sa_family_t));
    binder = make_one(kind);
    print_answer(kind->name, "wrong-family-wildcard", "bind", outcome_of(bind_to(binder, &address)));
    close(binder);
}

static void probe_silent(const struct kind *kind)
{
    int target = make_one_bound(kind), fd = make_one(kind);
    struct address address = address_of(target);
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int error = EINPROGRESS;
    socklen_t length = sizeof error;
    add_flag(fd, O_NONBLOCK);
    if (connect_to(fd, &address) != 0 && errno != EINPROGRESS)
        error = errno;
    else if (poll(&wait, 1, PATIENCE_MS) == 1)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    print_answer(kind->name, "to-bound", "connect", error ? error_name(error) : "ok");
    close(target);
    close(fd);
}

void probe_targets(void)
{
    for (const struct kind *kind = kinds; kind->name; kind++) {
        if (kind->domain == AF_UNIX)
            continue;
        probe_foreign(kind);
        if (is_tcp(kind))
            probe_silent(kind);
        for (size_t i = 0; kind->domain == AF_INET && i < sizeof targets / sizeof *targets; i++)
            probe_target(kind, i);
    }
}
