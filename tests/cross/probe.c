/*
 * What an emulator can do of what the tests need, asked of it without the library. Prints a line for each that it
 * cannot: its name in tests/cross/limits, and what came instead. Exit status 0, whatever the answers.
 */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <linux/un.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BACKLOG 7
#define LISTENING 10 /* TCP_LISTEN of the kernel */

static void cannot(const char *name, const char *form, ...) __attribute__((format(printf, 2, 3)));

static void cannot(const char *name, const char *form, ...)
{
    va_list list;
    va_start(list, form);
    printf("%s ", name);
    vprintf(form, list);
    putchar('\n');
    va_end(list);
}

static int listener(int domain)
{
    int fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr name = {.sa_family = AF_UNIX}; /* the kernel chooses an abstract one */
    int bound = domain == AF_INET ? bind(fd, (struct sockaddr *)&in, sizeof in) : bind(fd, &name, sizeof(sa_family_t));
    if (fd < 0 || bound != 0 || listen(fd, BACKLOG) != 0) {
        perror("no listener to ask");
        exit(EXIT_FAILURE);
    }
    return fd;
}

static void try_incoming_cpu(void)
{
    int fd = listener(AF_INET), value = -5, given = 0;
    socklen_t length = sizeof given;
    if (setsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &value, sizeof value) != 0)
        cannot("SO_INCOMING_CPU", "setsockopt fails: %s", strerror(errno));
    else if (getsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &given, &length) != 0 || given != value)
        cannot("SO_INCOMING_CPU", "getsockopt gives %d where %d was set", given, value);
    close(fd);
}

/* As the library uses it: on a socket that is bound. */
static void try_bind_no_port(void)
{
    int fd = listener(AF_INET), on = 1, given = 0;
    socklen_t length = sizeof given;
    if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0)
        cannot("IP_BIND_ADDRESS_NO_PORT", "setsockopt fails: %s", strerror(errno));
    else if (getsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &given, &length) != 0 || given != on)
        cannot("IP_BIND_ADDRESS_NO_PORT", "getsockopt gives %d where %d was set", given, on);
    close(fd);
}

/* Of a socket that has no file the kernel says ENOENT, or EPERM to who has no CAP_NET_ADMIN. */
static void try_unix_file(void)
{
    int fd = listener(AF_UNIX);
    if (ioctl(fd, SIOCUNIXFILE, 0) == 0 || (errno != ENOENT && errno != EPERM))
        cannot("SIOCUNIXFILE", "ioctl says: %s", strerror(errno));
    close(fd);
}

/* The state is one byte, the first; a listener's backlog is a number of four bytes behind them. */
static void try_tcp_info(void)
{
    int fd = listener(AF_INET);
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        cannot("TCP_INFO", "getsockopt fails: %s", strerror(errno));
    else if (info.tcpi_state != LISTENING)
        cannot("TCP_INFO", "the state of a listener, in the first of %u bytes, is %d", (unsigned int)length,
               info.tcpi_state);
    if (length < offsetof(struct tcp_info, tcpi_lost) || info.tcpi_sacked != BACKLOG)
        cannot("TCP_INFO_REST", "getsockopt gives %u bytes, and a backlog of %u instead of %d", (unsigned int)length,
               info.tcpi_sacked, BACKLOG);
    close(fd);
}

/* Whether the kernel answers the question for sockets of TCP with something else than an error. */
static void try_sock_diag(void)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 body;
    } question = {
        .head = {.nlmsg_len = sizeof question,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .body = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = 1u << LISTENING},
    };
    _Alignas(struct nlmsghdr) char answer[8192];
    int one = listener(AF_INET), fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
    if (fd < 0) {
        cannot("sock_diag", "socket fails: %s", strerror(errno));
    } else if (write(fd, &question, sizeof question) != sizeof question) {
        cannot("sock_diag", "write fails: %s", strerror(errno));
    } else {
        ssize_t length = read(fd, answer, sizeof answer);
        unsigned int type = length > 0 ? ((struct nlmsghdr *)answer)->nlmsg_type : 0;
        if (type != SOCK_DIAG_BY_FAMILY)
            cannot("sock_diag", "the answer has %zd bytes and type %u", length, type);
    }
    close(fd);
    close(one);
}

static void try_single_step(void)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(errno);
        raise(SIGSTOP);
        _exit(0);
    }
    waitpid(child, &status, 0);
    if (!WIFSTOPPED(status)) {
        cannot("ptrace", "PTRACE_TRACEME fails: %s", strerror(WEXITSTATUS(status)));
        return;
    }
    if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0)
        cannot("ptrace", "PTRACE_SINGLESTEP fails: %s", strerror(errno));
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
}

int main(void)
{
    try_incoming_cpu();
    try_bind_no_port();
    try_unix_file();
    try_tcp_info();
    try_sock_diag();
    try_single_step();
    return EXIT_SUCCESS;
}
