#include "number.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

bool number_read(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
    char *end;
    if (text[0] < '0' || text[0] > '9' || (text[0] == '0' && text[1]))
        return false;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || *end || value < least || value > most)
        return false;
    *number = value;
    return true;
}

bool number_read_pid(const char *text, uint32_t *pid)
{
    uint64_t number;
    if (!number_read(text, 1, INT_MAX, &number))
        return false;
    *pid = (uint32_t)number;
    return true;
}
