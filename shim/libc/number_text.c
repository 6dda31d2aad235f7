/* From glibc 2.38 on <stdlib.h> gives strtol and strtoull other names, since C23 reads "0b1" as a number, too. */
#include "libc.h"

#ifdef LIBC_NUMBER_TEXT

long original_strtol(const char *text, char **end, int base) __asm__("strtol");
unsigned long long original_strtoull(const char *text, char **end, int base) __asm__("strtoull");

long __isoc23_strtol(const char *text, char **end, int base);
unsigned long long __isoc23_strtoull(const char *text, char **end, int base);

long __isoc23_strtol(const char *text, char **end, int base)
{
    return original_strtol(text, end, base);
}

unsigned long long __isoc23_strtoull(const char *text, char **end, int base)
{
    return original_strtoull(text, end, base);
}

#endif
