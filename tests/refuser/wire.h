/*
 * For tests: segments made by hand, and what goes over loopback in answer to SYNs. Of the network namespace of this
 * process.
 */
#ifndef LISTENAS_TESTS_WIRE_H
#define LISTENAS_TESTS_WIRE_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

#define WIRE_FIN 0x01
#define WIRE_SYN 0x02
#define WIRE_RST 0x04
#define WIRE_PSH 0x08
#define WIRE_ACK 0x10
#define WIRE_ECN 0xc0

/* --- segments made by hand --- */

struct segment_plan {
    int family;
    struct in6_addr from, to; /* of IPv4 the first word */
    uint16_t from_port, to_port;
    uint32_t sequence;
    uint8_t flags;
    uint8_t head[40]; /* options of IPv4, or an extension header of IPv6 */
    size_t head_size;
    uint8_t first; /* the number of that extension header */
    uint8_t options[40], data[1200];
    size_t options_size, data_size;
    uint16_t spoil; /* added to the checksum */
};

static inline uint32_t wire_sum(const void *bytes, size_t size, uint32_t sum)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < size; i++)
        sum += i % 2 ? byte[i] : (uint32_t)byte[i] << 8;
    return sum;
}

static inline uint16_t wire_fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* The checksum as RFC 9293 has it, over a segment whose own field may be filled: then it gives 0 if that is right. */
static inline uint16_t wire_checksum(int family, const void *from, const void *to, const void *tcp, size_t size)
{
    size_t address = family == AF_INET ? 4 : 16;
    uint32_t sum = wire_sum(from, address, 0);
    sum = wire_sum(to, address, sum);
    sum += IPPROTO_TCP + (uint32_t)size;
    return wire_fold(wire_sum(tcp, size, sum));
}

static inline size_t wire_write_tcp(uint8_t *to, const struct segment_plan *plan)
{
    struct tcphdr tcp = {.source = htons(plan->from_port),
                         .dest = htons(plan->to_port),
                         .seq = htonl(plan->sequence),
                         .window = htons(1024)};
    size_t head = sizeof tcp + plan->options_size;
    tcp.doff = (uint16_t)(head / 4 & 15);
    memcpy(to, &tcp, sizeof tcp);
    to[13] = plan->flags;
    memcpy(to + sizeof tcp, plan->options, plan->options_size);
    memcpy(to + head, plan->data, plan->data_size);
    size_t size = head + plan->data_size;
    uint16_t check = htons((uint16_t)(wire_checksum(plan->family, &plan->from, &plan->to, to, size) + plan->spoil));
    memcpy(to + 16, &check, sizeof check);
    return size;
}

/* The whole packet; returns its size. The kernel fills in length and checksum of an IPv4 header. */
static inline size_t wire_write(uint8_t *to, const struct segment_plan *plan)
{
    if (plan->family == AF_INET) {
        struct iphdr ip = {.version = 4, .ttl = 64, .protocol = IPPROTO_TCP};
        ip.ihl = (uint8_t)((sizeof ip + plan->head_size) / 4 & 15);
        memcpy(&ip.saddr, &plan->from, 4);
        memcpy(&ip.daddr, &plan->to, 4);
        memcpy(to, &ip, sizeof ip);
        memcpy(to + sizeof ip, plan->head, plan->head_size);
        return sizeof ip + plan->head_size + wire_write_tcp(to + sizeof ip + plan->head_size, plan);
    }
    struct ip6_hdr ip = {.ip6_flow = htonl(6u << 28), .ip6_hlim = 64, .ip6_src = plan->from, .ip6_dst = plan->to};
    ip.ip6_nxt = plan->head_size ? plan->first : IPPROTO_TCP;
    size_t size = plan->head_size + wire_write_tcp(to + sizeof ip + plan->head_size, plan);
    ip.ip6_plen = htons((uint16_t)size);
    memcpy(to, &ip, sizeof ip);
    memcpy(to + sizeof ip, plan->head, plan->head_size);
    return sizeof ip + size;
}

/* A socket that sends packets made by hand; multicast by loopback. */
static inline int wire_raw(int family)
{
    const int yes = 1;
    const struct ip_mreqn loopback = {.imr_ifindex = 1};
    int raw = socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    setsockopt(raw, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
    if (family == AF_INET)
        setsockopt(raw, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback);
    return raw;
}

/* Sends a packet by a socket of wire_raw. Returns 0 or an errno. */
static inline int wire_send_bytes(int raw, int family, const struct in6_addr *to, const void *bytes, size_t size)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = *to};
    memcpy(&four.sin_addr, to, sizeof four.sin_addr);
    six.sin6_scope_id = IN6_IS_ADDR_MULTICAST(to) ? 1 : 0;
    ssize_t sent = family == AF_INET ? sendto(raw, bytes, size, 0, (const void *)&four, sizeof four)
                                     : sendto(raw, bytes, size, 0, (const void *)&six, sizeof six);
    return sent < 0 ? errno : 0;
}

