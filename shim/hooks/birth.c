#include "birth.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../profile/profile.h"
#include "hooks.h"

#include "careful.h"

/* As the header has them. */
static const char call_names[CALL_COUNT][CALL_NAME_SIZE] = {
    [CALL_start] = "start",
#define HOOK(result, name, parameters, arguments, by_system_call) [CALL_##name] = #name,
#include "hooks.def"
};

/* A ring that another version of the library made names other calls and keys by our numbers. */
static bool names_agree(const struct ring_header *header, const struct ring_birth *birth)
{
    if (header->calls != birth->calls || header->keys != birth->keys)
        return false;
    for (uint32_t i = 0; i < birth->calls; i++)
        if (strncmp(header->call_names[i], birth->call_names[i], CALL_NAME_SIZE) != 0)
            return false;
    for (uint32_t i = 0; i < birth->keys; i++)
        if (strncmp(header->key_names[i], birth->key_names[i], KEY_NAME_SIZE) != 0)
            return false;
    return true;
}

int birth_open(struct ring *ring, const char *path, struct ring_birth birth)
{
    const char *calls[CALL_COUNT], *key_names[KEY_COUNT];
    for (int call = 0; call < CALL_COUNT; call++)
        calls[call] = call_names[call];
    for (int key = 0; key < KEY_COUNT; key++)
        key_names[key] = key_rows[key].full;
    birth.call_names = calls;
    birth.key_names = key_names;
    birth.calls = CALL_COUNT;
    birth.keys = KEY_COUNT;
    int error = ring_open(ring, path, &birth);
    if (error || names_agree(ring->header, &birth))
        return error;
    ring_close(ring);
    return EEXIST;
}
