#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../profile/builtin.h"
#include "../../profile/loader/search.h"
#include "../cli.h"
#include "../grow.h"
#include "family.h"
#include "profiles.h"

struct found_profile {
    char name[256];
    char directory[PATH_MAX];
};

struct found_profiles {
    struct found_profile *of;
    size_t count, room;
};

/* Whether the search for `name` finds it in this directory; "" stands for the built-in profiles. */
static bool is_found_in(const char *name, const char *directory)
{
    struct profile_source place;
    char path[PATH_MAX];
    if (profile_find(name, NULL, true, &place) != FOUND)
        return false;
    if (!directory[0] || place.builtin >= 0)
        return !directory[0] && place.builtin >= 0;
    int length = snprintf(path, sizeof path, "%s/%s.conf", directory, name);
    return length < (int)sizeof path && strcmp(path, place.path) == 0;
}

static void add(struct found_profiles *all, const char *name, const char *directory)
{
    if (!is_found_in(name, directory))
        return;
    if (!grow(&all->of, all->count, &all->room, sizeof *all->of)) {
        say("no memory to list the profile %s", name);
        return;
    }
    struct found_profile *found = &all->of[all->count++];
    snprintf(found->name, sizeof found->name, "%s", name);
    snprintf(found->directory, sizeof found->directory, "%s", directory);
}

static void add_directory(struct found_profiles *all, const char *directory)
{
    DIR *listing = opendir(directory);
    struct dirent *entry;
    while (listing && (entry = readdir(listing))) {
        char name[256];
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || length <= 5 || strcmp(entry->d_name + length - 5, ".conf") != 0)
            continue;
        memcpy(name, entry->d_name, length - 5);
        name[length - 5] = '\0';
        add(all, name, directory);
    }
    if (listing)
        closedir(listing);
}

static int compare(const void *left, const void *right)
{
    const struct found_profile *one = left, *other = right;
    return family_compare(one->name, other->name);
}

void each_profile(void (*visit)(const char *name, const char *directory, void *context), void *context)
{
    struct found_profiles all = {0};
    char directory[PATH_MAX];
    for (int i = 0; search_directory(i, directory); i++)
        add_directory(&all, directory);
    for (const struct builtin *builtin = builtins; builtin->name; builtin++)
        add(&all, builtin->name, "");
    if (all.count > 0)
        qsort(all.of, all.count, sizeof *all.of, compare);
    for (size_t i = 0; i < all.count; i++)
        visit(all.of[i].name, all.of[i].directory, context);
    free(all.of);
}
