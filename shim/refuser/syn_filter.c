#include "syn_filter.h"

#include <sys/socket.h>

/* Offsets in a TCP header. */
#define DESTINATION_PORT 2
#define FLAGS 13
#define FIN_SYN_RST_ACK 0x17
#define SYN 0x02

/* When the search is down to this many ports, they are compared one by one. */
#define LEAF 8

struct writer {
    struct sock_filter *code;
    size_t length;
};

static void write(struct writer *writer, struct sock_filter instruction)
{
    writer->code[writer->length++] = instruction;
}

static void write_return(struct writer *writer, uint32_t bytes)
{
    write(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, bytes));
}

static void write_leaf(struct writer *writer, const uint16_t *ports, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        write(writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ports[i], 0, 1));
        write_return(writer, SYN_FILTER_BYTES);
    }
    write_return(writer, 0);
}

/* A binary search. A long jump leads to its right half, because a comparison's offsets have only 8 bits. */
static void write_search(struct writer *writer, const uint16_t *ports, size_t count)
{
    size_t half = count / 2;
    if (count <= LEAF) {
        write_leaf(writer, ports, count);
        return;
    }
    write(writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, ports[half], 0, 1));
    size_t jump = writer->length;
    write(writer, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
    write_search(writer, ports, half);
    writer->code[jump].k = (uint32_t)(writer->length - jump - 1);
    write_search(writer, ports + half, count - half);
}

/* Puts the offset of the TCP header into X: an IPv6 raw socket gets no IP header (raw(7), ipv6(7)). */
static void write_head(struct writer *writer, int family)
{
    if (family == AF_INET)
        write(writer, (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0));
    else
        write(writer, (struct sock_filter)BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0));
}

static void write_sample(struct writer *writer)
{
    write(writer, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM)));
    write(writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, SYN_FILTER_SAMPLE - 1, 0, 1));
    write_return(writer, 0);
    write_return(writer, 1);
}

size_t syn_filter_write(struct sock_filter *code, int family, const uint16_t *ports, size_t count)
{
    struct writer writer = {.code = code};
    if (count == 0) {
        write_return(&writer, 0);
        return writer.length;
    }
    write_head(&writer, family);
    write(&writer, (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_IND, FLAGS));
    write(&writer, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, FIN_SYN_RST_ACK));
    write(&writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYN, 4, 0));
    write_sample(&writer);
    write(&writer, (struct sock_filter)BPF_STMT(BPF_LD | BPF_H | BPF_IND, DESTINATION_PORT));
    if (count > SYN_FILTER_PORTS)
        write_return(&writer, SYN_FILTER_BYTES);
    else
        write_search(&writer, ports, count);
    return writer.length;
}
