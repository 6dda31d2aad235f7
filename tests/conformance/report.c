#include <errno.h>
#include <stdio.h>

#include "conform.h"

void set_errno(int error)
{
    errno = error;
}

int report(const char *name, int result)
{
    int error = errno;
    if (result >= 0)
        printf("%s = ok%s\n", name, error == UNTOUCHED ? "" : ", but errno was touched");
    else
        printf("%s = %s\n", name, error_name(error));
    fflush(stdout);
    return result;
}

void report_number(const char *name, long number)
{
    printf("%s = %ld\n", name, number);
    fflush(stdout);
}

void report_word(const char *name, const char *word)
{
    printf("%s = %s\n", name, word);
    fflush(stdout);
}
