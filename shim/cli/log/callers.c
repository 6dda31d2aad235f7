#include "callers.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "../clock.h"

static const struct module *find_module(struct callers *callers, const struct ring *ring, uint32_t number)
{
    struct module found;
    if (number >= callers->modules_count || (!callers->modules[number] && !ring_module(ring, number, &found)))
        return NULL;
    if (callers->modules[number])
        return callers->modules[number];
    callers->modules[number] = malloc(sizeof found);
    if (callers->modules[number])
        *callers->modules[number] = found;
    return callers->modules[number];
}

/* Without a build-id only its age tells whether the file can be the one that ran. */
static bool may_be_the_same(const struct module *module)
{
    struct stat status;
    return module->build_id_size > 0 ||
           (stat(module->path, &status) == 0 && (uint64_t)status.st_mtime <= module->seen_ns / CLOCK_SECOND);
}

static void resolve(struct callers *callers, const struct ring *ring, struct caller_frame *frame)
{
    frame->module = find_module(callers, ring, frame->place.module);
    if (frame->module && !frame->module->path_is_cut && may_be_the_same(frame->module))
        symbol_of(frame->module->path, frame->module->build_id, frame->module->build_id_size, frame->place.offset,
                  &frame->symbol);
}

static bool make_room(struct callers *callers, const struct ring *ring)
{
    if (callers->sites)
        return true;
    callers->sites_count = ring->tables[TABLE_SITES].entries + 1;
    callers->modules_count = ring->tables[TABLE_MODULES].entries + 1;
    callers->sites = calloc(callers->sites_count, sizeof *callers->sites);
    callers->modules = calloc(callers->modules_count, sizeof *callers->modules);
    if (callers->sites && callers->modules)
        return true;
    callers_forget(callers);
    return false;
}

struct caller *caller_of(struct callers *callers, const struct ring *ring, uint32_t number)
{
    struct site site;
    if (!make_room(callers, ring) || number >= callers->sites_count)
        return NULL;
    if (callers->sites[number])
        return callers->sites[number];
    if (!ring_site(ring, number, &site))
        return NULL;
    struct caller *caller = callers->sites[number] = calloc(1, sizeof *caller);
    for (size_t i = 0; caller && i < site.count; i++) {
        caller->frames[i].place = site.frames[i];
        resolve(callers, ring, &caller->frames[i]);
        caller->count = i + 1;
    }
    return caller;
}

void callers_forget(struct callers *callers)
{
    for (uint32_t i = 0; callers->sites && i < callers->sites_count; i++)
        free(callers->sites[i]);
    for (uint32_t i = 0; callers->modules && i < callers->modules_count; i++)
        free(callers->modules[i]);
    free(callers->sites);
    free(callers->modules);
    *callers = (struct callers){0};
}
