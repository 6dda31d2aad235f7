/*
 * A server that does what a test tells it, a letter at a time, and answers each with a letter or a number. It
 * knows nothing of listenas.
 *
 *   server PORT BACKLOG [ADDRESS]   listens on 127.0.0.1 or ADDRESS (port 0: any), tells its port
 *     a  accepts and serves one client       s  serves for ever, resting between two clients
 *     l  likewise, and tells a number for each that it has accepted
 *     p  four children serve for ever        t  four threads serve for ever
 *     f  a forked child goes on, this one ends
 *     d  gives up root                       c  closes the listener
 *     h  shuts the listener down and listens again, and tells the port, which may be a new one
 *     x  shuts the listener down
 *     n  makes one listener more and tells its port
 *     b  makes one more at the wildcard address and the last one's port, which it tells
 *     k  makes one listener more, of MPTCP, and tells its port
 *     j  makes four listeners that share one port (SO_REUSEPORT), and tells it
 *     e  makes a socket, gives up root, listens with it, and tells its port
 *     u  uses a processor for ever           g  gives the listener to another process, and ends
 *     i  becomes a daemon, and tells its process
 *     r  listens, is come to, accepts, closes all and comes again, a thousand times; tells how often that was refused
 *     y  removes its accept filter (FreeBSD's SO_ACCEPTFILTER), and tells the negative errno or 0
 *     0 ... 9  listens again with that backlog
 *     o  accepts one, serves it and tells its port; or tells the negative errno of accept
 *     q  likewise, and does not wait         z  tells whether poll says that there is one to accept
 *     w  whether there is a child to wait for, or a descriptor that is not the server's own: y or n
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

#define SO_ACCEPTFILTER 0x1000

#define WORKERS 4
#define NOBODY 65534
#define REST_NS 2000000L

static int last;                      /* the listener made last */
static struct sockaddr_storage place; /* where it listens */
static bool given[64];                /* descriptors that were there at the start */

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* Both return the port, or the negative errno of what failed. */
static int listen_at_last(int backlog)
{
    struct sockaddr_in6 address = {0}; /* the port is where IPv4 has it */
    socklen_t length = sizeof address;
    if (listen(last, backlog) != 0 || getsockname(last, (struct sockaddr *)&address, &length) != 0)
        return -errno;
    return ntohs(address.sin6_port);
}

static int make_listener(int port, int backlog)
{
    const int yes = 1;
    struct sockaddr_storage address = place;
    struct sockaddr_in *in = (struct sockaddr_in *)&address; /* the port is at the same place for IPv6 */
    socklen_t length = address.ss_family == AF_INET ? sizeof *in : sizeof(struct sockaddr_in6);
    in->sin_port = htons((uint16_t)port);
    last = socket(address.ss_family, SOCK_STREAM, 0);
    if (last < 0 || setsockopt(last, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(last, (struct sockaddr *)&address, length) != 0)
        return -errno;
    return listen_at_last(backlog);
}

static int make_neighbour(int backlog)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    if (getsockname(last, (struct sockaddr *)&address, &length) != 0)
        return -errno;
    ((struct sockaddr_in *)&place)->sin_addr.s_addr = htonl(INADDR_ANY);
    return make_listener(ntohs(address.sin_port), backlog);
}

static void read_place(const char *text)
{
    place.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
    void *address = place.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&place)->sin_addr
                                               : (void *)&((struct sockaddr_in6 *)&place)->sin6_addr;
    if (inet_pton(place.ss_family, text, address) != 1)
        die(text);
}

static void answer(int number)
{
    printf("%d\n", number);
    fflush(stdout);
}

static int accept_one(void)
{
    int client = accept(last, NULL, NULL);
    if (client < 0)
        die("server: accept");
    return client;
}

static void serve(int client)
{
    if (write(client, "y", 1) != 1)
        die("server: write");
    close(client);
}

static void serve_one(void)
{
    serve(accept_one());
}

static void *serve_for_ever(void *unused)
{
    const struct timespec rest = {.tv_nsec = REST_NS};
    for (;;) {
        serve_one();
        nanosleep(&rest, NULL);
    }
    return unused;
}

static void serve_and_tell(void)
{
    const struct timespec rest = {.tv_nsec = REST_NS};
    for (;;) {
        int client = accept_one();
        answer(0);
        serve(client);
        nanosleep(&rest, NULL);
    }
}

static void start_children(void)
{
    for (int i = 0; i < WORKERS; i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve_for_ever(NULL);
        }
}

static void start_threads(void)
{
    pthread_t thread;
    for (int i = 0; i < WORKERS; i++)
        if (pthread_create(&thread, NULL, serve_for_ever, NULL) != 0)
            die("server: pthread_create");
}

/* --- other ways to get a listener, or to get rid of it --- */

static int make_of_mptcp(int backlog)
{
    struct sockaddr_in6 address = *(const struct sockaddr_in6 *)&place;
    last = socket(place.ss_family, SOCK_STREAM, IPPROTO_MPTCP);
    if (last < 0 || bind(last, (struct sockaddr *)&address,
                         place.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof address))
        return -errno;
    return listen_at_last(backlog);
}

static int make_group(int backlog)
{
    const int yes = 1;
    struct sockaddr_in address = *(const struct sockaddr_in *)&place;
    for (int i = 0; i < WORKERS; i++) {
        last = socket(AF_INET, SOCK_STREAM, 0);
        if (last < 0 || setsockopt(last, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) != 0 ||
            bind(last, (struct sockaddr *)&address, sizeof address) != 0)
            return -errno;
        int port = listen_at_last(backlog);
        if (port < 0)
            return port;
        address.sin_port = htons((uint16_t)port);
    }
    return ntohs(address.sin_port);
}

