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
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

static uintptr_t page_of(const char *memory)
{
    return (uintptr_t)memory & ~(uintptr_t)(sysconf(_SC_PAGESIZE) - 1);
}

/* Whether the page that holds this byte can be read, or written: the kernel brings it in to find out. */
static bool page_populates(const char *memory, int how)
{
    return system_call(SYS_madvise, page_of(memory), sysconf(_SC_PAGESIZE), how) == 0;
}

bool facts_writable(const void *memory, size_t size)
{
    const char *first = memory;
    char own = 0;
    if (size == 0 ||
        (page_populates(first, MADV_POPULATE_WRITE) && page_populates(first + size - 1, MADV_POPULATE_WRITE)))
        return true;
    return !page_populates(&own, MADV_POPULATE_WRITE);
}

/* Whether both bytes can be read; -1 if the kernel cannot tell by their pages. */
static int pages_readable(const char *first, const char *last)
{
    if (!page_populates(first, MADV_POPULATE_READ) ||
        (page_of(first) != page_of(last) && !page_populates(last, MADV_POPULATE_READ)))
        return errno == EFAULT || errno == ENOMEM ? 0 : -1;
    return page_populates(NULL, MADV_POPULATE_READ) ? -1 : 1; /* an emulator takes any advice, for any page */
}

/*
 * By the pages first: of a signal set that the program has not written valgrind complains. A kernel before 5.14 does
 * not know that advice.
 */
bool facts_readable(const void *memory, size_t size)
{
    const char *first = memory, *last = first + size - 1;
    int known = size == 0 ? 1 : pages_readable(first, last);
    return known >= 0 ? known : word_readable((uintptr_t)first) && word_readable((uintptr_t)last);
}
