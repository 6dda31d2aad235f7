/* What a library of Debian 13 calls, and the C library of an older cross compiler does not have yet. */
#include <stdlib.h>

unsigned long __isoc23_strtoul(const char *text, char **end, int base);
long __isoc23_strtol(const char *text, char **end, int base);

unsigned long __isoc23_strtoul(const char *text, char **end, int base)
{
    return strtoul(text, end, base);
}

long __isoc23_strtol(const char *text, char **end, int base)
{
    return strtol(text, end, base);
}
