/* poll of sockets that are not connected, or not any more. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "conform.h"

#define WAIT_MS 40

static short events_of(int fd)
{
    struct pollfd ask = {.fd = fd, .events = POLLIN | POLLOUT};
    if (poll(&ask, 1, 0) < 0)
        give_up("poll");
    return ask.revents;
}

static void observe_unconnected(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        int fd = make_socket(all_domains[i], SOCK_STREAM);
        short events = events_of(fd);
        add_answer(&answers, domain_name(all_domains[i]),
                   events == 0                     ? "wait"
                   : events == (POLLOUT | POLLHUP) ? "ready"
                                                   : "neither");
        close(fd);
    }
    print_answers("poll.unconnected", &answers);
}

/* Both directions are shut: by the peer, by the socket itself. */
static void observe_hangup(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            give_up("socketpair");
        i == 0 ? close(ends[1]) : shutdown(ends[0], SHUT_RDWR);
        short events = events_of(ends[0]);
        add_answer(&answers, i == 0 ? "closed" : "shut",
                   events == (POLLIN | POLLOUT | POLLHUP) ? "both"
                   : events == (POLLIN | POLLHUP)         ? "alone"
                   : events == (POLLIN | POLLOUT)         ? "none"
                                                          : "neither");
        close(ends[0]);
        if (i == 1)
            close(ends[1]);
    }
    print_answers("poll.hangup", &answers);
}

static void observe_error(void)
{
    struct answers answers = {0};
    struct address nobody = dead_address(AF_INET);
    struct pollfd ask = {.fd = make_socket(AF_INET, SOCK_STREAM), .events = POLLIN | POLLOUT};
    add_flag(ask.fd, O_NONBLOCK);
    (void)connect(ask.fd, (struct sockaddr *)&nobody.storage, nobody.length);
    if (poll(&ask, 1, -1) != 1)
        give_up("poll");
    add_answer(&answers, "", ask.revents & POLLERR ? "yes" : "no");
    print_answers("poll.error", &answers);
    close(ask.fd);
}

static long elapsed_ms(const struct timespec *since)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

/* Beside a socket that is never ready, one that becomes so; and a time-out that has to pass where nothing does. */
static void observe_wait(void)
{
    struct timespec start;
    int idle = make_socket(AF_INET, SOCK_STREAM), ends[2];
    struct pollfd set[] = {{.fd = idle, .events = POLLIN | POLLOUT}, {.events = POLLIN}};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        give_up("socketpair");
    set[1].fd = ends[0];
    bool waits = events_of(idle) == 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int ready = poll(set, 2, WAIT_MS);
    report_word("poll of nothing",
                ready == (waits ? 0 : 1) && (!waits || elapsed_ms(&start) >= WAIT_MS) ? "as it should be" : "wrong");
    if (write(ends[1], "x", 1) != 1)
        give_up("write");
    ready = poll(set, 2, -1);
    report_word("poll of one", ready == (waits ? 1 : 2) && set[1].revents == POLLIN ? "as it should be" : "wrong");
    close(idle);
    close(ends[0]);
    close(ends[1]);
}

void observe_poll(void)
{
    observe_unconnected();
    observe_hangup();
    observe_error();
    observe_wait();
}
