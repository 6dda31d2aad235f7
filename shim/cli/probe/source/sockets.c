#include "probe.h"

/* A path of this process's own, in the directory that it was started in. */
static const char *fresh_path(void)
{
    static char path[40];
    static int count;
    sprintf(path, "%ld.%d", (long)getpid(), ++count);
    return path;
}

struct address path_address(const char *path)
{
    struct address address;
    memset(&address, 0, sizeof address);
    address.at.local.sun_family = AF_UNIX;
    strcpy(address.at.bytes + PATH_AT, path);
    address.length = PATH_AT + (length_type)strlen(path) + 1;
    return address;
}

struct address four(unsigned long place, int port)
{
    struct address address;
    memset(&address, 0, sizeof address);
    address.at.four.sin_family = AF_INET;
    address.at.four.sin_addr.s_addr = htonl((unsigned int)place);
    address.at.four.sin_port = htons((unsigned short)port);
    address.length = sizeof address.at.four;
    return address;
}

struct address fresh_address(int domain)
{
    struct address address = four(INADDR_LOOPBACK, 0);
    if (domain == AF_UNIX)
        return path_address(fresh_path());
#ifdef HAS_SIX
    if (domain == AF_INET6) {
        memset(&address, 0, sizeof address);
        address.at.six.sin6_family = AF_INET6;
        ((char *)&address.at.six.sin6_addr)[15] = 1;
        address.length = sizeof address.at.six;
    }
#endif
    return address;
}

struct address name_of(int fd)
{
    struct address address;
    memset(&address, 0, sizeof address);
    address.length = sizeof address.at;
    must(getsockname(fd, &address.at.any, &address.length), "getsockname");
    return address;
}

/* The port is at one place in both structures. */
int port_of(int fd)
{
    return ntohs(name_of(fd).at.four.sin_port);
}

int stream(int domain)
{
    return must(socket(domain, SOCK_STREAM, 0), "socket");
}

int datagram(int domain)
{
    return must(socket(domain, SOCK_DGRAM, 0), "socket");
}

static int bound_one(int fd, int domain)
{
    must(bind_to(fd, fresh_address(domain)), "bind");
    return fd;
}

int bound(int domain)
{
    return bound_one(stream(domain), domain);
}

int bound_datagram(int domain)
{
    return bound_one(datagram(domain), domain);
}

int listening(int domain, int backlog)
{
    int fd = bound(domain);
    must(listen(fd, backlog), "listen");
    return fd;
}

int client_of(int listener)
{
    struct address address = name_of(listener);
    int fd = stream(address.at.any.sa_family);
    must(connect_to(fd, address), "connect");
    return fd;
}

int accepted(int listener)
{
    return must(accept(listener, NULL, NULL), "accept");
}

struct address dead_address(int domain)
{
    int fd = bound(domain);
    struct address address = name_of(fd);
    close(fd);
    return address;
}

int refused(int domain)
{
    int fd = stream(domain);
    if (connect_to(fd, dead_address(domain)) == 0)
        cannot("a port that was closed answers");
    return fd;
}

void pair_of(int ends[2])
{
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
}

int bind_to(int fd, struct address address)
{
    return bind(fd, &address.at.any, address.length);
}

int connect_to(int fd, struct address address)
{
    return connect(fd, &address.at.any, address.length);
}

int bind_bytes(int fd, const void *address, length_type length)
{
    return bind(fd, (const struct sockaddr *)address, length);
}

int connect_bytes(int fd, const void *address, length_type length)
{
    return connect(fd, (const struct sockaddr *)address, length);
}

void unblock(int fd)
{
    must(fcntl(fd, F_SETFL, must(fcntl(fd, F_GETFL, 0), "fcntl") | O_NONBLOCK), "fcntl");
}

void close_hard(int fd)
{
    struct linger at_once;
    at_once.l_onoff = 1;
    at_once.l_linger = 0;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, (void *)&at_once, sizeof at_once);
    close(fd);
}

int nobody_waits(int listener)
{
    unblock(listener);
    return accept(listener, NULL, NULL) < 0;
}

int set_option(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, (void *)&value, sizeof value);
}

int option(int fd, int level, int name)
{
    struct linger value; /* one or two numbers: the first tells */
    length_type length = sizeof value;
    memset(&value, 0, sizeof value);
    must(getsockopt(fd, level, name, (void *)&value, &length), "getsockopt");
    return *(int *)(void *)&value;
}

void set_timeout(int fd, int name, long seconds, long microseconds)
{
    struct timeval limit;
    memset(&limit, 0, sizeof limit);
    limit.tv_sec = seconds;
    limit.tv_usec = (int)microseconds;
    must(setsockopt(fd, SOL_SOCKET, name, (void *)&limit, sizeof limit), "a time-out");
}

/* A set has no room for high numbers, so the socket gets a low one meanwhile. */
static int is_ready(int fd, int milliseconds, int writing)
{
    static int low;
    struct timeval limit;
    fd_set set;
    int result;
    if (!low)
        low = must(dup(0), "dup");
    must(dup2(fd, low), "dup2");
    memset(&limit, 0, sizeof limit);
    limit.tv_sec = milliseconds / 1000;
    limit.tv_usec = milliseconds % 1000 * 1000;
    FD_ZERO(&set);
    FD_SET(low, &set);
    result = select(low + 1, writing ? NULL : &set, writing ? &set : NULL, NULL, &limit);
    dup2(0, low);
    return must(result, "select") > 0;
}

int is_readable(int fd, int milliseconds)
{
    return is_ready(fd, milliseconds, 0);
}

int is_writable(int fd, int milliseconds)
{
    return is_ready(fd, milliseconds, 1);
}

/* Some platforms say of a connect that failed that it can be read from, and not that it can be written to. */
int progress(int fd, int milliseconds)
{
    if (!is_writable(fd, milliseconds) && !is_readable(fd, 0))
        return EINPROGRESS;
    return option(fd, SOL_SOCKET, SO_ERROR);
}
