#include "ring_names.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../profile/profile.h"

#include "../kernel/async_safe.h"

/* Their numbers in a record stand for names in the ring's header. */
static_assert(KEY_COUNT <= KEY_NAMES_MOST && RING_CALLS <= CALL_NAMES, "every call and key has its place in a ring");
static_assert(KEY_COUNT <= UINT16_MAX && RING_CALLS <= UINT16_MAX, "a record holds their numbers in 16 bits");
static_assert(sizeof(struct ring_header) + KEY_COUNT * KEY_NAME_SIZE <= 16384, "a ring fits into the size asked for");
#define HOOK(result, name, parameters, arguments, by_system_call)                                                      \
    static_assert(sizeof(#name) <= CALL_NAME_SIZE, #name " is too long for a ring");
#include "../profile/calls.def"
static_assert(KEY_FULL_ROOM <= KEY_NAME_SIZE, "every name of a key has its room in a ring");

/* As the header has them, so that a process that joins a ring compares them at a stretch. */
static const char call_names[RING_CALLS][CALL_NAME_SIZE] = {
    [CALL_QUEUE] = "queue",
    [CALL_USE] = "use",
    [CALL_MARK] = "mark",
    [CALL_start] = "start",
#define HOOK(result, name, parameters, arguments, by_system_call) [CALL_##name] = #name,
#include "../profile/calls.def"
};

static const char key_names[KEY_COUNT][KEY_NAME_SIZE] = {
#define KEY(section, name, kind, help, advice, ...) [KEY_##section##_##name] = #section "." #name,
#include "../profile/keys.def"
};

/* A ring that another version of the library made names other calls and keys by our numbers. */
static bool names_agree(const struct ring *ring, const struct ring_identity *identity)
{
    const struct ring_header *header = ring->header;
    return header->calls == identity->calls && header->keys == identity->keys && header->keys <= ring->keys &&
           memcmp(header->call_names, call_names, sizeof call_names) == 0 &&
           memcmp(header->key_names, key_names, sizeof key_names) == 0;
}

int ring_names_open(struct ring *ring, const char *path, struct ring_identity identity)
{
    const char *calls[RING_CALLS], *keys[KEY_COUNT];
    for (int call = 0; call < RING_CALLS; call++)
        calls[call] = call_names[call];
    for (int key = 0; key < KEY_COUNT; key++)
        keys[key] = key_names[key];
    identity.call_names = calls;
    identity.key_names = keys;
    identity.calls = RING_CALLS;
    identity.keys = KEY_COUNT;
    int error = ring_open(ring, path, &identity);
    if (error || names_agree(ring, &identity))
        return error;
    ring_close(ring);
    return EEXIST;
}
