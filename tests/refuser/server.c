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
 *     m  comes as clients, one at once after the other, until one is turned away, and tells how many were not
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

/* Whether one more client of our own gets in, and is in still when connect has returned. */
static bool get_in(void)
{
    struct sockaddr_storage address;
    struct pollfd wait = {.fd = socket(place.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0), .events = POLLOUT};
    socklen_t length = sizeof address, size = sizeof(int);
    int error = 0;
    char byte;
    if (getsockname(last, (struct sockaddr *)&address, &length) != 0)
        die("server: getsockname");
    if (connect(wait.fd, (struct sockaddr *)&address, length) != 0 && errno != EINPROGRESS)
        return false;
    /* Longer than a handshake takes, and shorter than a SYN that is sent again. */
    if (poll(&wait, 1, 500) != 1)
        die("server: the SYN was dropped");
    getsockopt(wait.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 && recv(wait.fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static int meet_oneself(void)
{
    int count = 0;
    while (get_in())
        count++;
    return count;
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
        if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
            die("server: setuid");
        break;
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
    case 'm':
        answer(meet_oneself());
        return;
    case 'w':
        answer(find_intruders());
        return;
    default:
        die("server: order");
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
