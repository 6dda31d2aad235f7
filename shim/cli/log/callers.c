#include "callers.h"

#include <stdlib.h>
#include <sys/stat.h>

/* Of one ring at a time; indexed by number. */
static struct caller **callers;
static struct module **modules;
static uint32_t callers_count, modules_count;

static const struct module *find_module(const struct ring *ring, uint32_t number)
{
    struct module found;
    if (number >= modules_count || (!modules[number] && !ring_module(ring, number, &found)))
        return NULL;
    if (modules[number])
        return modules[number];
    modules[number] = malloc(sizeof found);
    if (modules[number])
        *modules[number] = found;
    return modules[number];
}

/* Without a build-id only a file's age tells whether it can be the one that ran. */
static bool may_be_the_same(const struct module *module)
{
    struct stat status;
    return module->build_id_size > 0 ||
           (stat(module->path, &status) == 0 && (uint64_t)status.st_mtime <= module->seen_ns / 1000000000u);
}

static void resolve(const struct ring *ring, struct caller_frame *frame)
{
    frame->module = find_module(ring, frame->place.module);
    if (frame->module && !frame->module->path_is_cut && may_be_the_same(frame->module))
        symbol_of(frame->module->path, frame->module->build_id, frame->module->build_id_size, frame->place.offset,
                  &frame->symbol);
}

static bool make_room(const struct ring *ring)
{
    if (callers)
        return true;
    callers_count = ring->tables[TABLE_SITES].entries + 1;
    modules_count = ring->tables[TABLE_MODULES].entries + 1;
    callers = calloc(callers_count, sizeof *callers);
    modules = calloc(modules_count, sizeof *modules);
    if (callers && modules)
        return true;
    callers_forget();
    return false;
}

struct caller *caller_of(const struct ring *ring, uint32_t number)
{
    struct site site;
    if (!make_room(ring) || number >= callers_count)
        return NULL;
    if (callers[number])
        return callers[number];
    if (!ring_site(ring, number, &site))
        return NULL;
    struct caller *caller = callers[number] = calloc(1, sizeof *caller);
    for (size_t i = 0; caller && i < site.count; i++) {
        caller->frames[i].place = site.frames[i];
        resolve(ring, &caller->frames[i]);
        caller->count = i + 1;
    }
    return caller;
}

void callers_forget(void)
{
    for (uint32_t i = 0; callers && i < callers_count; i++)
        free(callers[i]);
    for (uint32_t i = 0; modules && i < modules_count; i++)
        free(modules[i]);
    free(callers);
    free(modules);
    callers = NULL;
    modules = NULL;
    callers_count = modules_count = 0;
    symbols_forget();
}
