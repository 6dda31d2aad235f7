#include "provoke.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>

#include "../kernel/facts.h"
#include "../profile/loader/provoke.h"
#include "../rules/provoke.h"
#include "real.h"
#include "warn.h"

#include "../kernel/async_safe.h"

static struct provocations provocations;
static _Atomic uint64_t counts[CALL_COUNT];

void provoke_keep(void)
{
    for (int call = 0; call < CALL_COUNT; call++)
        guest.profile.needs.phases[call] &= (uint8_t)~NEEDS_PROVOKED;
    for (int i = 0; i < provocations.count; i++) {
        uint8_t call = provocations.of[i].call;
        guest.profile.needs.phases[call] |= NEEDS_PROVOKED;
        if (call == CALL_accept)
            guest.profile.needs.phases[CALL_accept4] |= NEEDS_PROVOKED;
    }
}

void provoke_set(const struct provocations *all)
{
    provocations = *all;
    for (int call = 0; call < CALL_COUNT; call++)
        atomic_store_explicit(&counts[call], 0, memory_order_relaxed);
    provoke_keep();
}

void provoke_start(const char *setting)
{
    struct diagnostics diagnostics = {0};
    if (!setting || !*setting)
        return;
    if (!provoke_load(&provocations, setting, &guest.profile, guest.profile_name, &diagnostics)) {
        warn("%s; nothing is provoked", diagnostics.first);
        provocations.count = 0;
        return;
    }
    provoke_keep();
}

static bool can_happen(enum call call, int error, int fd)
{
    int type = 0;
    socklen_t size = sizeof type;
    if (!provoked_needs_socket(call, error))
        return true;
    struct provoked_socket it = {.waits = !(facts_flags(fd) & O_NONBLOCK),
                                 .times_out = call == CALL_accept && facts_receive_timeout(fd) >= 0,
                                 .stream =
                                     real.getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type != SOCK_DGRAM};
    return provoked_can_happen(call, error, &it);
}

int provoke_count(enum call call, int fd)
{
    int saved = errno;
    enum call kind = call == CALL_accept4 ? CALL_accept : call;
    uint64_t number = atomic_fetch_add_explicit(&counts[kind], 1, memory_order_relaxed) + 1;
    int error = provoked_error(&provocations, kind, number);
    if (error && !can_happen(kind, error, fd))
        error = 0;
    errno = saved;
    return error;
}
