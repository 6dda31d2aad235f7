#include "mark_write.h"

#include <errno.h>
#include <string.h>

#include "facts.h"
#include "listener.h"
#include "option.h"

#include "async_safe.h"

static int store(int fd, int bits)
{
    int value = mark_value(bits);
    return option_set(fd, SOL_SOCKET, SO_INCOMING_CPU, &value, sizeof value);
}

void mark_change(int fd, int cleared, int set)
{
    int saved = errno;
    store(fd, (facts_mark(fd) & ~cleared) | set);
    if (set & MARK_OF_ACCEPT)
        plain_end(fd);
    errno = saved;
}

int mark_set_cpu(int fd, const void *value, socklen_t length)
{
    int saved = errno, bits = facts_mark(fd), cpu;
    bool readable = length >= sizeof cpu && facts_readable(value, sizeof cpu);
    errno = saved;
    if (!(bits & ~MARK_CPU) || !readable)
        return option_set(fd, SOL_SOCKET, SO_INCOMING_CPU, value, length);
    memcpy(&cpu, value, sizeof cpu);
    return store(fd, mark_with_cpu(bits, cpu));
}

/* A shorter one than an int is cut by the kernel: what is left of it says nothing of the rest. */
void mark_give_cpu(int fd, void *value, socklen_t length)
{
    int saved = errno, number, bits;
    if (length < sizeof number) {
        bits = facts_mark(fd);
    } else {
        memcpy(&number, value, sizeof number);
        bits = mark_bits(number);
    }
    int cpu = mark_cpu(bits);
    if (bits & ~MARK_CPU)
        memcpy(value, &cpu, length < sizeof cpu ? length : sizeof cpu);
    errno = saved;
}
