/* Two sockets and one port. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

#include "probe.h"

enum option { NONE, ADDRESS, PORT, OPTIONS };

static const char *const option_names[] = {"none", "reuseaddr", "reuseport"};

/* Places by kind of socket: the specific and the wildcard one of each family; a multicast group; a dual-stack wildcard.
 */
enum place { GROUP, FOUR, FOUR_ANY, SIX, SIX_ANY, DUAL_ANY };

static const char *const place_names[] = {"group", "v4", "v4-any", "v6", "v6-any", "dual-any"};

static const struct {
    enum place first, second;
} pairs[] = {
    {FOUR, FOUR},         {FOUR_ANY, FOUR_ANY}, {FOUR, FOUR_ANY}, {FOUR_ANY, FOUR},    {SIX, SIX},
    {SIX_ANY, SIX_ANY},   {SIX, SIX_ANY},       {SIX_ANY, SIX},   {FOUR_ANY, SIX_ANY}, {SIX_ANY, FOUR_ANY},
    {FOUR_ANY, DUAL_ANY}, {DUAL_ANY, FOUR_ANY}, {FOUR, DUAL_ANY}, {DUAL_ANY, FOUR},    {DUAL_ANY, DUAL_ANY},
    {SIX_ANY, DUAL_ANY},  {GROUP, GROUP},
};

static int make(int type, enum place place, enum option option)
{
    int on = 1, only = place != DUAL_ANY;
    int fd = socket(place <= FOUR_ANY ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        give_up("socket");
    if (place > FOUR_ANY)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    if (option != NONE)
        setsockopt(fd, SOL_SOCKET, option == ADDRESS ? SO_REUSEADDR : SO_REUSEPORT, &on, sizeof on);
    return fd;
}

static struct address at(enum place place, in_port_t port)
{
    struct address address = {0};
    struct sockaddr_in *in = (void *)&address.storage;
    struct sockaddr_in6 *in6 = (void *)&address.storage;
    if (place <= FOUR_ANY) {
        *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
        in->sin_addr.s_addr = htonl(place == FOUR    ? INADDR_LOOPBACK
                                    : place == GROUP ? INADDR_ALLHOSTS_GROUP
                                                     : INADDR_ANY);
        address.length = sizeof *in;
    } else {
        *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port};
        in6->sin6_addr = place == SIX ? in6addr_loopback : in6addr_any;
        address.length = sizeof *in6;
    }
    return address;
}

static void probe_pair(int type, size_t pair, enum option first_option, enum option second_option, bool listening)
{
    char state[64], call[64], text[64];
    int first = make(type, pairs[pair].first, first_option), second = make(type, pairs[pair].second, second_option);
    struct address here = at(pairs[pair].first, 0);
    if (bind_to(first, &here) != 0 || (listening && listen(first, 1) != 0))
        give_up("bind");
    struct sockaddr_in6 name = {0}; /* the port is where sockaddr_in has it */
    socklen_t length = sizeof name;
    getsockname(first, (struct sockaddr *)&name, &length);
    here = at(pairs[pair].second, name.sin6_port);
    snprintf(state, sizeof state, "%s-%s-%s", place_names[pairs[pair].first], option_names[first_option],
             type == SOCK_DGRAM ? "udp"
             : listening        ? "listening"
                                : "bound");
    snprintf(call, sizeof call, "bind-%s-%s", place_names[pairs[pair].second], option_names[second_option]);
    int result = bind_to(second, &here);
    snprintf(text, sizeof text, "%s", outcome_of(result));
    if (result == 0 && type == SOCK_STREAM && listen(second, 1) != 0)
        snprintf(text, sizeof text, "unheard, %s", outcome_of(-1));
    print_answer("pair", state, call, text);
    close(first);
    close(second);
}

/* Of UDP alone, with the same option or with none on the second one. */
static void probe_group(void)
{
    const size_t group = sizeof pairs / sizeof *pairs - 1;
    for (enum option first = NONE; first < OPTIONS; first++) {
        probe_pair(SOCK_DGRAM, group, first, first, false);
        if (first != NONE)
            probe_pair(SOCK_DGRAM, group, first, NONE, false);
    }
}

void probe_sharing(void)
{
    probe_group();
    for (size_t pair = 0; pair < sizeof pairs / sizeof *pairs - 1; pair++)
        for (enum option first = NONE; first < OPTIONS; first++)
            for (enum option second = NONE; second < OPTIONS; second++) {
                probe_pair(SOCK_STREAM, pair, first, second, false);
                probe_pair(SOCK_STREAM, pair, first, second, true);
                probe_pair(SOCK_DGRAM, pair, first, second, false);
            }
}