static void give_up_root(void)
{
    if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
        die("server: setuid");
}

static int make_and_give_up_root(int backlog)
{
    const struct sockaddr_in address = *(const struct sockaddr_in *)&place;
    last = socket(AF_INET, SOCK_STREAM, 0);
    if (last < 0 || bind(last, (const struct sockaddr *)&address, sizeof address) != 0)
        return -errno;
    give_up_root();
    return listen_at_last(backlog);
}

/* One that has no copy of it gets the listener in a message, and goes on in this one's place. */
static void give_away(void)
{
    int pair[2];
    char byte = 0;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct iovec content = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
        die("server: socketpair");
    if (fork() == 0) {
        close(last);
        if (recvmsg(pair[0], &message, 0) != 1)
            _exit(1);
        memcpy(&last, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof last);
        return;
    }
    struct cmsghdr *part = CMSG_FIRSTHDR(&message);
    *part = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof last)};
    memcpy(CMSG_DATA(part), &last, sizeof last);
    _exit(sendmsg(pair[1], &message, 0) == 1 ? 0 : 1);
}

static int become_daemon(void)
{
    if (fork() != 0)
        _exit(0);
    setsid();
    if (fork() != 0)
        _exit(0);
    return getpid();
}

/* --- restarts --- */

#define TURNS 1000

/* 0, or the errno of a client that comes to the address and leaves by a reset. */
static int come_to(const struct sockaddr_in *address, int *client)
{
    const struct linger hard = {.l_onoff = 1};
    *client = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(*client, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    return connect(*client, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : errno;
}

/* Returns whether nobody was there any more for the second client. */
static bool listen_and_close(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int client, late;
    if (make_listener(0, 2) < 0 || getsockname(last, (struct sockaddr *)&address, &length) != 0 ||
        come_to(&address, &client) != 0)
        return false;
    int connection = accept_one();
    close(last);
    close(client);
    close(connection);
    int error = come_to(&address, &late);
    close(late);
    return error == ECONNREFUSED;
}

static int count_refusals(void)
{
    int refused = 0;
    for (int i = 0; i < TURNS; i++)
        refused += listen_and_close();
    return refused;
}

/* --- who is accepted --- */

static int accept_and_tell(int flags)
{
    struct sockaddr_in6 peer = {0}; /* the port is where IPv4 has it */
    socklen_t length = sizeof peer;
    fcntl(last, F_SETFL, flags);
    int client = accept(last, (struct sockaddr *)&peer, &length);
    if (client < 0)
        return -errno;
    fcntl(client, F_SETFL, 0);
    serve(client);
    return ntohs(peer.sin6_port);
}

static bool reads_ready(void)
{
    struct pollfd wait = {.fd = last, .events = POLLIN};
    return poll(&wait, 1, 0) == 1;
}

static char find_intruders(void)
{
    if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
        return 'y';
    for (int fd = 0; fd < 64; fd++)
        if (fd != last && !given[fd] && fcntl(fd, F_GETFD) != -1)
            return 'y';
    return 'n';
}

static void obey(char order, int backlog)
{
    switch (order) {
    case 'a':
        serve_one();
        break;
    case 's':
        answer(0);
        serve_for_ever(NULL);
        break;
    case 'l':
        serve_and_tell();
        break;
    case 'p':
        start_children();
        break;
    case 't':
        start_threads();
        break;
    case 'f':
        if (fork() != 0)
            _exit(0);
        break;
    case 'd':
        give_up_root();
        break;
    case 'g':
        give_away();
        break;
    case 'u':
        answer(0);
        for (;;)
            continue;
    case 'c':
        close(last);
        break;
    case 'x':
        shutdown(last, SHUT_RDWR);
        break;
    case 'h':
        shutdown(last, SHUT_RDWR);
        answer(listen_at_last(backlog));
        return;
    case 'n':
        answer(make_listener(0, backlog));
        return;
    case 'b':
        answer(make_neighbour(backlog));
        return;
    case 'k':
        answer(make_of_mptcp(backlog));
        return;
    case 'j':
        answer(make_group(backlog));
        return;
    case 'e':
        answer(make_and_give_up_root(backlog));
        return;
    case 'i':
        answer(become_daemon());
        return;
    case 'r':
        answer(count_refusals());
        return;
    case 'o':
        answer(accept_and_tell(0));
        return;
    case 'q':
        answer(accept_and_tell(O_NONBLOCK));
        return;
    case 'y':
        answer(setsockopt(last, SOL_SOCKET, SO_ACCEPTFILTER, NULL, 0) == 0 ? 0 : -errno);
        return;
    case 'z':
        answer(reads_ready());
        return;
    case 'w':
        answer(find_intruders());
        return;
    default:
        if (order < '0' || order > '9')
            die("server: order");
        answer(listen(last, order - '0') == 0 ? 0 : -errno);
        return;
    }
    answer(0);
}

int main(int count, char **arguments)
{
    char order;
    if (count != 3 && count != 4)
        return 2;
    read_place(count == 4 ? arguments[3] : "127.0.0.1");
    for (int fd = 0; fd < 64; fd++)
        given[fd] = fcntl(fd, F_GETFD) != -1;
    int backlog = (int)strtol(arguments[2], NULL, 10);
    answer(make_listener((int)strtol(arguments[1], NULL, 10), backlog));
    while (read(STDIN_FILENO, &order, 1) == 1)
        obey(order, backlog);
    return 0;
}
