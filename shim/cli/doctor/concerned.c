#include "concerned.h"

#include <stdio.h>
#include <string.h>

#include "../../profile/loader/load.h"
#include "../profiles/profiles.h"

struct search {
    struct concerned *found;
    unsigned int needs;
    enum key key;
};

static bool key_needs(enum key key, unsigned int needs)
{
    for (int i = 0; i < KEY_ACTS && key_rows[key].at[i].phases; i++)
        if (key_rows[key].at[i].facts & needs)
            return true;
    return false;
}

static void take(const char *name, const char *directory, void *context)
{
    struct search *search = context;
    struct concerned *found = search->found;
    struct diagnostics diagnostics = {0};
    static struct profile profile;
    (void)directory;
    if (found->count == CONCERNED_PROFILES || !profile_load(&profile, name, NULL, NULL, &diagnostics))
        return;
    if ((profile.needs.all & search->needs) || (search->key != KEY_NONE && profile_asks_key(&profile, search->key)))
        snprintf(found->profiles[found->count++], sizeof found->profiles[0], "%.63s", name);
}

void concerned_find(struct concerned *concerned, unsigned int needs, const char *full)
{
    struct search search = {.found = concerned, .needs = needs, .key = key_of_name(full)};
    memset(concerned, 0, sizeof *concerned);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        concerned->keys[key] = key == search.key || key_needs(key, needs);
    if (needs || search.key != KEY_NONE)
        each_profile(take, &search);
}
