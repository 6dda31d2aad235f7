/* The queue while nobody accepts, or but a few: who gets in, and what the others see. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "probe.h"

#define BACKLOG 10
#define FEW 8
#define MANY 30
#define PATIENCE_MS 200
#define DRAIN_MS 1700 /* as long as the measurement waited */

static bool gets_in(int client, const struct address *address)
{
    struct pollfd wait = {.fd = client, .events = POLLOUT};
    int error = 0;
    socklen_t length = sizeof error;
    add_flag(client, O_NONBLOCK);
    if (connect(client, (const struct sockaddr *)&address->storage, address->length) == 0)
        return true;
    return errno == EINPROGRESS && poll(&wait, 1, PATIENCE_MS) == 1 &&
           getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

/* Lets clients come until one does not get in, and no more than `most`; returns how many got in. They stay. */
static int let_come(int listener, int *clients, int most)
{
    struct address address = address_of(listener);
    for (int count = 0; count < most; count++) {
        clients[count] = make_socket(address.storage.ss_family, SOCK_STREAM);
        if (gets_in(clients[count], &address))
            continue;
        close(clients[count]);
        return count;
    }
    return most;
}

static void dismiss(const int *clients, int count)
{
    for (int i = 0; i < count; i++)
        close_hard(clients[i]);
}

/* How many entries of the queue accept takes. */
static int drain(int listener)
{
    int count = 0, connection;
    add_flag(listener, O_NONBLOCK);
    while ((connection = accept(listener, NULL, NULL)) >= 0 || errno == ECONNABORTED) {
        if (connection >= 0)
            close_hard(connection);
        count++;
    }
    return count;
}

static void ask_overflow(int domain)
{
    int listener = make_listener(domain, 1);
    struct crowd crowd = crowd_of(listener);
    crowd_push(&crowd);
    crowds_settle(&crowd, 1);
    ask(domain, "surplus client, non-blocking", error_name(crowd.outcome));
    if (domain != AF_UNIX) {
        drain(listener);
        struct pollfd wait = {.fd = crowd.surplus, .events = POLLOUT};
        bool in = poll(&wait, 1, DRAIN_MS) == 1 && !(wait.revents & POLLHUP);
        ask(domain, "surplus client once the queue is drained", in ? "in" : "out");
    }
    crowd_dismiss(&crowd);
    close(listener);
}

static void ask_slots(int domain)
{
    int listener = make_listener(domain, 4), clients[MANY], late[MANY], count = let_come(listener, clients, MANY);
    question(domain, "clients that get in when a queued one has left, and when one was accepted");
    close_hard(clients[--count]);
    answer_number(let_come(listener, late, MANY));
    close_hard(must_accept(listener));
    int more = let_come(listener, late, MANY);
    answer_number(more);
    end_of_answers();
    dismiss(late, more);
    dismiss(clients, count);
    close(listener);
}

/* Listens once more while `queued` clients wait: how many of MANY more get in, and how many are accepted then. */
static void ask_relisten(int domain, const char *name, int before, int queued, int backlog)
{
    int listener = make_listener(domain, before), first[MANY], later[MANY];
    int count = let_come(listener, first, queued);
    question(domain, name);
    answer_result(listen(listener, backlog));
    int more = let_come(listener, later, MANY);
    answer_number(more);
    answer_number(drain(listener));
    end_of_answers();
    dismiss(later, more);
    dismiss(first, count);
    close(listener);
}

static const char *end_of_client(int client)
{
    char byte;
    ssize_t got = recv(client, &byte, 1, MSG_DONTWAIT);
    return got == 0 ? "end" : got > 0 ? "data" : error_name(errno);
}

static void ask_listener_closed(int domain)
{
    int listener = make_listener(domain, BACKLOG), twin = dup(listener), client = make_client(listener);
    question(domain, "queued client when a listener's duplicate is closed, and when the last is");
    close(twin);
    answer(end_of_client(client));
    close(listener);
    answer(end_of_client(client));
    end_of_answers();
    close(client);
}

/* SO_LISTENQLIMIT, by its number on FreeBSD, for three backlogs; and SO_LISTENQLEN, with one client. */
static void ask_queue_options(int domain)
{
    static const int backlogs[] = {7, 1000, -1};
    int listener = make_bound(domain, SOCK_STREAM), number;
    socklen_t length = sizeof number;
    question(domain, "SO_LISTENQLIMIT of 7, 1000, -1, and SO_LISTENQLEN");
    for (size_t i = 0; i < sizeof backlogs / sizeof *backlogs; i++) {
        if (listen(listener, backlogs[i]) != 0)
            give_up("listen");
        if (getsockopt(listener, SOL_SOCKET, 0x1011, &number, &length) == 0)
            answer_number(number);
        else
            answer_result(-1);
    }
    int client = make_client(listener);
    if (getsockopt(listener, SOL_SOCKET, 0x1012, &number, &length) == 0)
        answer_number(number);
    else
        answer_result(-1);
    end_of_answers();
    close_hard(client);
    close(listener);
}

void ask_queue(int domain)
{
    ask_overflow(domain);
    ask_slots(domain);
    ask_relisten(domain, "10, 8 queued, then 2", BACKLOG, FEW, 2);
    ask_relisten(domain, "1, 1 queued, then 10", 1, 1, BACKLOG);
    ask_relisten(domain, "10, 8 queued, then -1", BACKLOG, FEW, -1);
    ask_listener_closed(domain);
    ask_queue_options(domain);
}
