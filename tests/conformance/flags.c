/* What a descriptor can have that accept may pass on. */
#include <fcntl.h>
#include <unistd.h>

#include "conform.h"

void set_nonblock(int fd)
{
    add_flag(fd, O_NONBLOCK);
}

bool has_nonblock(int fd)
{
    return fcntl(fd, F_GETFL) & O_NONBLOCK;
}

void set_async(int fd)
{
    add_flag(fd, O_ASYNC);
}

bool has_async(int fd)
{
    return fcntl(fd, F_GETFL) & O_ASYNC;
}

void set_owner(int fd)
{
    fcntl(fd, F_SETOWN, getpid());
}

bool has_owner(int fd)
{
    return fcntl(fd, F_GETOWN) == getpid();
}
