#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "conform.h"

/* In which a refusal on the loopback interface comes, if one does. */
#define MOMENT_MS 100

static int connect_to(int fd, const struct address *address)
{
    return connect(fd, (const struct sockaddr *)&address->storage, address->length);
}

/* A loopback address where nobody listens: the port is held by `*holder`. */
static struct address silent_address(int domain, int *holder)
{
    *holder = make_bound(domain, SOCK_STREAM);
    return address_of(*holder);
}

/* What a connect comes to in a moment: still under way, or its end. */
static const char *outcome_of(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int error = EINPROGRESS;
    socklen_t length = sizeof error;
    if (poll(&wait, 1, MOMENT_MS) == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        give_up("SO_ERROR");
    return error ? error_name(error) : "ok";
}

static const char *no_listener_answer(const char *outcome)
{
    return strcmp(outcome, "ECONNREFUSED") == 0 ? "refuse" : strcmp(outcome, "EINPROGRESS") == 0 ? "drop" : outcome;
}

static void await(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    if (poll(&wait, 1, -1) != 1)
        give_up("poll");
}

static void observe_files(void)
{
    struct answers other = {0}, unnamed = {0};
    struct address file = fresh_address(AF_UNIX), directory = fresh_address(AF_UNIX),
                   none = {.length = sizeof(sa_family_t)};
    close(open(((struct sockaddr_un *)&file.storage)->sun_path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    strcpy(((struct sockaddr_un *)&directory.storage)->sun_path, ".");
    none.storage.ss_family = AF_UNIX;
    const struct address *places[] = {&file, &directory, &none};
    for (int i = 0; i < 3; i++) {
        int fd = make_socket(AF_UNIX, SOCK_STREAM);
        add_answer(i < 2 ? &other : &unnamed, i == 0 ? "file" : "directory",
                   answer_of(connect_to(fd, places[i]), "ok"));
        close(fd);
    }
    print_answers("connect.unix_not_socket", &other);
    print_answers("connect.unix_unnamed", &unnamed);
}

static void observe_listening(void)
{
    struct answers inet = {0}, local = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        int listener = make_listener(domain, 1), target = make_listener(domain, 1);
        struct address address = address_of(target);
        add_answer(domain == AF_UNIX ? &local : &inet, domain_name(domain),
                   answer_of(connect_to(listener, &address), "ok"));
        close(listener);
        close(target);
    }
    print_answers("connect.listening_inet", &inet);
    print_answers("connect.listening_unix", &local);
}

/* At a full listener a connect stays under way: it is the first of the two, then the second. */
static void observe_under_way(void)
{
    struct answers first = {0}, second = {0};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int listener = make_listener(tcp_domains[i], 1);
        struct crowd crowd = crowd_of(listener);
        crowd_push(&crowd);
        crowds_settle(&crowd, 1);
        int fd = make_socket(tcp_domains[i], SOCK_STREAM);
        add_flag(fd, O_NONBLOCK);
        add_answer(&first, domain_name(tcp_domains[i]), answer_of(connect_to(fd, &crowd.address), "ok"));
        add_answer(&second, domain_name(tcp_domains[i]), answer_of(connect_to(fd, &crowd.address), "ok"));
        close(fd);
        crowd_dismiss(&crowd);
        close(listener);
    }
    print_answers("connect.in_progress", &first);
    print_answers("connect.connecting", &second);
}

static void observe_completed(void)
{
    struct answers again = {0}, dissolved = {0};
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int listener = make_listener(tcp_domains[i], 1), fd = make_socket(tcp_domains[i], SOCK_STREAM);
        struct address address = address_of(listener);
        add_flag(fd, O_NONBLOCK);
        connect_to(fd, &address);
        await(fd);
        add_answer(&again, domain_name(tcp_domains[i]), answer_of(connect_to(fd, &address), "ok"));
        add_answer(&dissolved, domain_name(tcp_domains[i]), answer_of(connect(fd, &nowhere, sizeof nowhere), "ok"));
        close_hard(fd);
        close(listener);
    }
    print_answers("connect.completed", &again);
    print_answers("connect.disconnect", &dissolved);
}

