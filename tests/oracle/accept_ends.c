/* Clients that did something while they were queued: what the server sees of them. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "probe.h"

enum deed { STAY, SEND, RESET, SEND_AND_RESET, CLOSE, SEND_AND_CLOSE, SHUT_WRITING, SHUT_BOTH, DEEDS };

static const char *const names[DEEDS] = {
    [STAY] = "client stayed",
    [SEND] = "client sent 5 bytes",
    [RESET] = "client reset",
    [SEND_AND_RESET] = "client sent 5 bytes and reset",
    [CLOSE] = "client closed",
    [SEND_AND_CLOSE] = "client sent 5 bytes and closed",
    [SHUT_WRITING] = "client shut down for writing",
    [SHUT_BOTH] = "client shut down",
};

/* Returns the client, or -1 if it has gone. */
static int act(int client, enum deed deed)
{
    if ((deed == SEND || deed == SEND_AND_RESET || deed == SEND_AND_CLOSE) && send(client, "hello", 5, 0) != 5)
        give_up("send");
    if (deed == SHUT_WRITING || deed == SHUT_BOTH)
        shutdown(client, deed == SHUT_BOTH ? SHUT_RDWR : SHUT_WR);
    if (deed == RESET || deed == SEND_AND_RESET)
        close_hard(client);
    else if (deed == CLOSE || deed == SEND_AND_CLOSE)
        close(client);
    else
        return client;
    return -1;
}

static void answer_error(int fd)
{
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        give_up("SO_ERROR");
    answer(error ? error_name(error) : "ok");
}

static void answer_data(int fd)
{
    char bytes[16];
    ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0)
        answer(error_name(errno));
    else
        answer_number(got);
}

/* Readiness, accept, SO_ERROR, getpeername, recv, and what is left in the queue. */
static void ask_deed(int domain, enum deed deed)
{
    struct address peer = {.length = sizeof peer.storage};
    int listener = make_listener(domain, 4), client = act(make_client(listener), deed);
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    question(stream_name(domain), names[deed]);
    answer(poll(&wait, 1, 0) == 1 ? "ready" : "idle");
    int connection = accept(listener, NULL, NULL);
    answer_result(connection);
    if (connection >= 0) {
        answer_error(connection);
        answer_result(getpeername(connection, (struct sockaddr *)&peer.storage, &peer.length));
        answer_data(connection);
        close_hard(connection);
    }
    answer(fate_of_client(listener));
    end_of_answers();
    if (client >= 0)
        close_hard(client);
    close(listener);
}

/* The address of a client that is bound, is there or has gone. */
static void ask_name(bool gone)
{
    struct address seen = {.length = sizeof seen.storage}, place, own;
    int listener = make_listener(AF_UNIX, 4), client = make_bound(AF_UNIX, SOCK_STREAM);
    place = address_of(listener);
    own = address_of(client);
    if (connect(client, (struct sockaddr *)&place.storage, place.length) != 0)
        give_up("connect");
    if (gone)
        close(client);
    int connection = accept(listener, (struct sockaddr *)&seen.storage, &seen.length);
    question(stream_name(AF_UNIX), gone ? "address of a bound client that closed" : "address of a bound client");
    if (seen.length == own.length)
        answer("own");
    else
        answer_number((long)seen.length);
    end_of_answers();
    close(connection);
    if (!gone)
        close(client);
    close(listener);
}

void ask_ends(int domain)
{
    for (enum deed deed = 0; deed < DEEDS; deed++)
        if (domain != AF_UNIX || (deed != RESET && deed != SEND_AND_RESET))
            ask_deed(domain, deed);
    if (domain != AF_UNIX)
        return;
    ask_name(false);
    ask_name(true);
}
