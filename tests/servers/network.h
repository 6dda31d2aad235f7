/*
 * A network of the test's own, ports, and clients.
 */
#ifndef LISTENAS_TESTS_NETWORK_H
#define LISTENAS_TESTS_NETWORK_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MOST 512
/* For a client that does not get in: one that does is in at once. */
#define PATIENCE_MS 300

static inline void write_line(const char *path, const char *line)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, line, strlen(line)) < 0)
        perror(path);
    if (fd >= 0)
        close(fd);
}

/* Who has no privilege gets it in a user namespace, as the user and group that he is. */
static inline void map_self(uid_t user, gid_t group)
{
    char map[48];
    snprintf(map, sizeof map, "%u %u 1", user, user);
    write_line("/proc/self/uid_map", map);
    write_line("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "%u %u 1", group, group);
    write_line("/proc/self/gid_map", map);
}

/* Leaves the host's network for an empty one, in which no port is taken. Where that is not allowed, stays. */
static inline void enter_own_network(void)
{
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    uid_t user = geteuid();
    gid_t group = getegid();
    if (unshare(user == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return;
    if (user != 0)
        map_self(user, group);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (ioctl(fd, SIOCSIFFLAGS, &loopback) != 0)
        perror("loopback");
    close(fd);
}

static inline struct sockaddr_in loopback_address(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((in_port_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* A port that was free a moment ago. */
static inline int free_port(void)
{
    struct sockaddr_in address = loopback_address(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, length) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        perror("port");
    close(fd);
    return ntohs(address.sin_port);
}

static inline void leave(int client)
{
    struct linger reset = {.l_onoff = 1};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(client);
}

/* A client that is connected within `patience`, or -1 and errno. */
static inline int come(int port, int patience)
{
    struct sockaddr_in address = loopback_address(port);
    int error = ETIMEDOUT, client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t length = sizeof error;
    struct pollfd wait = {.fd = client, .events = POLLOUT};
    int result = connect(client, (struct sockaddr *)&address, sizeof address);
    if (result == 0)
        return client;
    if (errno != EINPROGRESS)
        error = errno;
    else if (poll(&wait, 1, patience) == 1)
        getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error == 0)
        return client;
    close(client);
    errno = error;
    return -1;
}

/* Whether a client that is connected is reset within `patience`: some platforms connect whom they do not queue. */
static inline bool is_reset(int client, int patience)
{
    struct pollfd wait = {.fd = client, .events = POLLIN};
    return poll(&wait, 1, patience) == 1 && (wait.revents & (POLLERR | POLLHUP));
}

/* The first client that is reset, of those from `first` to `count`, or `count`. */
static inline int first_reset(const int *clients, int first, int count)
{
    while (first < count && !is_reset(clients[first], 0))
        first++;
    return first;
}

/* So many more may come before the first that is reset knows of it. */
#define UNAWARE 64

/* How many clients get in while nobody accepts; they leave again. */
static inline int queue_size(int port)
{
    int clients[CLIENTS_MOST], count = 0, queued = 0;
    while (queued == count && count < CLIENTS_MOST && (clients[count] = come(port, PATIENCE_MS)) >= 0) {
        count++;
        queued = first_reset(clients, count > UNAWARE ? count - UNAWARE : 0, count);
    }
    queued = first_reset(clients, 0, count);
    for (int i = 0; i < count; i++)
        leave(clients[i]);
    return queued;
}

#endif
