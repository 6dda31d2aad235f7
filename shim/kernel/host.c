#include "host.h"

#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "need.h"
#include "system.h"

#include "async_safe.h"

#define PORT_LAST 65535

/* What host_read has read: the number plus 1, and the range as low << 16 | high; 0 before. Threads read the same. */
static _Atomic uint32_t known_max, known_ports;

/* By system call: libc's open, read and close are cancellation points, and listen and bind are none. Returns the
 * length, 0 for none; `text` ends with a NUL. */
static size_t read_setting(const char *path, char *text, size_t size)
{
    int fd = (int)system_call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : system_call(SYS_read, fd, text, size - 1);
    if (fd >= 0)
        system_call(SYS_close, fd);
    text[length > 0 ? length : 0] = '\0';
    return length > 0 ? (size_t)length : 0;
}

/* Reads a decimal number and the blanks after it; -1 if there is none, or it is no int. */
static int take_number(const char **text)
{
    long number = 0;
    const char *first = *text;
    while (**text >= '0' && **text <= '9' && number <= INT_MAX)
        number = number * 10 + (*(*text)++ - '0');
    bool any = *text > first && number <= INT_MAX;
    while (**text == ' ' || **text == '\t')
        (*text)++;
    return any ? (int)number : -1;
}

static int read_max(void)
{
    char digits[16];
    const char *text = digits;
    size_t length = read_setting("/proc/sys/net/core/somaxconn", digits, sizeof digits);
    int value = length > 0 ? take_number(&text) : -1;
    return value >= 0 ? value : INT_MAX;
}

static struct port_range read_ports(void)
{
    char digits[32];
    const char *text = digits;
    size_t length = read_setting("/proc/sys/net/ipv4/ip_local_port_range", digits, sizeof digits);
    struct port_range range = {.low = take_number(&text)};
    range.high = take_number(&text);
    return length > 0 && range.low >= 0 && range.high >= range.low ? range : (struct port_range){0};
}

void host_read(unsigned int needs)
{
    if (needs & NEED_KERNEL_MAX)
        known_max = (uint32_t)read_max() + 1;
    if (needs & NEED_PORT_RANGE) {
        struct port_range range = read_ports();
        known_ports = range.high <= PORT_LAST ? (uint32_t)range.low << 16 | (uint32_t)range.high : 0;
    }
}

int facts_kernel_max(void)
{
    uint32_t max = known_max;
    return max ? (int)(max - 1) : read_max();
}

struct port_range facts_port_range(void)
{
    uint32_t ports = known_ports;
    if (!ports)
        return read_ports();
    return (struct port_range){.low = (int)(ports >> 16), .high = (int)(ports & PORT_LAST)};
}
