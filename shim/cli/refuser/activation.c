#include "activation.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../refuser/requests.h"
#include "../cli.h"

#define FIRST 3

static long number_of(const char *name)
{
    const char *value = getenv(name);
    return value ? strtol(value, NULL, 10) : -1;
}

static int option_of(int fd, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

static bool is_for_requests(int fd)
{
    return option_of(fd, SO_DOMAIN) == AF_UNIX && option_of(fd, SO_TYPE) == SOCK_SEQPACKET &&
           option_of(fd, SO_ACCEPTCONN) == 1;
}

int activation_socket(void)
{
    const int no = 0;
    long count = number_of("LISTEN_FDS");
    bool is_ours = number_of("LISTEN_PID") == getpid();
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (!is_ours || count < 1)
        return -1;
    if (count > 1 || !is_for_requests(FIRST)) {
        say("LISTEN_FDS=%ld: expected one socket, of ListenSequentialPacket=", count);
        return -2;
    }
    fcntl(FIRST, F_SETFD, FD_CLOEXEC);
    fcntl(FIRST, F_SETFL, O_NONBLOCK);
    setsockopt(FIRST, SOL_SOCKET, SO_PASSRIGHTS, &no, sizeof no);
    return FIRST;
}