/* A port that is held by a socket that does not listen, by whichever address it is held; then one that listens. */
static void observe_not_listening(void)
{
    static const char late[] = "a listener that comes late";
    struct answers answers = {0};
    for (int i = 0; i < 2; i++) {
        int holder, domain = tcp_domains[i];
        if (!domain_is_here(domain))
            continue;
        struct address silent = silent_address(domain, &holder);
        int fd = make_socket(domain, SOCK_STREAM), waiting = make_socket(domain, SOCK_STREAM);
        const struct timeval moment = {.tv_usec = MOMENT_MS * 1000};
        add_flag(fd, O_NONBLOCK);
        const char *at_once = answer_of(connect_to(fd, &silent), "ok"), *end = outcome_of(fd);
        add_answer(&answers, domain_name(domain), no_listener_answer(end));
        setsockopt(waiting, SOL_SOCKET, SO_SNDTIMEO, &moment, sizeof moment);
        add_answer(&answers, "blocking", no_listener_answer(answer_of(connect_to(waiting, &silent), "ok")));
        printf("%s, %s = ", late, domain_name(domain));
        if (listen(holder, 2) != 0)
            give_up("listen");
        if (strcmp(end, "EINPROGRESS") == 0)
            await(fd);
        printf("%s, then %s\n", at_once, strcmp(end, "EINPROGRESS") == 0 ? outcome_of(fd) : end);
        close_hard(fd);
        close_hard(waiting);
        close(holder);
    }
    print_answers("connect.not_listening", &answers);
}

static void observe_refused(void)
{
    struct answers again = {0};
    for (int i = 0; i < 2; i++) {
        int domain = tcp_domains[i];
        if (!domain_is_here(domain))
            continue;
        int fd = make_refused(domain), listener = make_listener(domain, 1);
        struct address address = address_of(listener);
        add_answer(&again, domain_name(domain), answer_of(connect_to(fd, &address), "ok"));
        close_hard(fd);
        close(listener);
    }
    print_answers("connect.refused", &again);
}

static void observe_targets(void)
{
    struct answers zero = {0}, wildcard = {0};
    for (int i = 0; i < 2; i++) {
        int domain = tcp_domains[i];
        if (!domain_is_here(domain))
            continue;
        struct address nowhere = fresh_address(domain);
        int listener = make_listener(domain, 1), to_zero = make_socket(domain, SOCK_STREAM),
            to_wildcard = make_socket(domain, SOCK_STREAM);
        struct address any = address_of(listener);
        if (domain == AF_INET)
            ((struct sockaddr_in *)&any.storage)->sin_addr.s_addr = INADDR_ANY;
        else
            ((struct sockaddr_in6 *)&any.storage)->sin6_addr = in6addr_any;
        add_answer(&zero, domain_name(domain), answer_of(connect_to(to_zero, &nowhere), "ok"));
        add_answer(&wildcard, domain_name(domain), answer_of(connect_to(to_wildcard, &any), "ok"));
        close(to_zero);
        close_hard(to_wildcard);
        close(listener);
    }
    print_answers("connect.port_zero", &zero);
    print_answers("connect.wildcard", &wildcard);
}

/* A blocking client at a full AF_UNIX listener, with a time-out of its own; and what remains of that and of
 * its flags. */
static void observe_blocking_client(void)
{
    int listener = make_listener(AF_UNIX, 0), fd = make_socket(AF_UNIX, SOCK_STREAM);
    struct timeval own = {.tv_sec = 0, .tv_usec = 40000}, left = {0};
    socklen_t size = sizeof left;
    struct crowd crowd = crowd_of(listener);
    crowd_push(&crowd);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &own, sizeof own);
    TRY("blocking client, full", connect_to(fd, &crowd.address));
    getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &left, &size);
    report_number("its time-out", left.tv_sec * 1000000 + left.tv_usec);
    report_number("its O_NONBLOCK", fcntl(fd, F_GETFL) & O_NONBLOCK);
    close(accept(listener, NULL, NULL));
    TRY("blocking client, room", connect_to(fd, &crowd.address));
    crowd_dismiss(&crowd);
    close(fd);
    close(listener);
}

void observe_connect(void)
{
    observe_blocking_client();
    observe_files();
    observe_listening();
    observe_under_way();
    observe_completed();
    observe_not_listening();
    observe_refused();
    observe_targets();
}
