#include "place.h"

#include <stdio.h>
#include <string.h>

#include "../../ring/sites.h"
#include "../path.h"
#include "../symbols/perfmap.h"
#include "../symbols/symbols.h"

static void put_build_id(const struct module *module, struct place_in_program *place)
{
    for (size_t i = 0; i < module->build_id_size && 2 * i + 2 < sizeof place->build_id; i++)
        snprintf(place->build_id + 2 * i, 3, "%02x", module->build_id[i]);
}

/* What follows the root in a path that is in it, else NULL. */
static const char *inside(const char *path, const char *root)
{
    size_t length = root ? strlen(root) : 0;
    return length && strncmp(path, root, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

/* Returns whether the source is in the root. */
static bool put_symbol(const struct symbol *symbol, const char *root, struct place_in_program *place)
{
    const char *in_root = inside(symbol->file, root);
    snprintf(place->function, sizeof place->function, "%s", symbol->function);
    snprintf(place->file, sizeof place->file, "%s", in_root ? in_root : symbol->file);
    place->line = symbol->line;
    return in_root;
}

/* Code of no module: an interpreter has made it for a function of its program. */
static bool find_made_code(const struct site *site, const char *root, struct place_in_program *place)
{
    struct symbol symbol;
    return perf_map_of(site->pid, place->offset, &symbol) && put_symbol(&symbol, root, place);
}

/*
 * A return address is one past the call: the instruction before it belongs to the calling line. Returns whether its
 * source is in the root.
 */
static bool find_frame(const struct ring *ring, const struct site *site, const struct place *frame, const char *root,
                       struct place_in_program *place)
{
    struct module module;
    struct symbol symbol;
    *place = (struct place_in_program){.offset = frame->offset ? frame->offset - 1 : 0};
    if (!frame->module)
        return find_made_code(site, root, place);
    if (!ring_module(ring, frame->module, &module))
        return false;
    snprintf(place->module, sizeof place->module, "%s", module.path);
    put_build_id(&module, place);
    if (module.path_is_cut || !symbol_of(module.path, module.build_id, module.build_id_size, frame->offset, &symbol))
        return false;
    return put_symbol(&symbol, root, place);
}

void place_find(const struct ring *ring, const struct record *record, const char *program, const char *root,
                struct place_in_program *place)
{
    struct site site;
    (void)program;
    *place = (struct place_in_program){0};
    if (!ring_site(ring, record->site, &site))
        return;
    for (size_t i = 0; i < site.count; i++)
        if (find_frame(ring, &site, &site.frames[i], root, place))
            return;
    find_frame(ring, &site, &site.frames[0], root, place);
}

void place_describe(const struct place_in_program *place, char *text, size_t size)
{
    if (place->file[0])
        snprintf(text, size, "%s:%d%s%s", place->file, place->line, place->function[0] ? " in " : "", place->function);
    else if (place->module[0])
        snprintf(text, size, "%s+%#llx%s%s%s", base_name(place->module), (unsigned long long)place->offset,
                 place->function[0] ? " in " : "", place->function, "");
    else if (place->offset)
        snprintf(text, size, "address %#llx", (unsigned long long)place->offset);
    else
        snprintf(text, size, "an unknown place");
}