static inline int wire_send(int raw, const struct segment_plan *plan)
{
    uint8_t packet[2048];
    return wire_send_bytes(raw, plan->family, &plan->to, packet, wire_write(packet, plan));
}

/* --- what is seen --- */

/*
 * What a client's port has met: a SYN that was taken is answered by the kernel with SYN and ACK, one that is refused
 * with RST and ACK whose sequence number is 0, as no connection has it. Both acknowledge that very SYN.
 */
struct wire {
    int fd;
    int stop[2]; /* a pipe */
    pthread_t thread;
    _Atomic int taken, refused; /* SYNs */
    int wrong;                  /* SYNs that were refused and, before or after that, taken */
    int stolen;                 /* those of them whose client heard the refusal first */
    unsigned int missed;        /* packets that this observer was too slow for */
    uint32_t taken_of[65536], refused_of[65536];
    _Atomic uint8_t refusals_of[65536]; /* by the client's port */
};

static inline void wire_note(struct wire *wire, const struct tcphdr *tcp)
{
    uint16_t port = ntohs(tcp->dest);
    uint32_t syn = ntohl(tcp->ack_seq);
    if (tcp->syn && tcp->ack) {
        wire->taken++;
        wire->taken_of[port] = syn;
        wire->wrong += wire->refused_of[port] == syn;
        wire->stolen += wire->refused_of[port] == syn;
    } else if (tcp->rst && tcp->ack && tcp->seq == 0) {
        wire->refused++;
        wire->refusals_of[port]++;
        wire->refused_of[port] = syn;
        wire->wrong += wire->taken_of[port] == syn;
    }
}

static inline void wire_read(struct wire *wire)
{
    uint8_t packet[256];
    struct tcphdr tcp;
    ssize_t length;
    while ((length = recv(wire->fd, packet, sizeof packet, MSG_DONTWAIT)) > 0) {
        size_t head = packet[0] >> 4 == 4 ? (size_t)(packet[0] & 15) * 4 : sizeof(struct ip6_hdr);
        if ((size_t)length < head + sizeof tcp)
            continue;
        memcpy(&tcp, packet + head, sizeof tcp);
        wire_note(wire, &tcp);
    }
}

static inline void *wire_watch(void *of)
{
    struct wire *wire = of;
    struct pollfd waits[] = {{.fd = wire->fd, .events = POLLIN}, {.fd = wire->stop[0], .events = POLLIN}};
    do {
        poll(waits, 2, -1);
        wire_read(wire);
    } while (!waits[1].revents);
    return NULL;
}

/* Lets pass SYN with ACK and RST, of TCP without options of IPv4 or extension headers of IPv6. */
static inline int wire_filter(int fd, int family)
{
    uint32_t flags = family == AF_INET ? 33 : 53;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, flags),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, WIRE_SYN | WIRE_RST | WIRE_ACK),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WIRE_SYN | WIRE_ACK, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WIRE_RST | WIRE_ACK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 128),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

/* For all that the tests count, though the thread has no processor meanwhile. */
#define WIRE_ROOM (256 << 20)

/* Watches an interface until wire_end. Returns false where that is forbidden. */
static inline bool wire_begin(struct wire *wire, int family, const char *interface)
{
    const int yes = 1, room = WIRE_ROOM;
    uint16_t protocol = htons(family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
    struct sockaddr_ll where = {
        .sll_family = AF_PACKET, .sll_protocol = protocol, .sll_ifindex = (int)if_nametoindex(interface)};
    memset(wire, 0, sizeof *wire);
    wire->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (wire->fd < 0 || wire_filter(wire->fd, family) != 0 ||
        setsockopt(wire->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) != 0 ||
        bind(wire->fd, (struct sockaddr *)&where, sizeof where) != 0 || pipe2(wire->stop, O_CLOEXEC) != 0)
        return false;
    if (setsockopt(wire->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
        setsockopt(wire->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    return pthread_create(&wire->thread, NULL, wire_watch, wire) == 0;
}

static inline void wire_end(struct wire *wire)
{
    struct tpacket_stats statistics = {0};
    socklen_t length = sizeof statistics;
    close(wire->stop[1]);
    pthread_join(wire->thread, NULL);
    wire_read(wire);
    getsockopt(wire->fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &length);
    wire->missed = statistics.tp_drops;
    close(wire->stop[0]);
    close(wire->fd);
}

/* Whether that client's port is refused within so many milliseconds. */
static inline bool wire_await_refusal(const struct wire *wire, uint16_t port, int limit_ms)
{
    for (int i = 0; i < limit_ms * 10 && !wire->refusals_of[port]; i++)
        usleep(100);
    return wire->refusals_of[port] > 0;
}

#endif
