/*
 * The tables of modules and of sites: which code calls from where.
 *
 * Both are hash tables with open addressing that only grow: an entry is claimed once, written once and never changed,
 * so a reader needs no more than to see that it is ready. For an entry E:
 *
 *     S1  E.identity <- mine, by compare-and-swap from 0     whoever looks for the same finds E from now on
 *     S2  the rest of E                                      relaxed
 *     S3  E.ready <- 1 or more                               release, pairs with S4
 *     S4  reader: E.ready                                    acquire: not 0 means that all of E is there
 *
 * Two writers of the same identity would write the same, frames apart: so one that finds E claimed but not ready,
 * because the first is about to write or died before S3, writes it as well, without frames. A death between S1 and S3
 * leaves an entry that the next to look for it completes.
 */
#ifndef LISTENAS_RING_SITES_H
#define LISTENAS_RING_SITES_H

#include <stdbool.h>
#include <stddef.h>

#include "ring.h"

/* --- writing: all of it wait-free, and fit for a signal handler --- */

/* A module as the dynamic loader knows it. */
struct module_seen {
    const char *path;
    size_t path_length;
    const uint8_t *build_id; /* build_id_size bytes, MODULE_BUILD_ID at most */
    size_t build_id_size;
};

/* The module's index plus 1, having written it if it is new; 0 if there is no place for it. */
uint32_t ring_module_index(const struct ring *ring, const struct module_seen *module, uint64_t now_ns);

/* The place of an offset into a module: `module` is its index plus 1, or 0 and `offset` an address. */
static inline uint64_t ring_place_of(uint32_t module, uint64_t offset)
{
    return (uint64_t)module << PLACE_OFFSET_BITS | (offset & PLACE_OFFSET);
}

struct site_seen {
    uint64_t place; /* of the return address */
    uint32_t pid;
    uint16_t call;
    uint64_t now_ns;
};

/*
 * The site's index plus 1, 0 if there is no place for it. `is_new`: the caller is the first, and is to call
 * ring_site_write.
 */
uint32_t ring_site_index(const struct ring *ring, const struct site_seen *site, bool *is_new);

/* Completes a new site with the places of `count` return addresses, SITE_FRAMES at most; the first is `site->place`. */
void ring_site_write(const struct ring *ring, uint32_t index, const struct site_seen *site, const uint64_t *places,
                     size_t count);

/* --- reading: whatever the file holds --- */

struct place {
    uint32_t module; /* index plus 1, for ring_module; 0: not known, and `offset` is an address in the process */
    uint64_t offset; /* of a return address: it is the byte before that belongs to the call */
};

struct site {
    uint32_t pid; /* of the process that called first */
    uint16_t call;
    uint64_t seen_ns;
    size_t count; /* of frames, 1 at least */
    struct place frames[SITE_FRAMES];
};

/* The site by the number in a record; false for 0, and for one that is not there or not complete. */
bool ring_site(const struct ring *ring, uint32_t number, struct site *site);

struct module {
    bool path_is_cut; /* its beginning is missing */
    char path[MODULE_PATH + 1];
    uint8_t build_id[MODULE_BUILD_ID];
    size_t build_id_size; /* 0 if it has none */
    uint64_t seen_ns;
};

/* The module by the number in a place; false for 0, and for one that is not there or not complete. */
bool ring_module(const struct ring *ring, uint32_t number, struct module *module);

#endif
