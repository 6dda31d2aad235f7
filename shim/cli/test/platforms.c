#include "platforms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../profile/loader/load.h"
#include "../../profile/loader/search.h"
#include "../cli.h"
#include "../profiles/profiles.h"
#include "memory.h"
#include "status.h"

static bool is_mostly_unverified(const struct annotated_profile *annotated)
{
    unsigned int kept = 0, unverified = 0;
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        kept += annotated->entries[key].standing == STANDING_KEPT;
        unverified += annotated->entries[key].standing == STANDING_UNVERIFIED;
    }
    return unverified > kept;
}

/* The library may be asked from another directory. */
static const char *absolute(const char *name)
{
    char *path = strchr(name, '/') ? realpath(name, NULL) : NULL;
    return path ? path : memory_text(name);
}

static void try_name(const char *name, const char *directory, void *context)
{
    (void)directory;
    suggest_try(context, name);
}

/* Checked here, so that an unknown name gets the nearest one: the loader would speak of a file. */
static bool is_known(const char *name)
{
    struct profile_source source;
    char best[64];
    if (strchr(name, '/') || profile_find(name, NULL, true, &source) != FOUND_NOTHING)
        return true;
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    suggest_try(&nearest, "all");
    each_profile(try_name, &nearest);
    say_unknown("platform", &nearest, "listenas profiles");
    return false;
}

static bool has_label(const struct platforms *platforms, const char *label)
{
    for (size_t i = 0; i < platforms->count; i++)
        if (strcmp(platforms->platform[i]->label, label) == 0)
            return true;
    return false;
}

static int add(struct platforms *platforms, const char *name, const char *set)
{
    struct diagnostics diagnostics = {.tell = say_diagnostic};
    if (has_label(platforms, name))
        return 0;
    if (!is_known(name))
        return STATUS_USAGE;
    struct platform *platform = memory_new(sizeof *platform);
    platform->label = memory_text(name);
    platform->name = absolute(name);
    if (!annotated_profile_load(&platform->annotated, platform->name, NULL, set, &diagnostics))
        return STATUS_USAGE;
    platform->is_shaky = is_mostly_unverified(&platform->annotated);
    platforms->platform = memory_more(platforms->platform, platforms->count + 1, sizeof(struct platform *));
    platforms->platform[platforms->count++] = platform;
    return 0;
}

struct adding {
    struct platforms *platforms;
    const char *set;
    int status;
};

static void add_visited(const char *name, const char *directory, void *context)
{
    struct adding *adding = context;
    (void)directory;
    int status = add(adding->platforms, name, adding->set);
    if (status)
        adding->status = status;
}

/* Native stays the first. */
static int compare(const void *left, const void *right)
{
    const struct platform *one = *(struct platform *const *)left, *other = *(struct platform *const *)right;
    if (one->is_shaky != other->is_shaky)
        return one->is_shaky ? 1 : -1;
    return strcmp(one->label, other->label);
}

static int add_all(struct platforms *platforms, const char *set)
{
    struct adding adding = {.platforms = platforms, .set = set};
    each_profile(add_visited, &adding);
    qsort(platforms->platform + 1, platforms->count - 1, sizeof *platforms->platform, compare);
    return adding.status;
}

static int add_one_or_all(struct platforms *platforms, const char *name, const char *set)
{
    return strcmp(name, "all") == 0 ? add_all(platforms, set) : add(platforms, name, set);
}

static int add_named(struct platforms *platforms, const char *names, const char *set)
{
    char *list = memory_text(names), *rest = list, *name;
    int status = 0;
    while (!status && (name = strsep(&rest, ",")))
        if (*name)
            status = add_one_or_all(platforms, name, set);
    free(list);
    return status;
}

int platforms_load(struct platforms *platforms, const char *names, const char *set)
{
    say_relative_directories();
    int status = add(platforms, "native", set);
    if (status)
        return status;
    status = add_named(platforms, names ? names : "all", set);
    if (!status && platforms->count == 1) {
        say("-p \"%s\": expected a platform beside native", names ? names : "");
        status = STATUS_USAGE;
    }
    return status;
}
