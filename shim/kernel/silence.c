#include "silence.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>

#include "option.h"
#include "port.h"
#include "system.h"

#include "async_safe.h"

/* The TCP segment that a socket's filter sees begins with its header. Source: Linux tcp_v4_rcv. */
#define SEQUENCE_AT 4
#define FLAGS_AT 13
#define FLAG_RST 4

/*
 * Drops a reset with the sequence number 0, the answer to a SYN (RFC 9293, 3.10.7.1). Everything else passes: the
 * answer of a listener that comes late, and a reset of the connection. Returns 0 or an errno; EEXIST if the program has
 * a filter of its own.
 */
static int ignore_refusals(int fd)
{
    static const struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SEQUENCE_AT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, FLAGS_AT),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, FLAG_RST, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    const struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = (struct sock_filter *)code};
    socklen_t own = 0;
    if (option_get(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &own) != 0)
        return errno;
    if (own != 0)
        return EEXIST;
    return option_set(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 ? 0 : errno;
}

static bool is_over(const struct facts *facts, int error)
{
    return error == ECONNREFUSED || (error == EINPROGRESS && facts->connect_failed);
}

/* A non-blocking connect that failed must be told so by another call before it can be tried again. */
static bool can_begin_anew(int fd, const struct sockaddr *address, socklen_t length, int error)
{
    return error == ECONNREFUSED || (system_call(SYS_connect, fd, address, length) != 0 && errno == ECONNREFUSED);
}

bool silence_begin(int fd, const struct facts *facts, const struct sockaddr *address, socklen_t length, int error,
                   int *hindrance)
{
    socklen_t least = facts->domain == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    *hindrance = 0;
    if (length < least || address->sa_family != facts->domain || !is_over(facts, error) || !port_is_silent(address))
        return false;
    *hindrance = ignore_refusals(fd);
    return *hindrance == 0 && can_begin_anew(fd, address, length, error);
}
