/* An AF_UNIX server with mistakes that Linux forgives. Each line with one ends in "mistake: KEY". */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX, .sun_path = "\0listenas-lint-test"}, peer;
    const struct timeval limit = {.tv_sec = 5};
    socklen_t length = offsetof(struct sockaddr_un, sun_path) + 19, room = sizeof peer;
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(where.sun_path + 1, sizeof where.sun_path - 1, "listenas-%08x", (unsigned int)getpid());
    if (bind(listener, (struct sockaddr *)&where, length) != 0) /* mistake: bind.unix_abstract */
        return 1;
    setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (listen(listener, 0) != 0) /* mistake: listen.backlog_zero */
        return 1;
    if (connect(client, (struct sockaddr *)&where, length) != 0) /* mistake: connect.unix_abstract */
        return 1;
    int connection = accept(listener, (struct sockaddr *)&peer, &room); /* mistake: accept.inherit_timeouts_unix */
    if (connection < 0 || room != sizeof peer.sun_family)
        return 1;
    shutdown(listener, SHUT_RDWR); /* mistake: shutdown.listener_unix */
    return 0;
}
