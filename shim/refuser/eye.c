#include "eye.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "syn_filter.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62 /* since Linux 5.0 */
#endif

/* A shut eye is bound to this interface number, which no interface has. */
#define NO_INTERFACE INT_MAX

/* Room for the SYNs of a few milliseconds of a flood. The kernel doubles the size and drops what comes beyond it. */
#define EYE_ROOM (1 << 20)

#define CONTROL_SIZE CMSG_SPACE(sizeof(struct in6_pktinfo))

static int bind_to(int eye, int interface)
{
    return setsockopt(eye, SOL_SOCKET, SO_BINDTOIFINDEX, &interface, sizeof interface) == 0 ? 0 : errno;
}

static int prepare(int eye, int family)
{
    const int room = EYE_ROOM, on = 1;
    bool four = family == AF_INET;
    if (setsockopt(eye, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
        setsockopt(eye, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (setsockopt(eye, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_PKTINFO : IPV6_RECVPKTINFO, &on, sizeof on) != 0)
        return errno;
    int error = bind_to(eye, NO_INTERFACE);
    return error ? error : eye_set_ports(eye, family, NULL, 0);
}

int eye_make(int family)
{
    int eye = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    if (eye < 0)
        return -1;
    int error = prepare(eye, family);
    if (!error)
        return eye;
    close(eye);
    errno = error;
    return -1;
}

int eye_set_ports(int eye, int family, const uint16_t *ports, size_t count)
{
    static struct sock_filter code[SYN_FILTER_MOST];
    struct sock_fprog program = {.len = (unsigned short)syn_filter_write(code, family, ports, count), .filter = code};
    return setsockopt(eye, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 ? 0 : errno;
}

void eye_open(int eye)
{
    bind_to(eye, 0);
}

void eye_shut(int eye)
{
    bind_to(eye, NO_INTERFACE);
}

static void take_tcp(struct syn *syn, const struct tcphdr *tcp)
{
    syn->id.idiag_sport = tcp->dest;
    syn->id.idiag_dport = tcp->source;
    syn->sequence = ntohl(tcp->seq);
}

/*
 * A listener also drops a SYN to a broadcast or multicast address while its queue has room. The address to answer
 * from (ip(7), IP_PKTINFO) is the packet's own only if it belongs to this host.
 */
static bool parse_four(struct syn *syn, const char *bytes, size_t length, const struct cmsghdr *part)
{
    struct iphdr ip;
    struct tcphdr tcp;
    struct in_pktinfo info;
    if (length < sizeof ip || part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_PKTINFO ||
        part->cmsg_len < CMSG_LEN(sizeof info))
        return false;
    memcpy(&ip, bytes, sizeof ip);
    size_t head = (size_t)ip.ihl * 4;
    if (length < head + sizeof tcp)
        return false;
    memcpy(&tcp, bytes + head, sizeof tcp);
    memcpy(&info, CMSG_DATA(part), sizeof info);
    if (info.ipi_spec_dst.s_addr != ip.daddr)
        return false;
    take_tcp(syn, &tcp);
    syn->id.idiag_src[0] = ip.daddr;
    syn->id.idiag_dst[0] = ip.saddr;
    syn->id.idiag_if = (uint32_t)info.ipi_ifindex;
    return true;
}

static bool parse_six(struct syn *syn, const char *bytes, size_t length, const struct cmsghdr *part,
                      const struct sockaddr_in6 *from)
{
    struct tcphdr tcp;
    struct in6_pktinfo info;
    if (length < sizeof tcp || part->cmsg_level != IPPROTO_IPV6 || part->cmsg_type != IPV6_PKTINFO ||
        part->cmsg_len < CMSG_LEN(sizeof info))
        return false;
    memcpy(&tcp, bytes, sizeof tcp);
    memcpy(&info, CMSG_DATA(part), sizeof info);
    if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr))
        return false;
    take_tcp(syn, &tcp);
    memcpy(syn->id.idiag_src, &info.ipi6_addr, sizeof info.ipi6_addr);
    memcpy(syn->id.idiag_dst, &from->sin6_addr, sizeof from->sin6_addr);
    syn->id.idiag_if = info.ipi6_ifindex;
    return true;
}

static bool parse(struct syn *syn, int family, const char *bytes, size_t length, struct msghdr *message)
{
    const struct cmsghdr *part = CMSG_FIRSTHDR(message);
    *syn = (struct syn){.family = (uint8_t)family};
    if (!part || message->msg_namelen < (family == AF_INET ? 0 : sizeof(struct sockaddr_in6)))
        return false;
    return family == AF_INET ? parse_four(syn, bytes, length, part)
                             : parse_six(syn, bytes, length, part, message->msg_name);
}

int eye_read(int eye, int family, struct syn *syns, int *others, bool *more)
{
    static char bytes[EYE_MOST][SYN_FILTER_BYTES];
    static _Alignas(struct cmsghdr) char control[EYE_MOST][CONTROL_SIZE];
    static struct sockaddr_in6 from[EYE_MOST];
    struct mmsghdr messages[EYE_MOST];
    struct iovec content[EYE_MOST];
    int count = 0;
    for (int i = 0; i < EYE_MOST; i++) {
        content[i] = (struct iovec){.iov_base = bytes[i], .iov_len = sizeof bytes[i]};
        messages[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                              .msg_namelen = sizeof from[i],
                                              .msg_iov = &content[i],
                                              .msg_iovlen = 1,
                                              .msg_control = control[i],
                                              .msg_controllen = CONTROL_SIZE};
    }
    int seen = recvmmsg(eye, messages, EYE_MOST, MSG_DONTWAIT, NULL);
    *more = seen == EYE_MOST;
    *others = 0;
    for (int i = 0; i < seen; i++) {
        if (parse(&syns[count], family, bytes[i], messages[i].msg_len, &messages[i].msg_hdr))
            count++;
        else
            ++*others;
    }
    return count;
}
