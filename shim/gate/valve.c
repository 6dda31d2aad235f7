#include "valve.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gate.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

static int get(int fd, int level, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    return getsockopt(fd, level, name, &value, &length) == 0 ? value : -1;
}

static int set(int fd, int name, int value)
{
    return setsockopt(fd, SOL_SOCKET, name, &value, sizeof value) == 0 ? 0 : errno;
}

bool valve_queue(int fd, struct queue *queue)
{
    struct tcp_info info;
    socklen_t length = sizeof info;
    if (get(fd, SOL_SOCKET, SO_PROTOCOL) != IPPROTO_TCP || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 ||
        info.tcpi_state != TCP_LISTEN)
        return false;
    /* Of a listener these are sk_ack_backlog and sk_max_ack_backlog: tcp_get_info in net/ipv4/tcp.c. */
    *queue = (struct queue){.queued = info.tcpi_unacked, .backlog = info.tcpi_sacked};
    return true;
}

int valve_family(int fd)
{
    return get(fd, SOL_SOCKET, SO_DOMAIN);
}

uint32_t valve_drops(int fd)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof memory;
    return getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &length) == 0 ? memory[SK_MEMINFO_DROPS] : 0;
}

static bool has_net_raw(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    return syscall(SYS_capget, &header, data) == 0 && (data[0].effective & (UINT32_C(1) << CAP_NET_RAW));
}

/*
 * Closing needs no privilege, so trying it out on the listener itself could shut it for good. Its mark needs
 * the same capability in the same namespace (or CAP_NET_ADMIN, hence the look at our own), and can be set to
 * what it is.
 */
int valve_permission(int fd)
{
    if (!has_net_raw())
        return EPERM;
    return set(fd, SO_MARK, get(fd, SOL_SOCKET, SO_MARK));
}

int valve_interface(int fd)
{
    int bound = get(fd, SOL_SOCKET, SO_BINDTOIFINDEX);
    return bound < 0 || bound == GATE_NO_INTERFACE ? 0 : bound;
}

bool valve_is_closed(int fd)
{
    return get(fd, SOL_SOCKET, SO_BINDTOIFINDEX) == GATE_NO_INTERFACE;
}

int valve_close(int fd)
{
    return set(fd, SO_BINDTOIFINDEX, GATE_NO_INTERFACE);
}

int valve_open(int fd, int interface)
{
    if (!valve_is_closed(fd))
        return 0;
    return set(fd, SO_BINDTOIFINDEX, interface);
}

int valve_try(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int error = valve_close(fd);
    if (error == 0)
        error = valve_open(fd, 0);
    close(fd);
    return error;
}
