/* A server of two families with mistakes that Linux forgives. Each line with one ends in "mistake: KEY". */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int make_listener(const struct sockaddr_in6 *where)
{
    int on = 1, fd = socket(AF_INET6, SOCK_STREAM, 0);
    socklen_t size = sizeof on;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, &size); /* mistake: socket.option_on */
    if (on != 1)
        return -1;
    return bind(fd, (const struct sockaddr *)where, sizeof *where) == 0 ? fd : -1; /* mistake: socket.v6only */
}

/* A client that goes away before it is accepted. */
static void leave(const struct sockaddr_in6 *where)
{
    const struct linger at_once = {.l_onoff = 1};
    struct sockaddr_in6 target = *where;
    int client = socket(AF_INET6, SOCK_STREAM, 0);
    target.sin6_addr = in6addr_loopback;
    connect(client, (struct sockaddr *)&target, sizeof target);
    setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(client);
}

int main(void)
{
    struct sockaddr_in6 where = {.sin6_family = AF_INET6}, peer;
    struct sockaddr_in other = {.sin_family = AF_INET};
    socklen_t length = sizeof where, room = sizeof peer;
    int listener = make_listener(&where), second = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, "127.0.0.77", &other.sin_addr);
    if (bind(second, (struct sockaddr *)&other, sizeof other) != 0) /* mistake: bind.loopback_net */
        return 1;
    if (listener < 0 || listen(listener, -1) != 0) /* mistake: listen.backlog_negative */
        return 1;
    if (getsockname(listener, (struct sockaddr *)&where, &length) != 0)
        return 1;
    leave(&where);
    int connection = accept(listener, (struct sockaddr *)&peer, &room); /* mistake: accept.reset_queued */
    return connection < 0;
}
