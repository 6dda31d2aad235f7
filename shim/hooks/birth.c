#include "birth.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../profile/profile.h"
#include "hooks.h"

#include "careful.h"

/* Their numbers in a record stand for names in the ring's header. */
static_assert(KEY_COUNT <= KEY_NAMES_MOST && CALL_COUNT <= CALL_NAMES, "every call and key has its place in a ring");
static_assert(KEY_COUNT <= UINT16_MAX && CALL_COUNT <= UINT16_MAX, "a record holds their numbers in 16 bits");
static_assert(sizeof(struct ring_header) + KEY_COUNT * KEY_NAME_SIZE <= 16384, "a ring fits into the size asked for");
#define KEY(section, name, kind, help, advice, ...)                                                                    \
    static_assert(sizeof(#section "." #name) <= KEY_NAME_SIZE, #section "." #name " is too long for a ring");
#include "../profile/keys.def"
#define HOOK(result, name, parameters, arguments, by_system_call)                                                      \
    static_assert(sizeof(#name) <= CALL_NAME_SIZE, #name " is too long for a ring");
#include "hooks.def"

static const char *const call_names[CALL_COUNT] = {
    [CALL_start] = "start",
#define HOOK(result, name, parameters, arguments, by_system_call) [CALL_##name] = #name,
#include "hooks.def"
};

/* A ring that another version of the library made names other calls and keys by our numbers. */
static bool names_agree(const struct ring *ring, const struct ring_birth *birth)
{
    const struct ring_header *header = ring->header;
    if (header->calls != birth->calls || header->keys != birth->keys || header->calls > CALL_NAMES ||
        header->keys > ring->keys)
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
    const char *key_names[KEY_COUNT];
    for (int key = 0; key < KEY_COUNT; key++)
        key_names[key] = key_rows[key].full;
    birth.call_names = call_names;
    birth.key_names = key_names;
    birth.calls = CALL_COUNT;
    birth.keys = KEY_COUNT;
    int error = ring_open(ring, path, &birth);
    if (error || names_agree(ring, &birth))
        return error;
    ring_close(ring);
    return EEXIST;
}
