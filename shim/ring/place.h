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
    bool named;  /* the setting named the file itself, as that of a server's child does */
    bool exists; /* and something is there */
    uint32_t slots;
    char path[RING_PATH_MAX];
};

/*
 * Reads what LISTENAS_RING says (`setting`, NULL if unset): "off"; a size in bytes such as 65536, 64K or 2M; a
 * directory; or the path of the file itself, as a server's children get it, which ends in ".ring" if it is not there
 * yet. Where it says none, the file's name is "listenas-PROGRAM-PID-BORN.ring" with `born_ns`, the time, in hex:
 * numbers of processes come again, and containers that share a directory have the same. Returns NULL, or what is wrong
 * with the setting, in words.
 */
const char *ring_place(const char *setting, const char *program, uint32_t pid, uint64_t born_ns,
                       struct ring_place *place);

/* The directory for rings where the setting names none; static memory or the environment's. */
const char *ring_directory(void);

#endif
