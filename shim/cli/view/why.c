#include "why.h"

#include <stdio.h>
#include <string.h>

#include "../../profile/loader/load.h"

/* The profile that was asked for last, and its settings. */
static struct annotated_profile annotated;
static char loaded[256], loaded_settings[SETTINGS_TEXT + 1];
static bool is_loaded;

static bool load(const struct why_under *under)
{
    struct diagnostics diagnostics = {0};
    const char *settings = under->settings->text;
    if (!under->settings->is_known)
        return false;
    if (strcmp(loaded, under->profile) == 0 && strcmp(loaded_settings, settings) == 0)
        return is_loaded;
    snprintf(loaded, sizeof loaded, "%s", under->profile);
    snprintf(loaded_settings, sizeof loaded_settings, "%s", settings);
    is_loaded = annotated_profile_load(&annotated, under->profile, NULL, settings, &diagnostics);
    return is_loaded;
}

static enum why_source source_of(const struct entry *entry)
{
    if (entry->standing == STANDING_INITIAL)
        return WHY_UNSET;
    return entry->line ? WHY_PROFILE : WHY_SETTING; /* only a setting has no line */
}

void why_find(struct why *why, const struct why_under *under, const char *name)
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
    if (!load(under))
        return;
    const struct entry *entry = &annotated.entries[key];
    why->source = source_of(entry);
    why->standing = entry->standing;
    why->value = entry->text;
    why->note = entry->note;
    if (entry->line)
        snprintf(why->place, sizeof why->place, "%s:%d", annotated.files[entry->file], entry->line);
    else
        snprintf(why->place, sizeof why->place, "%s", annotated.files[entry->file]);
}
