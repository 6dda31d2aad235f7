#include "search.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../alias.h"

#define SYSTEM_DIRECTORY "/etc/listenas"

static bool format_path(char *path, const char *front, const char *middle, const char *back)
{
    size_t length = strlen(front) + strlen(middle) + strlen(back);
    if (length == 0 || length >= PATH_MAX)
        return false;
    strcpy(stpcpy(stpcpy(path, front), middle), back);
    return true;
}

/*
 * The index-th absolute directory of the colon-separated `list`; *index counts down over those before it. Relative
 * ones are ignored: for a child in another directory they would mean another place.
 */
static bool listed_directory(const char *list, int *index, char *directory)
{
    while (list && *list) {
        size_t length = strcspn(list, ":");
        if (list[0] == '/' && length < PATH_MAX && (*index)-- == 0) {
            memcpy(directory, list, length);
            directory[length] = '\0';
            return true;
        }
        list += length + (list[length] == ':');
    }
    return false;
}

bool search_directory(int index, char *directory)
{
    const char *config = secure_getenv("XDG_CONFIG_HOME");
    const char *home = secure_getenv("HOME");
    if (listed_directory(secure_getenv("LISTENAS_CONF_PATH"), &index, directory))
        return true;
    if (config && config[0] == '/' && index-- == 0)
        return format_path(directory, config, "/listenas", "");
    if ((!config || config[0] != '/') && home && home[0] == '/' && index-- == 0)
        return format_path(directory, home, "/.config/listenas", "");
    return index == 0 && format_path(directory, SYSTEM_DIRECTORY, "", "");
}

static bool is_open(const struct opening *heirs, const struct profile_source *place)
{
    for (; heirs; heirs = heirs->heir)
        if (strcmp(heirs->place->path, place->path) == 0)
            return true;
    return false;
}

static enum found find_path(const char *name, const struct opening *heirs, struct profile_source *place)
{
    char directory[PATH_MAX] = "";
    if (name[0] != '/' && heirs && heirs->place->builtin < 0) {
        strcpy(directory, heirs->place->path);
        char *slash = strrchr(directory, '/');
        directory[slash ? slash - directory + 1 : 0] = '\0';
    }
    while (directory[0] && strncmp(name, "./", 2) == 0) /* the path must become the same one if there is a cycle */
        name += 2;
    if (!format_path(place->path, directory, name, ""))
        return FOUND_NOTHING;
    return is_open(heirs, place) ? FOUND_CYCLE : FOUND;
}

/* The buffer is small because a starting process touches each page of its stack for the first time. */
static bool is_there(const char *front, const char *back)
{
    char directory[512];
    if (strlen(front) + strlen(back) >= sizeof directory)
        return true;
    strcpy(stpcpy(directory, front), back);
    return access(directory, F_OK) == 0;
}

bool search_has_directories(void)
{
    const char *config = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");
    const char *list = secure_getenv("LISTENAS_CONF_PATH");
    if (list && *list)
        return true;
    if (config && config[0] == '/' ? is_there(config, "/listenas")
                                   : home && home[0] == '/' && is_there(home, "/.config/listenas"))
        return true;
    return access(SYSTEM_DIRECTORY, F_OK) == 0;
}

static enum found find_file(const char *name, const struct opening *heirs, struct profile_source *place)
{
    enum found missed = FOUND_NOTHING;
    char directory[PATH_MAX];
    for (int i = 0; search_directory(i, directory); i++) {
        if (strlen(directory) + strlen(name) + sizeof "/.conf" > PATH_MAX)
            continue;
        strcat(strcat(strcat(strcpy(place->path, directory), "/"), name), ".conf");
        if (access(place->path, F_OK) != 0)
            continue;
        if (!is_open(heirs, place))
            return FOUND;
        missed = FOUND_CYCLE;
    }
    return missed;
}

static enum found find_name(const char *name, const struct opening *heirs, bool files, struct profile_source *place)
{
    enum found found = files ? find_file(name, heirs, place) : FOUND_NOTHING;
    int builtin = found == FOUND ? -1 : builtin_find(name);
    if (builtin < 0)
        return found;
    place->builtin = builtin;
    return format_path(place->path, "built-in ", name, "") && !is_open(heirs, place) ? FOUND : FOUND_CYCLE;
}

enum found profile_find(const char *name, const struct opening *heirs, bool files, struct profile_source *place)
{
    place->builtin = -1;
    place->text = NULL;
    place->is_dropin = false;
    if (strchr(name, '/'))
        return find_path(name, heirs, place);
    enum found found = find_name(name, heirs, files, place);
    const char *other = found == FOUND_NOTHING ? alias_find(name) : NULL;
    return other ? find_name(other, heirs, files, place) : found;
}
