/* accept in odd states: no listener, no descriptors, clients that have left, and the order of those that have not. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "conform.h"

#define BACKLOG 4

/* EAGAIN tells that accept would wait, EINTR that it did. */
static const char *accept_answer(int fd)
{
    int connection = accept(fd, NULL, NULL);
    bool waits = connection < 0 && (errno == EAGAIN || errno == EINTR);
    const char *answer = waits ? "wait" : answer_of(connection, "ok");
    if (connection >= 0)
        close_hard(connection);
    return answer;
}

static const char *answer_without_listen(int domain, int type)
{
    int fd = make_bound(domain, type);
    add_flag(fd, O_NONBLOCK);
    const char *answer = accept_answer(fd);
    close(fd);
    return answer;
}

static void observe_no_listener(void)
{
    struct answers inet = {0}, local = {0}, datagram = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        struct answers *stream = domain == AF_UNIX ? &local : &inet;
        add_answer(stream, domain_name(domain), answer_without_listen(domain, SOCK_STREAM));
        add_answer(&datagram, domain_name(domain), answer_without_listen(domain, SOCK_DGRAM));
    }
    print_answers("accept.not_listening_inet", &inet);
    print_answers("accept.not_listening_unix", &local);
    print_answers("accept.datagram", &datagram);
}

static void observe_bad_descriptors(void)
{
    struct answers bad = {0};
    int closed = make_socket(AF_INET, SOCK_STREAM);
    close(closed);
    add_answer(&bad, "negative", answer_of(accept(-1, NULL, NULL), "ok"));
    add_answer(&bad, "closed", answer_of(accept(closed, NULL, NULL), "ok"));
    print_answers("accept.bad_descriptor", &bad);
}

/* With the limit at the lowest free descriptor no other can be opened. */
static const char *answer_without_descriptors(int fd)
{
    struct rlimit usual, low;
    if (getrlimit(RLIMIT_NOFILE, &usual) != 0)
        give_up("RLIMIT_NOFILE");
    int next = dup(STDERR_FILENO);
    close(next);
    low = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = usual.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    const char *answer = accept_answer(fd);
    setrlimit(RLIMIT_NOFILE, &usual);
    return answer;
}

static void ignore_signal(int number)
{
    (void)number;
}

/* Ends an accept that waits, by one signal after another: the first may come before it does. 0 stops them. */
static void interrupt_every(int milliseconds)
{
    const struct sigaction action = {.sa_handler = ignore_signal};
    const struct timeval pause = {.tv_usec = milliseconds * 1000};
    const struct itimerval timer = {.it_interval = pause, .it_value = pause};
    sigaction(SIGALRM, &action, NULL);
    if (setitimer(ITIMER_REAL, &timer, NULL) != 0)
        give_up("setitimer");
}

/*
 * accept of a listener whose time-out is long over when the signal comes. Returns 0 or an errno: EINTR also where the
 * process was kept waiting until both had come.
 */
static int error_of_timeout(int listener)
{
    interrupt_every(200);
    int result = accept(listener, NULL, NULL), error = errno;
    interrupt_every(0);
    return result >= 0 ? 0 : error;
}

static void observe_timeout(void)
{
    const struct timeval soon = {.tv_usec = 1000};
    struct answers answers = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        int listener = make_listener(all_domains[i], BACKLOG);
        if (setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon) != 0)
            give_up("SO_RCVTIMEO");
        int error = EINTR;
        for (int trial = 0; trial < 3 && error == EINTR; trial++)
            error = error_of_timeout(listener);
        add_answer(&answers, domain_name(all_domains[i]),
                   error == 0        ? "ok"
                   : error == EAGAIN ? "yes"
                   : error == EINTR  ? "no"
                                     : error_name(error));
        close(listener);
    }
    print_answers("accept.timeout", &answers);
}

static void observe_no_descriptors(void)
{
    struct answers empty = {0}, queued = {0}, idle = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        int listener = make_listener(domain, BACKLOG), bound = make_bound(domain, SOCK_STREAM);
        interrupt_every(20);
        add_answer(&empty, domain_name(domain), answer_without_descriptors(listener));
        interrupt_every(0);
        add_flag(listener, O_NONBLOCK);
        add_answer(&empty, domain_name(domain), answer_without_descriptors(listener));
        add_answer(&idle, domain_name(domain), answer_without_descriptors(bound));
        int client = make_client(listener);
        const char *error = answer_without_descriptors(listener);
        add_answer(&queued, domain_name(domain),
                   strcmp(error, "EMFILE") != 0                   ? error
                   : strcmp(nobody_is_left(listener), "yes") == 0 ? "drop"
                                                                  : "keep");
        close_hard(client);
        close(bound);
        close(listener);
    }
    print_answers("accept.no_descriptor_empty", &empty);
    print_answers("accept.no_descriptor_queued", &queued);
    print_answers("accept.no_descriptor_not_listening", &idle);
}

/* One client has left, another stays: the connection that comes first reads its end, or is the other's. */
static void observe_closed(void)
{
    struct answers answers = {0};
    char byte;
    int listener = make_listener(AF_UNIX, BACKLOG), leaver = make_client(listener);
    close(leaver);
    int stayer = make_client(listener), connection = accept(listener, NULL, NULL);
    const char *answer = answer_of(connection, "skip");
    if (connection >= 0) {
        if (recv(connection, &byte, 1, MSG_DONTWAIT) == 0)
            answer = "deliver";
        close(connection);
    }
    add_answer(&answers, "unix", answer);
    print_answers("accept.closed_queued_unix", &answers);
    close(stayer);
    close(listener);
}

void observe_accept_states(void)
{
    observe_no_listener();
    observe_bad_descriptors();
    observe_no_descriptors();
    observe_timeout();
    observe_closed();
}
