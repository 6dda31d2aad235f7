/* shutdown of what is no connection, and what the socket is good for afterwards; defaults and errors of socket. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "conform.h"

#define BACKLOG 4

static const char *shutdown_answer(int fd)
{
    return answer_of(shutdown(fd, SHUT_RDWR), "ok");
}

static void observe_unconnected(void)
{
    struct answers tcp = {0}, local = {0}, udp = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        int fd = make_bound(domain, SOCK_STREAM);
        add_answer(domain == AF_UNIX ? &local : &tcp, domain_name(domain), shutdown_answer(fd));
        close(fd);
    }
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int fd = make_bound(tcp_domains[i], SOCK_DGRAM);
        add_answer(&udp, domain_name(tcp_domains[i]), shutdown_answer(fd));
        close(fd);
    }
    print_answers("shutdown.unconnected_udp", &udp);
    print_answers("shutdown.unconnected_tcp", &tcp);
    print_answers("shutdown.unconnected_unix", &local);
}

/* An error that comes once, and one that stays. */
static void observe_afterwards(int listener, const char *where, struct answers *after, struct answers *once)
{
    const char *first = answer_of(accept(listener, NULL, NULL), "ok");
    const char *second = answer_of(accept(listener, NULL, NULL), "ok");
    bool goes_on = strcmp(second, "EAGAIN") == 0;
    add_answer(after, where, goes_on ? "keep" : first);
    add_answer(once, where, goes_on && strcmp(first, "EAGAIN") != 0 ? first : "none");
}

/* On a listener that goes on it is on, whatever this platform makes of one that does not. */
static void observe_acceptconn(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int listener = make_listener(tcp_domains[i], BACKLOG), on = -1;
        socklen_t length = sizeof on;
        shutdown(listener, SHUT_RDWR);
        int result = getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &on, &length);
        add_answer(&answers, domain_name(tcp_domains[i]), answer_of(result, on ? "yes" : "no"));
        close(listener);
    }
    print_answers("shutdown.acceptconn_after", &answers);
}

static void observe_listeners(void)
{
    struct answers tcp = {0}, local = {0}, after = {0}, once = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        int listener = make_listener(domain, BACKLOG);
        add_flag(listener, O_NONBLOCK);
        add_answer(domain == AF_UNIX ? &local : &tcp, domain_name(domain), shutdown_answer(listener));
        if (domain != AF_UNIX)
            observe_afterwards(listener, domain_name(domain), &after, &once);
        close(listener);
    }
    print_answers("shutdown.listener_tcp", &tcp);
    print_answers("shutdown.listener_unix", &local);
    print_answers("shutdown.accept_after", &after);
    print_answers("shutdown.accept_error", &once);
}

/* A client is queued when the listener is shut for receiving: is it still accepted, and does accept go on after it? */
static const char *queue_answer(int domain)
{
    int listener = make_listener(domain, BACKLOG), client = make_client(listener);
    add_flag(listener, O_NONBLOCK);
    shutdown(listener, SHUT_RD);
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) /* an error that comes once is no answer yet */
        connection = accept(listener, NULL, NULL);
    const char *answer = "reset";
    if (connection >= 0)
        answer = accept(listener, NULL, NULL) < 0 && errno == EAGAIN ? "keep" : "drain";
    close_hard(connection);
    close_hard(client);
    close(listener);
    return answer;
}

static void observe_queue(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++)
        if (domain_is_here(tcp_domains[i]))
            add_answer(&answers, domain_name(tcp_domains[i]), queue_answer(tcp_domains[i]));
    print_answers("shutdown.queued", &answers);
}

/* What becomes of two queued clients, of accept then, of another listen, and of a client after that. */
static void print_end(const char *name, int how)
{
    struct timeval limit = {.tv_sec = 5};
    int listener = make_listener(AF_INET, BACKLOG), first = make_client(listener), second = make_client(listener), last;
    struct address address = address_of(listener);
    setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    printf("%s = %s,", name, answer_of(shutdown(listener, how), "ok"));
    for (int i = 0; i < 3; i++) {
        if (i == 2)
            add_flag(listener, O_NONBLOCK);
        int fd = accept(listener, NULL, NULL);
        printf(" %s", answer_of(fd, "accepted"));
        close_hard(fd);
    }
    printf(", listen %s", answer_of(listen(listener, BACKLOG), "ok"));
    last = make_socket(AF_INET, SOCK_STREAM);
    limit = (struct timeval){.tv_usec = 200000}; /* a platform may drop its SYN */
    setsockopt(last, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    printf(", client %s\n", answer_of(connect(last, (struct sockaddr *)&address.storage, address.length), "ok"));
    const int fds[] = {first, second, last};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        close_hard(fds[i]);
    close(listener);
}

/* While clients are queued: whether others come, and whether another shutdown or listen does them harm. */
static void print_meanwhile(const char *name, int how)
{
    int listener = make_listener(AF_INET, BACKLOG), first = make_client(listener), second = make_client(listener);
    int late = make_socket(AF_INET, SOCK_STREAM), served = 0, fd;
    struct address address = address_of(listener);
    add_flag(listener, O_NONBLOCK);
    add_flag(late, O_NONBLOCK);
    shutdown(listener, how);
    connect(late, (struct sockaddr *)&address.storage, address.length);
    const char *again = answer_of(shutdown(listener, SHUT_RDWR), "ok");
    const char *listens = answer_of(listen(listener, BACKLOG), "ok");
    for (; (fd = accept(listener, NULL, NULL)) >= 0; served++)
        close_hard(fd);
    printf("%s = again %s, listen %s, %d served\n", name, again, listens, served);
    const int fds[] = {first, second, late};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        close_hard(fds[i]);
    close(listener);
}

void observe_shutdown(void)
{
    observe_unconnected();
    observe_listeners();
    observe_acceptconn();
    observe_queue();
    print_end("SHUT_RD of a queue", SHUT_RD);
    print_end("SHUT_RDWR of a queue", SHUT_RDWR);
    print_meanwhile("during SHUT_RDWR of a queue", SHUT_RDWR);
}
