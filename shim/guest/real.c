#include <stdbool.h>
#include <string.h>

#include "../kernel/system.h"
#include "../libc/libdl.h"
#include "real.h"

/* glibc's file; musl takes any name that begins with "libc." for itself, so a library built for either finds both. */
#if __has_include(<gnu/lib-names.h>)
#include <gnu/lib-names.h>
#else
#define LIBC_SO "libc.so.6"
#endif

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

/* Whether libc itself has this call, at this address. The libpthread of an old glibc counts as another library. */
static bool is_of_libc(void *libc, const char *name, const void *pointer)
{
    void *symbol = dlsym(libc, name);
    return symbol && memcmp(pointer, &symbol, sizeof symbol) == 0;
}

/* Whether another library that has calls of ours comes between this one and libc. */
static bool others_follow(void)
{
    void *libc = dlopen(LIBC_SO, RTLD_LAZY | RTLD_NOLOAD);
    bool all = libc;
#define HOOK(result, name, parameters, arguments, by_system_call) all = all && is_of_libc(libc, #name, &real.name);
#include "../profile/calls.def"
    if (libc)
        dlclose(libc);
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
