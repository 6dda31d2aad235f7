#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

#include "../kernel/system.h"
#include "../libc/libdl.h"
#include "real.h"

#define HOOK(result, name, parameters, arguments, by_system_call)                                                      \
    static result system_##name parameters                                                                             \
    {                                                                                                                  \
        return (result)by_system_call;                                                                                 \
    }
#include "../profile/calls.def"

struct real real = {
#define HOOK(result, name, parameters, arguments, by_system_call) .name = system_##name,
#include "../profile/calls.def"
};

long (*syscall_next)(long number, ...) = system_call;
bool syscall_others_follow;

static void nothing(void)
{
}

void (*real_testcancel)(void) = nothing;

/* POSIX lets dlsym's object pointer stand for a function; ISO C wants the bytes copied. */
static void resolve(const char *name, void *pointer)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    if (symbol)
        memcpy(pointer, &symbol, sizeof symbol);
}

/* Where a loaded file lies in memory: the one with the byte at `address`. */
struct module_range {
    uintptr_t address, low, high;
};

static int find_range(struct dl_phdr_info *info, size_t size, void *context)
{
    struct module_range *range = context;
    uintptr_t low = UINTPTR_MAX, high = 0;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + header->p_vaddr;
        if (header->p_type != PT_LOAD)
            continue;
        low = start < low ? start : low;
        high = start + header->p_memsz > high ? start + header->p_memsz : high;
    }
    if (range->address < low || range->address >= high)
        return 0;
    range->low = low;
    range->high = high;
    return 1;
}

static bool is_within(const struct module_range *range, const void *pointer)
{
    uintptr_t address;
    memcpy(&address, pointer, sizeof address);
    return address >= range->low && address < range->high;
}

/*
 * Whether another library that has calls of ours comes between this one and libc, which is the file with getauxval, and
 * before glibc 2.34 that with pthread_testcancel as well: libpthread has cancellation points of its own. Not by dlopen
 * and dlsym: those take twice as long.
 */
static bool others_follow(void)
{
    struct module_range libc = {.address = (uintptr_t)getauxval}, libpthread = {.address = (uintptr_t)real_testcancel};
    bool all = dl_iterate_phdr(find_range, &libc) != 0;
    if (real_testcancel != nothing && !is_within(&libc, &real_testcancel))
        dl_iterate_phdr(find_range, &libpthread);
#define HOOK(result, name, parameters, arguments, by_system_call)                                                      \
    all = all && (is_within(&libc, &real.name) || is_within(&libpthread, &real.name));
#include "../profile/calls.def"
    return !all;
}

bool real_resolve(void)
{
    if (!libdl_is_there())
        return false;
#define HOOK(result, name, parameters, arguments, by_system_call) resolve(#name, &real.name);
#include "../profile/calls.def"
    resolve("syscall", &syscall_next);
    resolve("pthread_testcancel", &real_testcancel);
    syscall_others_follow = others_follow();
    return true;
}
