#include "port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>

#include "netlink.h"
#include "option.h"
#include "system.h"

/* Linux fills no larger buffer in one answer of a dump. */
#define ANSWER_SIZE 4096
#define EVERY_STATE (~0u)
#define BODY sizeof(struct inet_diag_msg)

/*
 * States of net/tcp_states.h. A dump lists a socket that is only bound in TCP_BOUND_INACTIVE, but reports it as
 * TCP_CLOSE.
 */
enum { STATE_CLOSE = 7, STATE_LISTEN = 10, STATE_BOUND = 13 };

struct endpoint {
    int domain;
    bool dual_stack;
    in_port_t port;      /* in network order */
    const void *address; /* 4 or 16 bytes */
};

static int option(int fd, int level, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    return option_get(fd, level, name, &value, &length) == 0 ? value : 0;
}

static void mark(int fd, int name, int value)
{
    system_call(SYS_setsockopt, fd, IPPROTO_IP, name, &value, sizeof value);
}

void port_mark_lent(int fd)
{
    mark(fd, IP_BIND_ADDRESS_NO_PORT, 1);
}

void port_mark_own(int fd)
{
    mark(fd, IP_BIND_ADDRESS_NO_PORT, 0);
}

bool port_is_lent(int fd)
{
    return option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT) != 0;
}

void port_mark_reused(int fd)
{
    mark(fd, IP_MULTICAST_ALL, 0);
}

void port_mark_closed(int fd)
{
    mark(fd, IP_FREEBIND, 1);
}

void port_claim_of(int fd, int domain, struct port_claim *claim)
{
    *claim = (struct port_claim){
        .protocol = option(fd, SOL_SOCKET, SO_PROTOCOL),
        .domain = domain,
        .dual_stack = domain == AF_INET6 && !option(fd, IPPROTO_IPV6, IPV6_V6ONLY),
        .reuse_address = option(fd, SOL_SOCKET, SO_REUSEADDR),
        .reuse_port = option(fd, SOL_SOCKET, SO_REUSEPORT),
    };
}

static bool is_wildcard(const struct endpoint *place)
{
    static const unsigned char nowhere[sizeof(struct in6_addr)];
    size_t size = place->domain == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
    return memcmp(place->address, nowhere, size) == 0;
}

/* An IPv4 address in IPv6 form counts as the IPv4 address. */
static void unmap(struct endpoint *place)
{
    if (place->domain == AF_INET6 && IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)place->address)) {
        place->domain = AF_INET;
        place->dual_stack = false;
        place->address = (const char *)place->address + 12;
    }
}

static bool equal(const struct endpoint *a, const struct endpoint *b)
{
    size_t size = a->domain == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
    return a->domain == b->domain && memcmp(a->address, b->address, size) == 0;
}

/* Compares two endpoints: sets the field of `meeting` that describes how they conflict, if they do. */
static void compare(const struct endpoint *own, const struct endpoint *other, struct port_use *meeting)
{
    if (own->domain == other->domain) {
        meeting->same |= equal(own, other);
        meeting->overlapping |= !equal(own, other) && (is_wildcard(own) || is_wildcard(other));
    } else {
        const struct endpoint *four = own->domain == AF_INET ? own : other, *six = own->domain == AF_INET ? other : own;
        bool meet = six->dual_stack && is_wildcard(six);
        meeting->dual_stack |= meet && four == own && is_wildcard(four);
        meeting->ipv4 |= meet && four == other && is_wildcard(four);
        meeting->crossing |= meet && !is_wildcard(four);
    }
}

/* Whether an AF_INET6 socket takes IPv6 only. The kernel reports that only for sockets without a peer. */
static bool is_v6only(const struct nlmsghdr *head)
{
    const char *only = netlink_attribute(head, BODY, INET_DIAG_SKV6ONLY, sizeof *only);
    return only && *only;
}

static bool is_lent(const struct nlmsghdr *head)
{
    const struct inet_diag_sockopt *options = netlink_attribute(head, BODY, INET_DIAG_SOCKOPT, sizeof *options);
    return options && options->bind_address_no_port;
}

static bool is_reused(const struct nlmsghdr *head)
{
    const struct inet_diag_sockopt *options = netlink_attribute(head, BODY, INET_DIAG_SOCKOPT, sizeof *options);
    return options && !options->mc_all;
}

static bool is_closed(const struct nlmsghdr *head)
{
    const struct inet_diag_sockopt *options = netlink_attribute(head, BODY, INET_DIAG_SOCKOPT, sizeof *options);
    return options && options->freebind;
}

/* The endpoint that asks, and what was found so far. */
struct search {
    const struct endpoint *own;
    struct port_use *use;
};

