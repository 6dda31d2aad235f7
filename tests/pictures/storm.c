/*
 * A slow server and its clients, for pictures of what listenas tells: storm SECONDS. Clients come in waves, more of
 * them than the server serves; each waits for its answer for a second.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000
#define WORK_MS 9
#define CLIENTS_MOST 256
#define PATIENCE_MS 1000

struct client {
    int fd; /* -1: none */
    int64_t since_ms;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / MS;
}

static void wait_ms(long ms)
{
    const struct timespec time = {.tv_nsec = ms * MS};
    nanosleep(&time, NULL);
}

/* Milliseconds to the next client, long and short in turns; the same in each run. */
static long pause_at(int64_t ms)
{
    static uint32_t seed = 7;
    static const long mean[] = {25, 22, 14, 8, 6, 8, 16, 26, 30, 24, 12, 9, 7, 5, 8, 18};
    seed = seed * 1664525u + 1013904223u;
    return 1 + (long)((seed >> 16) % (uint32_t)(2 * mean[ms / 600 % (int64_t)(sizeof mean / sizeof *mean)]));
}

static void leave(struct client *clients)
{
    char byte;
    for (struct client *client = clients; client < clients + CLIENTS_MOST; client++) {
        bool is_over = client->fd >= 0 &&
                       (now_ms() - client->since_ms > PATIENCE_MS || recv(client->fd, &byte, 1, MSG_DONTWAIT) == 1);
        if (!is_over)
            continue;
        close(client->fd);
        client->fd = -1;
    }
}

static void come(struct client *clients, const struct sockaddr_in *address)
{
    for (struct client *client = clients; client < clients + CLIENTS_MOST; client++) {
        if (client->fd >= 0)
            continue;
        client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        client->since_ms = now_ms();
        (void)!connect(client->fd, (const struct sockaddr *)address, sizeof *address);
        return;
    }
}

static void be_clients(const struct sockaddr_in *address, int64_t until_ms)
{
    static struct client clients[CLIENTS_MOST];
    const int64_t start = now_ms();
    for (int i = 0; i < CLIENTS_MOST; i++)
        clients[i].fd = -1;
    while (now_ms() < until_ms) {
        come(clients, address);
        leave(clients);
        wait_ms(pause_at(now_ms() - start));
    }
}

static void be_server(int listener, int64_t until_ms)
{
    while (now_ms() < until_ms) {
        if (poll(&(struct pollfd){.fd = listener, .events = POLLIN}, 1, 100) != 1)
            continue;
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            continue;
        wait_ms(WORK_MS);
        (void)!send(connection, "!", 1, MSG_NOSIGNAL);
        close(connection);
    }
}

int main(int count, char **arguments)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    const int64_t until = now_ms() + 1000 * (count > 1 ? atoi(arguments[1]) : 10);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 5) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return 1;
    pid_t clients = fork();
    if (clients == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        be_clients(&address, until);
        _exit(0);
    }
    be_server(listener, until);
    waitpid(clients, NULL, 0);
    return 0;
}
