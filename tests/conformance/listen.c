#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "conform.h"

/* A small backlog and a larger one, both below the limit of any platform; and one above the least of any. */
#define FEW 1
#define MORE 4
#define MANY 100

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

/* A SYN that came while the queue was just filling may be dropped by any platform: one that comes later tells. */
static int outcome_of_late_client(int listener)
{
    struct crowd late = crowd_of(listener);
    crowd_push(&late);
    crowds_settle(&late, 1);
    int outcome = late.outcome;
    crowd_dismiss(&late);
    return outcome;
}

static void observe_overflow(const char *key, struct full *full, struct answers *connecting)
{
    struct answers overflow = {0};
    for (int i = 0; i < full->count; i++) {
        struct crowd *crowd = &full->first[i];
        int outcome = crowd->outcome == EINPROGRESS ? outcome_of_late_client(full->listeners[i]) : crowd->outcome;
        add_answer(&overflow, domain_name(full->domains[i]), overflow_word(outcome));
        if (crowd->outcome == EINPROGRESS)
            add_answer(connecting, domain_name(full->domains[i]), answer_of(listen(crowd->surplus, 1), "ok"));
        close_hard(crowd->surplus);
        crowd->surplus = -1;
    }
    print_answers(key, &overflow);
}

static void let_more_in(struct full *full)
{
    for (int i = 0; i < full->count; i++) {
        if (full->then[i].count > 0)
            continue;
        if (full->then[i].surplus >= 0)
            close_hard(full->then[i].surplus);
        full->then[i].surplus = -1;
        crowd_push(&full->then[i]);
    }
    crowds_settle(full->then, full->count);
}

/* Listens again where the last time had no effect. */
static void relisten(struct full *full, int backlog)
{
    for (int i = 0; i < full->count; i++)
        if (full->then[i].count == 0 && !full->errors[i])
            full->errors[i] = answer_of(listen(full->listeners[i], backlog), NULL);
    let_more_in(full);
}

static void observe_relisten(const char *key, struct full *full)
{
    struct answers answers = {0};
    for (int i = 0; i < full->count; i++)
        full->then[i] = crowd_of(full->listeners[i]);
    relisten(full, MORE);
    relisten(full, MANY);
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

/* Each client says who it is, so that no platform needs to tell them by their address. */
static void observe_order(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 3; i++) {
        char first = 0;
        if (!domain_is_here(all_domains[i]))
            continue;
        int listener = make_listener(all_domains[i], MORE), one = make_client(listener), two = make_client(listener);
        if (write(one, "1", 1) != 1 || write(two, "2", 1) != 1)
            give_up("write");
        int server = accept(listener, NULL, NULL);
        if (server < 0 || read(server, &first, 1) != 1)
            give_up("accept");
        add_answer(&answers, domain_name(all_domains[i]), first == '1' ? "fifo" : "lifo");
        close_hard(one);
        close_hard(two);
        close_hard(server);
        close(listener);
    }
    print_answers("listen.queue_order", &answers);
}

void observe_listen(void)
{
    static const int local[] = {AF_UNIX};
    struct answers connecting = {0};
    struct full full;
    observe_states();
    observe_order();
    fill(&full, tcp_domains, 2);
    observe_overflow("listen.overflow_tcp", &full, &connecting);
    observe_relisten("listen.relisten_tcp", &full);
    observe_excess(&full);
    empty(&full);
    fill(&full, local, 1);
    observe_overflow("listen.overflow_unix", &full, &connecting);
    observe_relisten("listen.relisten_unix", &full);
    empty(&full);
    print_answers("listen.connecting_tcp", &connecting);
}