static void take_socket(const struct nlmsghdr *head, void *context)
{
    const struct endpoint *own = ((const struct search *)context)->own;
    struct port_use *use = ((const struct search *)context)->use;
    const struct inet_diag_msg *socket = NLMSG_DATA(head);
    struct port_use meeting = {0};
    struct endpoint other = {
        .domain = socket->idiag_family, .port = socket->id.idiag_sport, .address = socket->id.idiag_src};
    /* Linux lists the sockets that are only bound for all ports at once. */
    if (other.port != own->port)
        return;
    other.dual_stack = other.domain == AF_INET6 && !is_v6only(head);
    unmap(&other);
    compare(own, &other, &meeting);
    if (socket->idiag_state != STATE_LISTEN && socket->idiag_state != STATE_CLOSE &&
        socket->idiag_state != STATE_BOUND) {
        use->connections |=
            meeting.same || meeting.overlapping || meeting.dual_stack || meeting.ipv4 || meeting.crossing;
        return;
    }
    bool meets = meeting.same || meeting.overlapping || meeting.dual_stack || meeting.ipv4 || meeting.crossing;
    use->listening |= meets && socket->idiag_state == STATE_LISTEN;
    use->bound |= meets && socket->idiag_state != STATE_LISTEN && !is_closed(head);
    use->lent |= (meeting.same || meeting.dual_stack) && is_lent(head);
    use->unshared |= meeting.same && !is_reused(head);
    use->crossing |= meeting.crossing;
    use->same |= meeting.same;
    use->overlapping |= meeting.overlapping;
    use->dual_stack |= meeting.dual_stack;
    use->ipv4 |= meeting.ipv4;
}

/* By system call: libc's read and write are cancellation points, and bind is none. */
static bool ask(int fd, int domain, int protocol, struct search *search)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 body;
    } question = {
        .head = {.nlmsg_len = sizeof question,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .body = {.sdiag_family = (uint8_t)domain,
                 .sdiag_protocol = (uint8_t)protocol,
                 .idiag_states = EVERY_STATE,
                 .id = {.idiag_sport = search->own->port}},
    };
    _Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    int end = 0;
    if (system_call(SYS_write, fd, &question, sizeof question) != sizeof question)
        return false;
    while (end == 0) {
        ssize_t length = system_call(SYS_read, fd, answer, sizeof answer);
        end = length > 0 ? netlink_sockets(answer, (size_t)length, BODY, take_socket, search) : -1;
    }
    return end > 0;
}

/* The 4 or 16 bytes of an address. */
static const void *address_in(const struct sockaddr *address)
{
    return address->sa_family == AF_INET ? (const void *)&((const struct sockaddr_in *)address)->sin_addr
                                         : &((const struct sockaddr_in6 *)address)->sin6_addr;
}

bool port_use_of(const struct port_claim *claim, const struct sockaddr *address, struct port_use *use)
{
    const struct sockaddr_in *in = (const void *)address;
    /* The port is at the same place in both structures. */
    struct endpoint own = {.domain = claim->domain, .dual_stack = claim->dual_stack, .port = in->sin_port};
    own.address = address_in(address);
    unmap(&own);
    *use = (struct port_use){0};
    struct search search = {.own = &own, .use = use};
    int fd = (int)system_call(SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
    if (fd < 0)
        return false;
    bool told = ask(fd, AF_INET, claim->protocol, &search) && ask(fd, AF_INET6, claim->protocol, &search);
    system_call(SYS_close, fd);
    return told;
}

/*
 * Whether the routes say that the address is this host's: a datagram socket that connects to such an address gets
 * the same one itself, without a packet. The whole of 127.0.0.0/8 is this host's.
 */
static bool is_own_address(const struct sockaddr *address)
{
    const struct sockaddr_in *in = (const void *)address;
    socklen_t size = address->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    struct sockaddr_storage name = {0};
    struct endpoint own = {.domain = address->sa_family}, routed = own;
    if (address->sa_family == AF_INET && ntohl(in->sin_addr.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET)
        return true;
    int fd = (int)system_call(SYS_socket, address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool told = system_call(SYS_connect, fd, address, size) == 0 && system_call(SYS_getsockname, fd, &name, &size) == 0;
    system_call(SYS_close, fd);
    own.address = address_in(address);
    routed.address = address_in((const struct sockaddr *)&name);
    return told && !is_wildcard(&own) && equal(&own, &routed);
}

bool port_is_silent(const struct sockaddr *address)
{
    const struct port_claim claim = {.protocol = IPPROTO_TCP, .domain = address->sa_family};
    struct port_use use;
    return port_use_of(&claim, address, &use) && !use.listening && use.bound && is_own_address(address);
}
