/*
 * An AF_UNIX server that listens twice, with the two backlogs of its arguments, and sets an option that means nothing
 * to AF_UNIX. With two backlogs that differ the second listen is a mistake.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    socklen_t length = offsetof(struct sockaddr_un, sun_path) + 18;
    const int on = 1;
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(where.sun_path + 1, sizeof where.sun_path - 1, "listenas-%08x", (unsigned int)getpid());
    if (count != 3 || bind(listener, (struct sockaddr *)&where, length) != 0)
        return 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (listen(listener, atoi(arguments[1])) != 0)
        return 1;
    if (listen(listener, atoi(arguments[2])) != 0)
        return 1;
    if (connect(client, (struct sockaddr *)&where, length) != 0)
        return 1;
    return accept(listener, NULL, NULL) < 0;
}
