#include <dlfcn.h>
#include <string.h>

#include "../facts/system.h"
#include "hooks.h"

#define HOOK(result, name, parameters, arguments, by_system_call)                                                      \
    static result system_##name parameters                                                                             \
    {                                                                                                                  \
        return (result)by_system_call;                                                                                 \
    }
#include "hooks.def"

struct real real = {
#define HOOK(result, name, parameters, arguments, by_system_call) .name = system_##name,
#include "hooks.def"
};

/* POSIX lets dlsym's object pointer stand for a function; ISO C wants the bytes copied. */
static void resolve(const char *name, void *pointer)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    if (symbol)
        memcpy(pointer, &symbol, sizeof symbol);
}

void real_resolve(void)
{
#define HOOK(result, name, parameters, arguments, by_system_call) resolve(#name, &real.name);
#include "hooks.def"
}
