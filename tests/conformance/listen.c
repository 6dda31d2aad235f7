#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include "conform.h"

/* A small backlog and a larger one, both below the limit of any platform. */
#define FEW 1
#define MORE 4

static bool has_port(int fd)
{
    struct address address = address_of(fd);
    return ((const struct sockaddr_in *)&address.storage)->sin_port !=
           0; /* at the same place in sockaddr_in6 */
}

static void observe_unbound(void)
{
    struct answers inet = {0}, local = {0};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int fd = make_socket(tcp_domains[i], SOCK_STREAM);
        int result = listen(fd, 1);
        const char *answer = answer_of(result, "autobind");
        add_answer(&inet, domain_name(tcp_domains[i]), result == 0 && !has_port(fd) ? "ok" : answer);
        close(fd);
    }
    print_answers("listen.unbound_inet", &inet);
    for (int type = SOCK_STREAM; type <= SOCK_SEQPACKET; type += SOCK_SEQPACKET - SOCK_STREAM) {
        int fd = make_socket(AF_UNIX, type);
        add_answer(&local, type == SOCK_STREAM ? "stream" : "seqpacket", answer_of(listen(fd, 1), "ok"));
        close(fd);
    }
    print_answers("listen.unbound_unix", &local);
}

static void observe_connected_pair(struct answers *answers, int domain)
{
    int listener = make_listener(domain, FEW), client = make_client(listener);
    int server = accept(listener, NULL, NULL);
    if (server < 0)
        give_up("accept");
    add_answer(answers, domain_name(domain), answer_of(listen(client, 1), "ok"));
    add_answer(answers, "accepted", answer_of(listen(server, 1), "ok"));
    close_hard(client);
    close_hard(server);
    close(listener);
}

static void observe_connected(struct answers *answers)
{
    int pair[2];
    for (int i = 0; i < 3; i++)
        if (domain_is_here(all_domains[i]))
            observe_connected_pair(answers, all_domains[i]);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        give_up("socketpair");
    add_answer(answers, "socketpair", answer_of(listen(pair[0], 1), "ok"));
    close(pair[0]);
    close(pair[1]);
}

static void observe_datagram(void)
{
    struct answers inet = {0}, bound = {0}, unbound = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        int free_fd = make_socket(domain, SOCK_DGRAM), bound_fd = make_bound(domain, SOCK_DGRAM);
        add_answer(domain == AF_UNIX ? &unbound : &inet, domain_name(domain),
                   answer_of(listen(free_fd, 1), "ok"));
        add_answer(domain == AF_UNIX ? &bound : &inet, "bound", answer_of(listen(bound_fd, 1), "ok"));
        close(free_fd);
        close(bound_fd);
    }
    print_answers("listen.datagram_inet", &inet);
    print_answers("listen.datagram_unix", &bound);
    print_answers("listen.datagram_unix_unbound", &unbound);
}

static const char *overflow_word(int outcome)
{
    switch (outcome) {
    case EINPROGRESS:
        return "drop";
    case ECONNREFUSED:
        return "refuse";
    case ECONNRESET:
        return "reset";
    case EAGAIN:
        return "block";
    default:
        return error_name(outcome);
    }
}

/* Full listeners of the same kind, observed together. */
struct full {
    int count;
    int domains[2], listeners[2];
    struct crowd first[2]; /* the clients before the second listen */
    const char *errors[2]; /* of the second listen, NULL for success */
    struct crowd then[2];  /* the clients after it */
};

static void fill(struct full *full, const int *domains, int count)
{
    *full = (struct full){0};
    for (int i = 0; i < count; i++) {
        int listener = domain_is_here(domains[i]) ? make_listener(domains[i], FEW) : -1;
        if (listener < 0)
            continue;
        full->domains[full->count] = domains[i];
        full->listeners[full->count] = listener;
        full->first[full->count] = crowd_of(listener);
        crowd_push(&full->first[full->count++]);
    }
    crowds_settle(full->first, full->count);
}

static void observe_overflow(const char *key, struct full *full, struct answers *connected)
{
    struct answers overflow = {0};
    for (int i = 0; i < full->count; i++) {
        struct crowd *crowd = &full->first[i];
        add_answer(&overflow, domain_name(full->domains[i]), overflow_word(crowd->outcome));
        if (crowd->outcome == EINPROGRESS)
            add_answer(connected, "connecting", answer_of(listen(crowd->surplus, 1), "ok"));
        close_hard(crowd->surplus);
        crowd->surplus = -1;
    }
    print_answers(key, &overflow);
}

static void observe_relisten(const char *key, struct full *full)
{
    struct answers answers = {0};
    for (int i = 0; i < full->count; i++) {
        full->errors[i] = answer_of(listen(full->listeners[i], MORE), NULL);
        full->then[i] = crowd_of(full->listeners[i]);
        crowd_push(&full->then[i]);
    }
    crowds_settle(full->then, full->count);
    for (int i = 0; i < full->count; i++) {
        const char *effect = full->then[i].count > 0 ? "update" : "ignore";
        add_answer(&answers, domain_name(full->domains[i]), full->errors[i] ? full->errors[i] : effect);
    }
    print_answers(key, &answers);
}

/* A third listen, with the small backlog again: are all that had queued still served? */
static void observe_excess(struct full *full)
{
    struct answers answers = {0};
    for (int i = 0; i < full->count; i++) {
        int listener = full->listeners[i], served = 0, connection;
        add_flag(listener, O_NONBLOCK);
        if (listen(listener, FEW) != 0)
            give_up("listen");
        for (; (connection = accept(listener, NULL, NULL)) >= 0; served++)
            close_hard(connection);
        bool all = served >= full->first[i].count + full->then[i].count;
        add_answer(&answers, domain_name(full->domains[i]), all ? "keep" : "reset");
    }
    print_answers("listen.relisten_excess", &answers);
}

static void empty(struct full *full)
{
    for (int i = 0; i < full->count; i++) {
        crowd_dismiss(&full->first[i]);
        crowd_dismiss(&full->then[i]);
        close(full->listeners[i]);
    }
}

void observe_listen(void)
{
    static const int local[] = {AF_UNIX};
    struct answers connected = {0};
    struct full full;
    observe_unbound();
    observe_datagram();
    observe_connected(&connected);
    fill(&full, tcp_domains, 2);
    observe_overflow("listen.overflow_tcp", &full, &connected);
    observe_relisten("listen.relisten_tcp", &full);
    observe_excess(&full);
    empty(&full);
    fill(&full, local, 1);
    observe_overflow("listen.overflow_unix", &full, &connected);
    observe_relisten("listen.relisten_unix", &full);
    empty(&full);
    print_answers("listen.connected", &connected);
}
