#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "facts.h"
#include "system.h"

#define WORD_SIZE 8

/*
 * The kernel reads a signal set of 8 bytes before it looks at `how`, which is none of its three: so EFAULT
 * means that the bytes cannot be read, and EINVAL that they can. An aligned word never crosses a page.
 */
static bool word_readable(uintptr_t address)
{
    address &= ~(uintptr_t)(WORD_SIZE - 1);
    return system_call(SYS_rt_sigprocmask, -1, address, NULL, WORD_SIZE) == -1 && errno == EINVAL;
}

/* Not in the headers of glibc before 2.35. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static bool page_populates(const char *memory)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    return madvise((char *)memory - ((uintptr_t)memory & (size - 1)), size, MADV_POPULATE_WRITE) == 0;
}

bool facts_writable(const void *memory, size_t size)
{
    const char *first = memory;
    char own = 0;
    if (size == 0 || (page_populates(first) && page_populates(first + size - 1)))
        return true;
    return !page_populates(&own);
}

bool facts_readable(const void *memory, size_t size)
{
    uintptr_t first = (uintptr_t)memory;
    return size == 0 || (word_readable(first) && word_readable(first + size - 1));
}
