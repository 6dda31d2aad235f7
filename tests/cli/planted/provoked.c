/*
 * A server and its client, with a bug planted in how the server takes an error: the first argument says which. Exits
 * with 0 if all three clients are served.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLIENTS 3
#define PATIENCE_MS 4000 /* a client waits longer than it takes to be told stuck */
/* At the end, so that what stays open can be seen: in steps, of which a process that is kept waiting loses one. */
#define REST_STEP_MS 20
#define REST_STEPS 20
#define LEAK_REST_STEPS 60 /* on a busy machine, too */

static const char *bug;
static struct sockaddr_in place = {.sin_family = AF_INET};

static int is(const char *name)
{
    return strcmp(bug, name) == 0;
}

static void rest(int ms)
{
    poll(NULL, 0, ms);
}

/* What the server does after accept failed; returns the descriptor that it goes on with. */
static int take_error(int listener)
{
    if (is("exits"))
        exit(3);
    if (is("spins")) {
        close(listener);
        for (int i = 0; i < 3000; i++)
            accept(listener, NULL, NULL);
        exit(4);
    }
    if (is("stuck"))
        rest(2 * PATIENCE_MS);
    if (is("leaks"))
        for (int i = 0; i < 4; i++)
            dup(listener);
    return listener;
}

static void serve(int listener)
{
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0) {
            listener = take_error(listener);
            continue;
        }
        if (send(connection, "x", 1, MSG_NOSIGNAL) < 0)
            exit(5);
        close(connection);
    }
}

/* Whether it is served. One that is reset tries once more, as a client does. */
static int is_served(int tries)
{
    char byte;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (void *)&place, sizeof place) != 0)
        return 0;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int served = poll(&wait, 1, PATIENCE_MS) == 1 && recv(fd, &byte, 1, 0) == 1;
    int again = !served && errno == ECONNRESET && tries > 1;
    close(fd);
    return served || (again && is_served(tries - 1));
}

int main(int count, char **words)
{
    socklen_t length = sizeof place;
    int served = 0;
    bug = count > 1 ? words[1] : "none";
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (void *)&place, sizeof place) != 0 || listen(listener, 5) != 0 ||
        getsockname(listener, (void *)&place, &length) != 0)
        return 1;
    if (is("broken"))
        return 1;
    pid_t server = fork();
    if (server == 0)
        serve(listener);
    close(listener);
    for (int i = 0; i < CLIENTS; i++)
        served += is_served(2);
    for (int step = 0; step < (is("leaks") ? LEAK_REST_STEPS : REST_STEPS); step++)
        rest(REST_STEP_MS);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    return served == CLIENTS ? 0 : 2;
}
