#include "keepalive.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ratios.h"

#define CONNECTIONS 16
#define EVENTS 64
#define LISTENER UINT32_MAX

static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
static const char response[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n"
                               "0123456789012345678901234567890123456789012345678901234567890123";

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void stay_on(unsigned int processor)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static void watch(int events, int fd, uint32_t what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = what};
    if (epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) != 0)
        die("keepalive: epoll");
}

/* --- the server --- */

static void answer(int fd)
{
    char bytes[sizeof request];
    if (read(fd, bytes, sizeof bytes) <= 0 ||
        send(fd, response, sizeof response - 1, MSG_NOSIGNAL) != (ssize_t)sizeof response - 1)
        close(fd);
}

static void take(int events, int listener)
{
    const int yes = 1;
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    watch(events, fd, (uint32_t)fd);
}

static void serve(int listener)
{
    struct epoll_event ready[EVENTS];
    int events = epoll_create1(EPOLL_CLOEXEC);
    watch(events, listener, LISTENER);
    for (;;) {
        int count = epoll_wait(events, ready, EVENTS, -1);
        for (int i = 0; i < count; i++)
            if (ready[i].data.u32 == LISTENER)
                take(events, listener);
            else
                answer((int)ready[i].data.u32);
    }
}

pid_t keepalive_start(int listener, unsigned int processor)
{
    pid_t pid = fork();
    if (pid < 0)
        die("keepalive: fork");
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    stay_on(processor);
    serve(listener);
    _exit(0);
}

/* --- the load --- */

static int connect_to(int port)
{
    const struct linger at_once = {.l_onoff = 1};
    const struct sockaddr_in where = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0 ||
        connect(fd, (const struct sockaddr *)&where, sizeof where) != 0)
        die("keepalive: connect");
    return fd;
}

static void ask(int fd)
{
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1)
        die("keepalive: send");
}

/* Reads an answer; returns whether it is whole. */
static int hear(int fd)
{
    char bytes[sizeof response];
    ssize_t length = read(fd, bytes, sizeof bytes);
    if (length <= 0)
        die("keepalive: read");
    return bytes[length - 1] == response[sizeof response - 2];
}

static uint64_t ask_all(int events, uint64_t until_ns)
{
    struct epoll_event ready[EVENTS];
    uint64_t answers = 0;
    while (now_ns() < until_ns) {
        int count = epoll_wait(events, ready, EVENTS, 1000);
        if (count <= 0)
            die("keepalive: no answer");
        for (int i = 0; i < count; i++)
            if (hear((int)ready[i].data.u32)) {
                answers++;
                ask((int)ready[i].data.u32);
            }
    }
    return answers;
}

double keepalive_load(int port, unsigned int processor, unsigned int ms)
{
    int fds[CONNECTIONS], events = epoll_create1(EPOLL_CLOEXEC);
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    stay_on(processor);
    for (int i = 0; i < CONNECTIONS; i++) {
        fds[i] = connect_to(port);
        watch(events, fds[i], (uint32_t)fds[i]);
        ask(fds[i]);
    }
    uint64_t start = now_ns(), answers = ask_all(events, start + (uint64_t)ms * 1000000u);
    double each = (double)(now_ns() - start) / (double)answers;
    for (int i = 0; i < CONNECTIONS; i++)
        close(fds[i]);
    close(events);
    sched_setaffinity(0, sizeof before, &before);
    return each;
}
