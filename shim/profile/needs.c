#include "needs.h"

#include <errno.h>
#include <stddef.h>

static void add_act(struct needs *needs, enum call call, const struct key_act *act)
{
    needs->phases[call] = (uint8_t)(needs->phases[call] | act->phases);
    needs->errors[call] |= act->errors;
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        if (act->phases & 1u << phase)
            needs->facts[call][phase] |= act->facts;
    needs->all |= act->facts;
}

static void add(struct needs *needs, const struct key_act *act)
{
    add_act(needs, (enum call)act->call, act);
    if (act->call == CALL_accept)
        add_act(needs, CALL_accept4, act);
}

void needs_add(struct needs *needs, const struct key_act acts[KEY_ACTS], enum word word)
{
    for (int i = 0; i < KEY_ACTS && acts[i].phases; i++)
        if (!acts[i].only || acts[i].only == word)
            add(needs, &acts[i]);
}

void needs_add_any(struct needs *needs, const struct key_act acts[KEY_ACTS])
{
    for (int i = 0; i < KEY_ACTS && acts[i].phases; i++)
        add(needs, &acts[i]);
}

static unsigned int bit_of(int error)
{
    static const struct {
        uint16_t error, bit;
    } bits[] = {
        {EAGAIN, ON_EAGAIN},
        {EINTR, ON_EAGAIN},
        {EINVAL, ON_EINVAL},
        {EOPNOTSUPP, ON_EOPNOTSUPP},
        {EMFILE, ON_EMFILE},
        {ENFILE, ON_EMFILE},
        {EADDRINUSE, ON_EADDRINUSE},
        {EBADF, ON_EBADF},
        {EACCES, ON_EACCES},
        {ECONNREFUSED, ON_ECONNREFUSED},
        {EISCONN, ON_EISCONN},
        {ENOENT, ON_ENOENT},
        {EAFNOSUPPORT, ON_EAFNOSUPPORT},
        {EINPROGRESS, ON_EINPROGRESS},
        {ESOCKTNOSUPPORT, ON_ESOCKTNOSUPPORT},
        {EPROTONOSUPPORT, ON_EPROTONOSUPPORT},
    };
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (bits[i].error == error)
            return bits[i].bit;
    return 0;
}

bool needs_after(const struct needs *needs, enum call call, int error)
{
    return needs->errors[call] & bit_of(error);
}
