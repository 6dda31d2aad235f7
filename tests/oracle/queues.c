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

/* 0, or what kept the client out. */
static int approach(int client, const struct address *address)
{
    struct pollfd wait = {.fd = client, .events = POLLOUT};
    int error = 0;
    socklen_t length = sizeof error;
    add_flag(client, O_NONBLOCK);
    if (connect_to(client, address) == 0)
        return 0;
    if (errno != EINPROGRESS || poll(&wait, 1, PATIENCE_MS) != 1)
        return errno;
    if (getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        give_up("SO_ERROR");
    return error;
}

/* Nobody has accepted it, so nobody has closed it. The error may be missing where SO_ERROR was asked just then. */
static bool was_reset(int client)
{
    struct pollfd wait = {.fd = client, .events = POLLIN};
    return poll(&wait, 1, 0) == 1 && (wait.revents & (POLLERR | POLLHUP));
}

/* A platform may connect clients that it does not queue, and then reset them. Returns how many are left. */
static int weed(int *clients, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (was_reset(clients[i]))
            close_hard(clients[i]);
        else
            clients[kept++] = clients[i];
    }
    return kept;
}

/* Lets clients come until one does not get in, and no more than `most`; returns how many got in. They stay. */
static int let_come(const struct kind *kind, int listener, int *clients, int most)
{
    struct address address = address_of(listener);
    for (int count = 0; count < most; count++) {
        clients[count] = make_one(kind);
        if (approach(clients[count], &address) == 0)
            continue;
        close_hard(clients[count]);
        return kind->domain == AF_UNIX ? count : weed(clients, count);
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

static void ask_overflow(const struct kind *kind)
{
    int listener = make_one_listening(kind, 1);
    struct crowd crowd = crowd_of(listener);
    crowd_push(&crowd);
    crowds_settle(&crowd, 1);
    question(kind->name, "surplus client, non-blocking");
    answer(error_name(crowd.outcome));
    end_of_answers();
    if (kind->domain != AF_UNIX) {
        drain(listener);
        struct pollfd wait = {.fd = crowd.surplus, .events = POLLOUT};
        question(kind->name, "surplus client once the queue is drained");
        answer(poll(&wait, 1, DRAIN_MS) == 1 && !(wait.revents & POLLHUP) ? "in" : "out");
        end_of_answers();
    }
    crowd_dismiss(&crowd);
    close(listener);
}

static void ask_slots(const struct kind *kind)
{
    int listener = make_one_listening(kind, 2), clients[MANY], late[MANY],
        count = let_come(kind, listener, clients, MANY);
    question(kind->name, "clients that get in, when a queued one has left, and when one was accepted");
    answer_number(count);
    if (count == 0)
        give_up("nobody got in");
    close_hard(clients[--count]);
    answer_number(let_come(kind, listener, late, MANY));
    close_hard(must_accept(listener));
    int more = let_come(kind, listener, late, MANY);
    answer_number(more);
    end_of_answers();
    dismiss(late, more);
    dismiss(clients, count);
    close(listener);
}

/* Listens once more while `queued` clients wait: how many of MANY more get in, and how many are accepted then. */
static void ask_relisten(const struct kind *kind, const char *name, int before, int queued, int backlog)
{
    int listener = make_one_listening(kind, before), first[MANY], later[MANY];
    int count = let_come(kind, listener, first, queued);
    question(kind->name, name);
    answer_result(listen(listener, backlog));
    int more = let_come(kind, listener, later, MANY);
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

static void ask_listener_closed(const struct kind *kind)
{
    int listener = make_one_listening(kind, BACKLOG), twin = dup(listener), client = make_client(listener);
    question(kind->name, "queued client when a listener's duplicate is closed, and when the last is");
    close(twin);
    answer(end_of_client(client));
    close(listener);
    answer(end_of_client(client));
    end_of_answers();
    close(client);
}

/* SO_LISTENQLIMIT, by its number on FreeBSD, for three backlogs; and SO_LISTENQLEN, with one client. */
static void ask_queue_options(const struct kind *kind)
{
    static const int backlogs[] = {7, 1000, -1};
    int listener = make_one_bound(kind), number;
    socklen_t length = sizeof number;
    question(kind->name, "SO_LISTENQLIMIT of 7, 1000, -1, and SO_LISTENQLEN");
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

void ask_queue(const struct kind *kind)
{
    ask_slots(kind);
    ask_relisten(kind, "10, 8 queued, then 2", BACKLOG, FEW, 2);
    ask_relisten(kind, "1, 1 queued, then 10", 1, 1, BACKLOG);
    ask_relisten(kind, "10, 8 queued, then -1", BACKLOG, FEW, -1);
    if (kind->type != SOCK_STREAM)
        return;
    ask_overflow(kind);
    ask_listener_closed(kind);
    ask_queue_options(kind);
}
