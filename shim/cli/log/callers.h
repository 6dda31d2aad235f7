/*
 * Where calls come from, for the printers: the sites of a ring with the names of what lies there.
 */
#ifndef LISTENAS_CLI_LOG_CALLERS_H
#define LISTENAS_CLI_LOG_CALLERS_H

#include "../../ring/sites.h"
#include "../symbols/symbols.h"

struct caller_frame {
    struct place place;
    const struct module *module; /* NULL if it is not known */
    struct symbol symbol;        /* empty if it is not known */
};

struct caller {
    size_t count; /* of frames, the innermost first */
    struct caller_frame frames[SITE_FRAMES];
    bool is_told; /* for the printers: whether the stack has been shown */
};

/* What is known of one ring's sites and modules, indexed by number. All zero to begin with, and private. */
struct callers {
    struct caller **sites;
    struct module **modules;
    uint32_t sites_count, modules_count;
};

/*
 * The caller of a record by its site's number; resolved once and kept. NULL if the ring does not have it. A site
 * that is completed later is found then.
 */
struct caller *caller_of(struct callers *callers, const struct ring *ring, uint32_t site);

/* Frees all that caller_of has kept of the ring; the pointers that it returned become invalid. */
void callers_forget(struct callers *callers);

#endif
