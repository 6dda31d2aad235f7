/* A preloaded library whose syscall() nobody survives. */
#include <stdlib.h>
#include <unistd.h>

long syscall(long number, ...)
{
    static const char word[] = "hostile: syscall() was called\n";
    (void)number;
    if (write(STDERR_FILENO, word, sizeof word - 1) < 0)
        _exit(1);
    abort();
}
