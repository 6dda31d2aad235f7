#include "hostile.h"

#include <linux/netlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "../../shim/refuser/lookup.h"
#include "../refuser/ask.h"

#define NOBODY 65534
#define MESSAGES 300
#define CONNECTIONS 600
#define CLAIMS 50
#define LONGEST 300
#define SILENCE_NS 300000000

static uint32_t next_number(unsigned int *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void send_garbage(unsigned int seed)
{
    unsigned char bytes[LONGEST];
    for (int i = 0; i < MESSAGES; i++) {
        int fd = ask_connect();
        size_t length = next_number(&seed) % 3 ? next_number(&seed) % sizeof bytes : sizeof(struct refuser_request);
        const uint32_t version = REFUSER_VERSION;
        for (size_t j = 0; j < sizeof bytes; j++)
            bytes[j] = (unsigned char)next_number(&seed);
        if (next_number(&seed) % 2)
            memcpy(bytes, &version, sizeof version);
        if (fd < 0)
            continue;
        send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        close(fd);
    }
}

static void stay_silent(void)
{
    static int fds[CONNECTIONS];
    const struct rlimit limit = {.rlim_cur = CONNECTIONS + 64, .rlim_max = CONNECTIONS + 64};
    const struct timespec pause = {.tv_nsec = SILENCE_NS};
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < CONNECTIONS; i++)
        fds[i] = ask_connect();
    nanosleep(&pause, NULL);
    for (int i = 0; i < CONNECTIONS; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static void send_descriptors(void)
{
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct refuser_request request = {.version = REFUSER_VERSION, .wish = REFUSER_REFUSE, .family = AF_INET};
    struct iovec content = {.iov_base = &request, .iov_len = sizeof request};
    for (int i = 0; i < MESSAGES; i++) {
        int fd = ask_connect();
        struct msghdr message = {
            .msg_iov = &content, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
        if (fd < 0)
            continue;
        memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
        sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        close(fd);
    }
}

/* Names it as its owner would: the kernel tells everybody what that takes. Returns whether any wish was granted. */
static bool claim(int port)
{
    struct lookup lookup = {
        .family = AF_INET, .id.idiag_sport = htons((uint16_t)port), .id.idiag_src[0] = htonl(INADDR_LOOPBACK)};
    int diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    bool any = false;
    lookup_each(diag, &lookup, 1);
    struct refuser_request request = {.version = REFUSER_VERSION,
                                      .cookie = lookup.found.cookie,
                                      .inode = lookup.found.inode,
                                      .family = AF_INET,
                                      .port = lookup.id.idiag_sport,
                                      .address[0] = lookup.id.idiag_src[0]};
    socklen_t size = sizeof request.network;
    getsockopt(diag, SOL_SOCKET, SO_NETNS_COOKIE, &request.network, &size);
    for (uint32_t i = 0; i < CLAIMS; i++) {
        request.wish = i % REFUSER_SHORTEN + 1;
        request.descriptor = (int)i;
        any |= ask_anything(&request, sizeof request) == 0;
    }
    close(diag);
    return any;
}

pid_t hostile_start(enum hostile_kind kind, int port, unsigned int seed)
{
    pid_t pid = fork();
    bool is_granted = false;
    if (pid != 0)
        return pid;
    signal(SIGINT, SIG_IGN);
    bool is_nobody = setgid(NOBODY) == 0 && setuid(NOBODY) == 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    switch (kind) {
    case HOSTILE_GARBAGE:
        send_garbage(seed);
        break;
    case HOSTILE_SILENCE:
        stay_silent();
        break;
    case HOSTILE_DESCRIPTORS:
        send_descriptors();
        break;
    case HOSTILE_CLAIMS:
        is_granted = is_nobody && claim(port);
        break;
    case HOSTILE_KINDS:
        break;
    }
    _exit(is_granted ? 1 : 0);
}
