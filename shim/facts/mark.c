#include "mark.h"
#include "option.h"

#include <sys/socket.h>

int facts_mark(int fd)
{
    int value = 0;
    socklen_t length = sizeof value;
    if (option_get(fd, SOL_SOCKET, SO_INCOMING_CPU, &value, &length) != 0)
        return 0;
    int bits = value & MARK_BITS;
    return value == MARK_VALUE(bits) ? bits : 0;
}
