/*
 * Where ring files are: the user's runtime directory if there is one, else /dev/shm.
 */
#ifndef LISTENAS_RING_PLACE_H
#define LISTENAS_RING_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "ring.h"

struct ring_place {
    bool off;
    bool named;      /* the setting named the file itself, as that of a server's child does */
    bool exists;     /* and something is there */
    bool is_clamped; /* the setting's size is beyond what a ring can have, and the nearest was taken */
    bool isolated;   /* the setting says that the program has a network of its own, as its launcher told */
    uint32_t slots;
    char path[RING_PATH_MAX];
};

/* Bytes of a setting that names a file, with its NUL. */
#define RING_SETTING_MAX (RING_PATH_MAX + 32)

/* The bytes of a ring with so many slots, at most. */
uint64_t ring_size(uint32_t slots);

/* The sizes in bytes that a ring can have, at least and at most. */
uint64_t ring_size_least(void);
uint64_t ring_size_most(void);

/*
 * Writes the setting that names this very file to `text`, RING_SETTING_MAX bytes: "PATH", then ",SIZE" where that is
 * not the usual one, and ",isolated". Returns `text`.
 */
char *ring_place_setting(const struct ring_place *place, char *text);

/*
 * Reads LISTENAS_RING (`setting`, NULL if unset): "off"; a size in bytes such as 65536, 64K or 2M; a directory; or
 * the path of the file itself, as a server's children get it, which ends in ".ring" if the file does not exist yet. A
 * path may be followed by a comma and a size, and by ",isolated".
 * Otherwise the name is "listenas-PROGRAM-PID-BORN.ring" with the time `born_ns` in hex, because process numbers are
 * used again, and containers that share a directory have the same ones. Returns NULL, or a description of what is
 * wrong with the setting.
 */
const char *ring_place(const char *setting, const char *program, uint32_t pid, uint64_t born_ns,
                       struct ring_place *place);

/* The default directory for rings; static memory, or the environment's. */
const char *ring_directory(void);

#endif
