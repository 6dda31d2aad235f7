#include "mark.h"
#include "option.h"

#include <limits.h>
#include <sys/socket.h>

int mark_cpu(int bits)
{
    return (bits & MARK_CPU) / MARK_CPU_ONE - 1;
}

int mark_with_cpu(int bits, int cpu)
{
    int others = bits & ~MARK_CPU;
    return cpu >= 0 && cpu <= MARK_CPU_MOST ? others | (cpu + 1) * MARK_CPU_ONE : others;
}

int mark_value(int bits)
{
    return bits & ~MARK_CPU ? INT_MIN | bits : mark_cpu(bits);
}

int mark_bits(int value)
{
    int bits = value & INT_MAX;
    if (value >= 0)
        return mark_with_cpu(0, value);
    return mark_cpu(bits) <= MARK_CPU_MOST ? bits : 0;
}

int facts_mark(int fd)
{
    int value = -1;
    socklen_t length = sizeof value;
    return option_get(fd, SOL_SOCKET, SO_INCOMING_CPU, &value, &length) == 0 ? mark_bits(value) : 0;
}
