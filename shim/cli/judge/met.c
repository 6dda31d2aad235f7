#include "met.h"

/* accept4 meets the keys of accept. */
static bool is_call(const struct judged_call *call, unsigned int name)
{
    return call->call == name || (call->call == CALL_accept4 && name == CALL_accept);
}

static bool meets(const struct judged_call *call, const struct key_act *act)
{
    struct needs needs = {0};
    if (!is_call(call, act->call))
        return false;
    if (!(act->phases & 1u << PHASE_FAILED))
        return true;
    needs_add_any(&needs, (const struct key_act[KEY_ACTS]){*act});
    return needs_after(&needs, call->call, call->seen.error);
}

static bool is_met(const struct judged_call *calls, size_t count, const struct key_row *row)
{
    for (int i = 0; i < KEY_ACTS && row->at[i].phases; i++)
        for (size_t j = 0; j < count; j++)
            if (meets(&calls[j], &row->at[i]))
                return true;
    return false;
}

void keys_met(const struct judged_call *calls, size_t count, bool met[KEY_COUNT])
{
    for (enum key key = KEY_NONE; key < KEY_COUNT; key++)
        met[key] = is_met(calls, count, &key_rows[key]);
}
