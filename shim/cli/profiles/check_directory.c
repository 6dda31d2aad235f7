/* A directory of profiles and drop-ins, such as /etc/listenas or a tree that will become that. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../profile/alias.h"
#include "../../profile/builtin.h"
#include "../../profile/loader/search.h"
#include "../../profile/suggest.h"
#include "../cli.h"
#include "../path.h"
#include "checking.h"
#include "profiles.h"

/* Copies what is before `end`; false if the name does not end so, or is nothing but that. */
static bool stem_of(const char *name, const char *end, char stem[NAME_MAX + 1])
{
    size_t length = strlen(name), tail = strlen(end);
    if (length <= tail || length > NAME_MAX || strcmp(name + length - tail, end) != 0)
        return false;
    memcpy(stem, name, length - tail);
    stem[length - tail] = '\0';
    return true;
}

/* Has the search find what is in this directory before all else. */
static bool search_first(struct checking *checking, const char *directory, const char *called)
{
    const char *before = getenv("LISTENAS_CONF_PATH");
    char *list;
    if (strchr(directory, ':')) {
        checking_mistake(checking, called, "has a colon in its path, so that LISTENAS_CONF_PATH cannot name it");
        return false;
    }
    if (asprintf(&list, "%s%s%s", directory, before ? ":" : "", before ? before : "") < 0)
        return false;
    bool set = setenv("LISTENAS_CONF_PATH", list, 1) == 0;
    free(list);
    return set;
}

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void say_no_profile(struct checking *checking, const char *called, const char *name)
{
    char best[64];
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (int i = 0; i < builtin_count; i++)
        suggest_try(&nearest, builtin_profiles[i].name);
    if (suggest_found(&nearest))
        checking_mistake(checking, called, "adds to no profile: there is none of the name \"%s\"; did you mean %s.d?",
                         name, best);
    else
        checking_mistake(checking, called,
                         "adds to no profile: there is none of the name \"%s\"; `listenas profiles` lists all", name);
}

/* What else lies beside the drop-ins. */
static void note_unread(const struct checking *checking, const char *directory)
{
    char stem[NAME_MAX + 1];
    DIR *listing = opendir(directory);
    struct dirent *entry;
    while (listing && (entry = readdir(listing)))
        if (entry->d_name[0] != '.' && !stem_of(entry->d_name, ".conf", stem))
            checking_note(checking, directory, "%s is not read: a drop-in's name ends in .conf", entry->d_name);
    if (listing)
        closedir(listing);
}

/* NAME.d; a NAME.conf beside it is checked with it. */
static void check_dropins(struct checking *checking, const char *path, const char *name, const char *directory)
{
    char own[PATH_MAX];
    struct profile_source place;
    struct stat status;
    note_unread(checking, path);
    if (snprintf(own, sizeof own, "%s/%s.conf", directory, name) < (int)sizeof own && stat(own, &status) == 0)
        return;
    if (profile_find(name, NULL, true, &place) != FOUND)
        say_no_profile(checking, path, name);
    else if (alias_find(name) && builtin_find(name) < 0)
        checking_mistake(checking, path, "is not read: %s is another name of %s; write %s.d", name, alias_find(name),
                         alias_find(name));
    else
        check_profile(checking, name, path);
}

static void check_entry(struct checking *checking, const char *directory, const char *name)
{
    char path[PATH_MAX], stem[NAME_MAX + 1];
    if (name[0] == '.' || snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return;
    if (is_directory(path)) {
        if (stem_of(name, ".d", stem))
            check_dropins(checking, path, stem, directory);
        else
            checking_note(checking, path, "is not read: expected NAME.conf, or a directory NAME.d");
    } else if (stem_of(name, ".conf", stem)) {
        check_profile(checking, stem, path);
    } else {
        checking_note(checking, path, "is not read: expected NAME.conf, or a directory NAME.d");
    }
}

static void check_all(struct checking *checking, const char *directory, const char *called)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, versionsort);
    if (count < 0) {
        checking_mistake(checking, called, "cannot be read: %s", strerror(errno));
        return;
    }
    if (count <= 2)
        checking_note(checking, called, "has no profile");
    for (int i = 0; i < count; i++) {
        check_entry(checking, directory, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

void check_directory(struct checking *checking, const char *called)
{
    char path[PATH_MAX], stem[NAME_MAX + 1];
    if (!realpath(called, path)) {
        checking_mistake(checking, called, "%s", strerror(errno));
        return;
    }
    bool is_dropins = stem_of(base_name(path), ".d", stem);
    char *slash = strrchr(path, '/');
    if (is_dropins)
        *slash = '\0';
    if (!search_first(checking, path[0] ? path : "/", called))
        return;
    if (!is_dropins) {
        check_all(checking, path, called);
        return;
    }
    char directory[PATH_MAX];
    strcpy(directory, path);
    *slash = '/';
    check_dropins(checking, path, stem, directory);
}
