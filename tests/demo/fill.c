/*
 * fill PORT CLIENTS: connects that many clients to 127.0.0.1 one after another and prints how many the server's kernel
 * took, refused, and left without an answer for half a second.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define CLIENTS_MOST 900
#define PATIENCE_MS 500

enum outcome { TAKEN, REFUSED, WAITING };

static enum outcome outcome_of(struct pollfd *client, int patience)
{
    int error = 0;
    socklen_t length = sizeof error;
    if (poll(client, 1, patience) == 0)
        return WAITING;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error ? REFUSED : TAKEN;
}

int main(int count, char **arguments)
{
    static struct pollfd clients[CLIENTS_MOST];
    int outcomes[3] = {0}, patience = PATIENCE_MS;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    long number = count == 3 ? strtol(arguments[2], NULL, 10) : 0;
    if (number < 1 || number > CLIENTS_MOST) {
        fprintf(stderr, "usage: fill PORT CLIENTS (at most %d)\n", CLIENTS_MOST);
        return 1;
    }
    server.sin_port = htons((uint16_t)strtoul(arguments[1], NULL, 10));
    for (long i = 0; i < number; i++) {
        clients[i] = (struct pollfd){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), .events = POLLOUT};
        if (connect(clients[i].fd, (struct sockaddr *)&server, sizeof server) != 0 && errno == ECONNREFUSED)
            outcomes[REFUSED]++;
        else
            outcomes[outcome_of(&clients[i], patience)]++;
        /* One that waits shows that the queue is full: the others need no more than a look. */
        patience = outcomes[WAITING] ? 0 : PATIENCE_MS;
    }
    printf("%d %d %d\n", outcomes[TAKEN], outcomes[REFUSED], outcomes[WAITING]);
    return 0;
}
