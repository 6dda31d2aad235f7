#include "flood.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ratios.h"

/* SYNs that are sent by one call. */
#define BATCH 32

struct packet {
    struct iphdr ip;
    struct tcphdr tcp;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* What the TCP checksum of IPv4 covers. */
struct covered {
    uint32_t source, destination;
    uint16_t protocol, length;
    struct tcphdr tcp;
};

static uint16_t checksum(const struct covered *covered)
{
    uint16_t words[sizeof *covered / 2];
    uint32_t sum = 0;
    memcpy(words, covered, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        sum += words[i];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* The kernel fills in the length and the checksum of the IP header (raw(7)). */
static struct packet make_syn(int port, uint32_t number)
{
    struct covered covered = {
        .source = htonl(0x7f010000u + number % 0x10000u),
        .destination = htonl(INADDR_LOOPBACK),
        .protocol = htons(IPPROTO_TCP),
        .length = htons(sizeof covered.tcp),
        .tcp = {.source = htons((uint16_t)(1024u + number / 7u % 60000u)),
                .dest = htons((uint16_t)port),
                .seq = htonl(number * 2654435761u),
                .doff = sizeof covered.tcp / 4,
                .syn = 1,
                .window = htons(65535)},
    };
    covered.tcp.check = checksum(&covered);
    return (struct packet){
        .ip = {.version = IPVERSION,
               .ihl = sizeof(struct iphdr) / 4,
               .ttl = 64,
               .protocol = IPPROTO_TCP,
               .saddr = covered.source,
               .daddr = covered.destination},
        .tcp = covered.tcp,
    };
}

static void send_batch(int raw, int port, uint32_t first)
{
    static struct packet packets[BATCH];
    const struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in target = to;
    struct iovec content[BATCH];
    struct mmsghdr messages[BATCH] = {0};
    for (uint32_t i = 0; i < BATCH; i++) {
        packets[i] = make_syn(port, first + i);
        content[i] = (struct iovec){.iov_base = &packets[i], .iov_len = sizeof packets[i]};
        messages[i].msg_hdr =
            (struct msghdr){.msg_name = &target, .msg_namelen = sizeof target, .msg_iov = &content[i], .msg_iovlen = 1};
    }
    if (sendmmsg(raw, messages, BATCH, 0) < 0)
        die("flood: send");
}

static void sleep_until(uint64_t ns)
{
    const struct timespec then = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, NULL);
}

static double run(int port, unsigned int per_second, unsigned int ms)
{
    int raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    uint64_t start = now_ns(), end = start + (uint64_t)ms * 1000000u;
    uint32_t sent = 0;
    if (raw < 0)
        die("flood: socket");
    prctl(PR_SET_TIMERSLACK, 1);
    while (now_ns() < end) {
        send_batch(raw, port, sent);
        sent += BATCH;
        sleep_until(start + (uint64_t)sent * 1000000000u / per_second);
    }
    return (double)sent * 1e9 / (double)(now_ns() - start);
}

struct flood flood_start(int port, unsigned int per_second, unsigned int ms)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        die("flood: pipe");
    struct flood flood = {.pid = fork(), .count = ends[0]};
    if (flood.pid < 0)
        die("flood: fork");
    if (flood.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        double rate = run(port, per_second, ms);
        _exit(write(ends[1], &rate, sizeof rate) == (ssize_t)sizeof rate ? 0 : 1);
    }
    close(ends[1]);
    return flood;
}

double flood_end(struct flood *flood)
{
    double rate = 0;
    if (read(flood->count, &rate, sizeof rate) != (ssize_t)sizeof rate)
        die("flood: read");
    close(flood->count);
    waitpid(flood->pid, NULL, 0);
    return rate;
}
