#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/builtin.h"
#include "../../profile/loader/search.h"
#include "profiles.h"

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

static void each_in_directory(const char *directory, void (*visit)(const char *, const char *, void *), void *context)
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
        if (is_found_in(name, directory))
            visit(name, directory, context);
    }
    if (listing)
        closedir(listing);
}

void each_profile(void (*visit)(const char *name, const char *directory, void *context), void *context)
{
    char directory[PATH_MAX];
    for (int i = 0; search_directory(i, directory); i++)
        each_in_directory(directory, visit, context);
    for (const struct builtin *builtin = builtins; builtin->name; builtin++)
        if (is_found_in(builtin->name, ""))
            visit(builtin->name, "", context);
}
