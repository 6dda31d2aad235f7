#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "control.h"
#include "facts.h"
#include "host.h"
#include "mark.h"
#include "option.h"
#include "system.h"
#include "unix_diag.h"

static int option(int fd, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    return option_get(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

/* False for what is not TCP. A kernel, or an emulator of one, may know less of the structure: the rest is zero. */
static bool read_tcp_info(int fd, struct tcp_info *info)
{
    socklen_t length = sizeof *info;
    *info = (struct tcp_info){0};
    return option_get(fd, IPPROTO_TCP, TCP_INFO, info, &length) == 0;
}

/* Which of the events are there now. By system call: libc's poll is a cancellation point. */
static int readiness(int fd, short events)
{
    struct pollfd wait = {.fd = fd, .events = events};
    struct timespec none = {0};
    return system_call(SYS_ppoll, &wait, 1, &none, NULL, 0) == 1 ? wait.revents & (events | POLLHUP) : 0;
}

bool facts_name(int fd, struct sockaddr_storage *address, socklen_t *length)
{
    *address = (struct sockaddr_storage){0};
    *length = sizeof *address;
    return system_call(SYS_getsockname, fd, address, length) == 0 && *length <= sizeof *address;
}

static bool is_bound(int fd)
{
    static const unsigned char nowhere[sizeof(struct in6_addr)];
    struct sockaddr_storage address;
    const struct sockaddr_in *in = (const void *)&address;
    const struct sockaddr_in6 *in6 = (const void *)&address;
    socklen_t length;
    if (!facts_name(fd, &address, &length))
        return false;
    if (address.ss_family == AF_INET)
        return in->sin_port || in->sin_addr.s_addr;
    if (address.ss_family == AF_INET6)
        return in6->sin6_port || memcmp(&in6->sin6_addr, nowhere, sizeof nowhere) != 0;
    return length > sizeof address.ss_family;
}

/* By system call: getpeername is among the calls that a platform changes. The family is all of the name that is kept.
 */
static int peer_family(int fd)
{
    sa_family_t family = AF_UNSPEC;
    socklen_t length = sizeof family;
    return system_call(SYS_getpeername, fd, &family, &length) == 0 ? family : -1;
}

int facts_domain(int fd)
{
    return option(fd, SO_DOMAIN);
}

/*
 * TCP_INFO tells a TCP socket's role and history in one call. A connect leaves the segment size that it offered, and
 * the end of listening the smallest one that can be received; a fresh socket has neither. Source: Linux 6.1
 * tcp_connect_init, tcp_disconnect, inet_getname.
 */
static bool read_tcp(int fd, struct facts *facts)
{
    struct tcp_info info;
    if (!read_tcp_info(fd, &info))
        return false;
    facts->type = SOCK_STREAM;
    facts->listening = info.tcpi_state == TCP_LISTEN;
    facts->connecting = info.tcpi_state == TCP_SYN_SENT;
    facts->connected = !facts->listening && !facts->connecting && info.tcpi_state != TCP_CLOSE;
    facts->connect_failed = info.tcpi_state == TCP_CLOSE && info.tcpi_advmss != 0;
    facts->was_listening = info.tcpi_state == TCP_CLOSE && info.tcpi_advmss == 0 && info.tcpi_rcv_mss != 0;
    return true;
}

static int read_role(int fd, struct facts *facts)
{
    facts->type = option(fd, SO_TYPE);
    if (facts->type < 0)
        return errno;
    int listening = option(fd, SO_ACCEPTCONN);
    if (listening < 0)
        return errno;
    facts->listening = listening;
    facts->connected = peer_family(fd) >= 0;
    return 0;
}

/* shutdown fails on a TCP socket without a peer, and Linux notes the direction all the same. */
static bool is_shut(int fd, const struct facts *facts)
{
    return !facts->connected && !facts->listening && facts->type != SOCK_DGRAM && readiness(fd, POLLRDHUP) & POLLRDHUP;
}

/* What the platform makes of a listener that the kernel lets go on until its queue is empty. */
static void read_draining(int fd, struct facts *facts)
{
    int mark = facts->listening && facts->domain != AF_UNIX ? facts_mark(fd) : 0;
    facts->draining = mark & MARK_DRAINING;
    if (facts->draining && (mark & MARK_DRAINING_SHUT)) {
        facts->listening = false;
        facts->was_listening = facts->shut_down = true;
    }
}

int facts_of_tcp(int fd, unsigned int needs, struct facts *facts)
{
    *facts = (struct facts){0};
    if (!read_tcp(fd, facts))
        return errno;
    facts->shut_down = needs & (NEED_SHUT | NEED_STOPPED) && is_shut(fd, facts);
    read_draining(fd, facts);
    return 0;
}

int facts_gather(int fd, unsigned int needs, struct facts *facts)
{
    *facts = (struct facts){0};
    if (!(needs & NEED_SOCKET))
        return 0;
    int error = needs & NEED_HISTORY && read_tcp(fd, facts) ? 0 : read_role(fd, facts);
    if (!error) {
        facts->domain = facts_domain(fd);
        error = facts->domain < 0 ? errno : 0;
    }
    if (error) {
        *facts = (struct facts){0};
        return error;
    }
    facts->shut_down = needs & (NEED_SHUT | NEED_STOPPED) && is_shut(fd, facts);
    facts->bound = needs & NEED_BOUND && is_bound(fd);
    facts->peer_closed =
        needs & NEED_PEER_GONE && facts->domain == AF_UNIX && facts->connected && facts_peer_is_gone(fd);
    facts->no_descriptors = needs & NEED_DESCRIPTORS && facts_no_descriptors(fd);
    facts->kernel_max = needs & NEED_KERNEL_MAX ? facts_kernel_max() : INT_MAX;
    read_draining(fd, facts);
    facts->queued = needs & NEED_QUEUED && facts->listening && facts_has_queued(fd);
    return 0;
}

int facts_flags(int fd)
{
    int flags = control(fd, F_GETFL, 0);
    return flags < 0 ? 0 : flags;
}

bool facts_close_on_exec(int fd)
{
    int flags = control(fd, F_GETFD, 0);
    return flags > 0 && (flags & FD_CLOEXEC);
}

#ifndef SO_COOKIE
#define SO_COOKIE 57 /* since Linux 4.12. Source: include/uapi/asm-generic/socket.h */
#endif

uint64_t facts_cookie(int fd)
{
    uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    return option_get(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) == 0 ? cookie : 0;
}

#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72 /* since Linux 5.14; older C libraries do not know it */
#endif

int facts_sizes_set(int fd)
{
    int set = option(fd, SO_BUF_LOCK);
    return set >= 0 ? set : SEND_SIZE_SET | RECEIVE_SIZE_SET;
}

/* By system call: libc's close is a cancellation point. */
bool facts_no_descriptors(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy >= 0)
        system_call(SYS_close, copy);
    return copy < 0 && (errno == EMFILE || errno == EINVAL); /* EINVAL: the limit is 0 */
}

int facts_receive_timeout(int fd)
{
    struct timeval limit = {0};
    socklen_t length = sizeof limit;
    if (option_get(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, &length) != 0 || (!limit.tv_sec && !limit.tv_usec))
        return -1;
    return limit.tv_sec > INT_MAX / 1000 - 1 ? INT_MAX : (int)(limit.tv_sec * 1000 + (limit.tv_usec + 999) / 1000);
}

bool facts_has_queued(int fd)
{
    return readiness(fd, POLLIN) & POLLIN;
}

/* A TCP connection that was reset has no peer any more (ENOTCONN), and no other call costs less to ask. */
void facts_of_peer(int fd, struct peer_facts *facts)
{
    *facts = (struct peer_facts){.domain = peer_family(fd)};
    if (facts->domain >= 0)
        return;
    bool has_none = errno == ENOTCONN;
    facts->domain = facts_domain(fd);
    facts->reset = has_none && (facts->domain == AF_INET || facts->domain == AF_INET6);
}

bool facts_is_hung_up(int fd)
{
    return readiness(fd, 0) & POLLHUP;
}

int facts_waited_ms(int fd)
{
    struct tcp_info info;
    return read_tcp_info(fd, &info) && info.tcpi_last_data_sent <= INT_MAX ? (int)info.tcpi_last_data_sent : -1;
}

/* Of a TCP listener, TCP_INFO tells both in two fields that it has no other use for. */
bool facts_of_queue(int fd, struct queue_facts *facts)
{
    struct unix_diag_rqlen lengths;
    struct tcp_info info;
    *facts = (struct queue_facts){.domain = facts_domain(fd)};
    if (facts->domain < 0 || option(fd, SO_ACCEPTCONN) <= 0)
        return false;
    if (facts->domain == AF_UNIX) {
        if (!unix_diag(fd, UDIAG_SHOW_RQLEN, UNIX_DIAG_RQLEN, &lengths, sizeof lengths))
            return false;
        facts->queued = (int)lengths.udiag_rqueue;
        facts->backlog = (int)lengths.udiag_wqueue;
    } else {
        if (!read_tcp_info(fd, &info))
            return false;
        facts->queued = (int)info.tcpi_unacked;
        facts->backlog = (int)info.tcpi_sacked;
    }
    return true;
}
