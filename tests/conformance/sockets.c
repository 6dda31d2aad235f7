/* What socket gives, and what it refuses. */
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include "conform.h"

#define NO_FAMILY 77
#define NO_TYPE 77

static void observe_v6only(void)
{
    struct answers initial = {0}, off = {0};
    int fd = socket(AF_INET6, SOCK_STREAM, 0), value = -1, zero = 0;
    socklen_t length = sizeof value;
    if (fd < 0 || getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, &length) != 0) {
        add_answer(&initial, "inet6", "not here");
        add_answer(&off, "inet6", "not here");
    } else {
        add_answer(&initial, "inet6", value == 1 ? "yes" : value == 0 ? "no" : "other");
        int result = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
        add_answer(&off, "inet6", answer_of(result, "ok"));
        if (result == 0 && (getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, &length) != 0 || value != 0))
            add_answer(&off, "read back", "still on");
    }
    print_answers("socket.v6only", &initial);
    print_answers("socket.v6only_off", &off);
    if (fd >= 0)
        close(fd);
}

static void observe_refusal(const char *key, int domain, int type, int protocol)
{
    struct answers answers = {0};
    int fd = socket(domain, type, protocol);
    add_answer(&answers, domain_name(domain), answer_of(fd, "ok"));
    print_answers(key, &answers);
    if (fd >= 0)
        close(fd);
}

static void observe_reuse_port(void)
{
    struct answers answers = {0};
    int fd = make_socket(AF_UNIX, SOCK_STREAM), on = 1;
    add_answer(&answers, "", answer_of(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), "ok"));
    print_answers("socket.reuse_port_unix", &answers);
    close(fd);
}

void observe_socket(void)
{
    observe_reuse_port();
    observe_v6only();
    observe_refusal("socket.unknown_family", NO_FAMILY, SOCK_STREAM, 0);
    observe_refusal("socket.unknown_type", AF_INET, NO_TYPE, 0);
    observe_refusal("socket.unsupported_type", AF_INET, SOCK_RDM, 0);
    observe_refusal("socket.wrong_protocol", AF_INET, SOCK_STREAM, IPPROTO_UDP);
}
