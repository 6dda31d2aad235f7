/* A TCP server with mistakes that Linux forgives. Each line with one ends in "mistake: KEY". */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int make_listener(struct sockaddr_storage *where)
{
    struct sockaddr_in *in = (struct sockaddr_in *)where;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    in->sin_family = AF_INET;
    in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)where, sizeof *where) != 0) /* mistake: bind.long_address */
        return -1;
    if (listen(fd, 1024) != 0) /* mistake: listen.capacity_tcp */
        return -1;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static int serve(int listener)
{
    char byte;
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    poll(&wait, 1, 5000);
    int connection = accept(listener, NULL, NULL); /* mistake: accept.inherit_nonblock */
    return connection < 0 || read(connection, &byte, 1) != 1;
}

int main(void)
{
    struct sockaddr_storage where = {0};
    socklen_t length = sizeof(struct sockaddr_in);
    int listener = make_listener(&where);
    if (listener < 0 || getsockname(listener, (struct sockaddr *)&where, &length) != 0)
        return 1;
    if (fork() == 0) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        _exit(connect(client, (struct sockaddr *)&where, length) != 0 || write(client, "x", 1) != 1);
    }
    return serve(listener);
}
