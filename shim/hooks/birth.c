#include "birth.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../profile/profile.h"
#include "hooks.h"

#include "careful.h"

static_assert(CALL_COUNT <= CALL_NAMES && KEY_COUNT <= KEY_NAMES, "the header has a place for each name");
static_assert(KEY_FULL_ROOM <= KEY_NAME_SIZE, "and for all of it");

/* As the header has them, so that a process that joins a ring compares them at a stretch. */
static const char call_names[CALL_COUNT][CALL_NAME_SIZE] = {
    [CALL_start] = "start",
#define HOOK(result, name, parameters, arguments, by_system_call) [CALL_##name] = #name,
#include "hooks.def"
};

static const char key_names[KEY_COUNT][KEY_NAME_SIZE] = {
#define KEY(section, name, kind, legal, initial, native, help, advice) [KEY_##section##_##name] = #section "." #name,
#include "../profile/keys.def"
};

/* A ring that another version of the library made names other calls and keys by our numbers. */
static bool names_agree(const struct ring_header *header, const struct ring_birth *birth)
{
    return header->calls == birth->calls && header->keys == birth->keys &&
           memcmp(header->call_names, call_names, sizeof call_names) == 0 &&
           memcmp(header->key_names, key_names, sizeof key_names) == 0;
}

int birth_open(struct ring *ring, const char *path, struct ring_birth birth)
{
    const char *calls[CALL_COUNT], *keys[KEY_COUNT];
    for (int call = 0; call < CALL_COUNT; call++)
        calls[call] = call_names[call];
    for (int key = 0; key < KEY_COUNT; key++)
        keys[key] = key_names[key];
    birth.call_names = calls;
    birth.key_names = keys;
    birth.calls = CALL_COUNT;
    birth.keys = KEY_COUNT;
    int error = ring_open(ring, path, &birth);
    if (error || names_agree(ring->header, &birth))
        return error;
    ring_close(ring);
    return EEXIST;
}
