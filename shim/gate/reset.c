#include "reset.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

/* What the checksum counts before the segment itself. */
struct pseudo_header {
    uint32_t source[4], destination[4]; /* of IPv4 the first of each; zeros do not count */
    uint16_t protocol, length;
};

struct segment {
    struct pseudo_header pseudo;
    struct tcphdr tcp;
};

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

static bool is_mapped(const struct inet_diag_msg *connection)
{
    return connection->idiag_family == AF_INET6 &&
           IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)connection->id.idiag_dst);
}

/* The address of one end, as a raw socket takes it; its length. */
static socklen_t end_address(struct sockaddr_storage *address, const struct inet_diag_msg *connection,
                             const uint32_t *words)
{
    struct sockaddr_in *in = (struct sockaddr_in *)address;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
    memset(address, 0, sizeof *address);
    if (connection->idiag_family == AF_INET || is_mapped(connection)) {
        in->sin_family = AF_INET;
        in->sin_addr.s_addr = is_mapped(connection) ? words[3] : words[0];
        return sizeof *in;
    }
    in6->sin6_family = AF_INET6;
    in6->sin6_scope_id = connection->id.idiag_if;
    memcpy(&in6->sin6_addr, words, sizeof in6->sin6_addr);
    return sizeof *in6;
}

/* The SYN-ACK, with numbers that are as good as any. */
static struct segment write_segment(const struct inet_diag_sockid *id, bool four)
{
    struct segment segment = {
        .pseudo = {.protocol = htons(IPPROTO_TCP), .length = htons(sizeof segment.tcp)},
        .tcp = {.source = id->idiag_sport, .dest = id->idiag_dport, .doff = sizeof segment.tcp / 4, .syn = 1, .ack = 1},
    };
    size_t size = four ? sizeof(struct in_addr) : sizeof(struct in6_addr);
    memcpy(segment.pseudo.source, id->idiag_src, size);
    memcpy(segment.pseudo.destination, id->idiag_dst, size);
    segment.tcp.check = checksum(&segment, sizeof segment);
    return segment;
}

static bool send_segment(int raw, const struct tcphdr *tcp, int interface, const struct sockaddr_storage *here,
                         const struct sockaddr_storage *there, socklen_t length)
{
    return (interface == 0 || setsockopt(raw, SOL_SOCKET, SO_BINDTOIFINDEX, &interface, sizeof interface) == 0) &&
           bind(raw, (const struct sockaddr *)here, length) == 0 &&
           sendto(raw, tcp, sizeof *tcp, MSG_DONTWAIT, (const struct sockaddr *)there, length) >= 0;
}

int reset_client(int listener, const struct inet_diag_msg *connection)
{
    struct sockaddr_storage here, there;
    struct inet_diag_sockid id = connection->id;
    socklen_t length = end_address(&here, connection, id.idiag_src);
    end_address(&there, connection, id.idiag_dst);
    if (is_mapped(connection)) {
        id.idiag_src[0] = id.idiag_src[3];
        id.idiag_dst[0] = id.idiag_dst[3];
    }
    struct segment segment = write_segment(&id, here.ss_family == AF_INET);
    int raw = network_socket(listener, here.ss_family, SOCK_RAW, IPPROTO_TCP);
    if (raw < 0)
        return errno;
    int error = send_segment(raw, &segment.tcp, (int)id.idiag_if, &here, &there, length) ? 0 : errno;
    close(raw);
    return error;
}

int reset_permission(int listener)
{
    int raw = network_socket(listener, AF_INET, SOCK_RAW, IPPROTO_TCP);
    if (raw < 0)
        return errno;
    close(raw);
    return 0;
}
