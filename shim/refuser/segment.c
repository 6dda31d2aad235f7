#include "segment.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define HOPS 64
#define WINDOW 65535

/*
 * The checksum covers these fields besides the segment. Zeros do not change it, so IPv4 uses the first word of each
 * address.
 */
struct pseudo_header {
    uint32_t source[4], destination[4];
    uint16_t protocol, length;
};

struct covered {
    struct pseudo_header pseudo;
    struct tcphdr tcp;
};

struct packet_four {
    struct iphdr ip;
    struct tcphdr tcp;
};

struct packet_six {
    struct ip6_hdr ip;
    struct tcphdr tcp;
};

int segment_socket(int family)
{
    return socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
}

static uint16_t checksum(const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < size; i += 2)
        sum += (uint32_t)byte[i] << 8 | byte[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

static struct tcphdr write_tcp(const struct inet_diag_sockid *id, bool four, enum segment what, uint32_t acknowledged)
{
    struct covered covered = {
        .pseudo = {.protocol = htons(IPPROTO_TCP), .length = htons(sizeof covered.tcp)},
        .tcp = {.source = id->idiag_sport,
                .dest = id->idiag_dport,
                .ack_seq = htonl(acknowledged),
                .doff = sizeof covered.tcp / 4,
                .ack = 1,
                .syn = what == SEGMENT_RESET,
                .rst = what == SEGMENT_REFUSE,
                .window = htons(what == SEGMENT_RESET ? WINDOW : 0)},
    };
    size_t size = four ? sizeof(struct in_addr) : sizeof(struct in6_addr);
    memcpy(covered.pseudo.source, id->idiag_src, size);
    memcpy(covered.pseudo.destination, id->idiag_dst, size);
    covered.tcp.check = checksum(&covered, sizeof covered);
    return covered.tcp;
}

/* The kernel fills in the length, the checksum and the identification of the IPv4 header (raw(7)). */
static int send_four(int raw, const struct inet_diag_sockid *id, enum segment what, uint32_t acknowledged)
{
    const struct packet_four packet = {
        .ip = {.version = IPVERSION,
               .ihl = sizeof packet.ip / 4,
               .ttl = HOPS,
               .protocol = IPPROTO_TCP,
               .saddr = id->idiag_src[0],
               .daddr = id->idiag_dst[0]},
        .tcp = write_tcp(id, true, what, acknowledged),
    };
    const struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = id->idiag_dst[0]};
    return sendto(raw, &packet, sizeof packet, MSG_DONTWAIT, (const void *)&to, sizeof to) < 0 ? errno : 0;
}

static int send_six(int raw, const struct inet_diag_sockid *id, enum segment what, uint32_t acknowledged)
{
    struct packet_six packet = {
        .ip = {.ip6_flow = htonl(6u << 28),
               .ip6_plen = htons(sizeof packet.tcp),
               .ip6_nxt = IPPROTO_TCP,
               .ip6_hlim = HOPS},
        .tcp = write_tcp(id, false, what, acknowledged),
    };
    struct sockaddr_in6 to = {.sin6_family = AF_INET6};
    memcpy(&packet.ip.ip6_src, id->idiag_src, sizeof packet.ip.ip6_src);
    memcpy(&packet.ip.ip6_dst, id->idiag_dst, sizeof packet.ip.ip6_dst);
    to.sin6_addr = packet.ip.ip6_dst;
    if (IN6_IS_ADDR_LINKLOCAL(&to.sin6_addr))
        to.sin6_scope_id = id->idiag_if;
    return sendto(raw, &packet, sizeof packet, MSG_DONTWAIT, (const void *)&to, sizeof to) < 0 ? errno : 0;
}

int segment_send(int four, int six, int family, const struct inet_diag_sockid *id, enum segment what,
                 uint32_t acknowledged)
{
    struct inet_diag_sockid ends = *id;
    if (family == AF_INET)
        return send_four(four, &ends, what, acknowledged);
    if (!IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)id->idiag_dst))
        return send_six(six, &ends, what, acknowledged);
    ends.idiag_src[0] = id->idiag_src[3];
    ends.idiag_dst[0] = id->idiag_dst[3];
    return send_four(four, &ends, what, acknowledged);
}
