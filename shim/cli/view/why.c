#include "why.h"

#include <stdio.h>
#include <string.h>

#include "../../profile/loader/load.h"

/* The profile that was asked for last. */
static struct annotated_profile annotated;
static char loaded[256];
static bool is_loaded;

static bool load(const char *profile)
{
    struct diagnostics diagnostics = {0};
    if (strcmp(loaded, profile) == 0)
        return is_loaded;
    snprintf(loaded, sizeof loaded, "%s", profile);
    is_loaded = annotated_profile_load(&annotated, profile, NULL, NULL, &diagnostics);
    return is_loaded;
}

void why_find(struct why *why, const char *profile, const char *name)
{
    enum key key = key_of_name(name);
    *why = (struct why){.source = WHY_UNKNOWN,
                        .key = key,
                        .help = key_help(key),
                        .advice = key_advice(key),
                        .native = key_rows[key].native,
                        .value = "",
                        .note = ""};
    if (key == KEY_NONE)
        return;
    why->source = WHY_UNLOADED;
    if (!load(profile))
        return;
    const struct entry *entry = &annotated.entries[key];
    why->source = entry->standing == STANDING_INITIAL ? WHY_SETTING : WHY_PROFILE;
    why->standing = entry->standing;
    why->value = entry->text;
    why->note = entry->note;
    if (entry->line)
        snprintf(why->place, sizeof why->place, "%s:%d", annotated.files[entry->file], entry->line);
    else
        snprintf(why->place, sizeof why->place, "%s", annotated.files[entry->file]);
}
