#include "strict.h"

#include <stdio.h>
#include <string.h>

#include "../cli.h"

#define LIST_SIZE 2048

static const char *const section_names[SECTION_COUNT] = {
#define SECTION(name) [SECTION_##name] = #name,
#include "../../profile/sections.def"
};

int strict_add(struct strict *strict, const char *section)
{
    char best[KEY_SECTION_ROOM];
    struct suggestion nearest = suggest_start(section, best, sizeof best);
    for (int i = 0; i < SECTION_COUNT; i++) {
        suggest_try(&nearest, section_names[i]);
        if (strcmp(section_names[i], section) != 0)
            continue;
        strict->some = strict->sections[i] = true;
        return -1;
    }
    say_unknown("section", &nearest, "listenas profiles keys");
    return STATUS_OWN;
}

static bool is_not_enforced(const struct annotated_profile *annotated, enum key key, bool isolated)
{
    (void)isolated;
    return annotated->entries[key].standing == STANDING_NOT_ENFORCED;
}

static bool is_for_isolation(const struct annotated_profile *annotated, enum key key, bool isolated)
{
    return !isolated && key_fields[key].section == SECTION_host && profile_asks_key(&annotated->profile, key);
}

static const struct lack {
    bool (*holds)(const struct annotated_profile *annotated, enum key key, bool isolated);
    const char *front, *back;
} lacks[] = {
    {is_not_enforced, "Linux cannot keep ", ", as `listenas profiles show` says of each"},
    {is_for_isolation, "only run --isolate applies ", "; add -i"},
};

/* "bind.huge_address, bind.low_port"; returns how many. */
static int list_keys(const struct lack *lack, const struct annotated_profile *annotated, enum section section,
                     bool isolated, char list[LIST_SIZE])
{
    int count = 0;
    size_t used = 0;
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (key_fields[key].section == section && lack->holds(annotated, key, isolated) && used < LIST_SIZE)
            used += (size_t)snprintf(list + used, LIST_SIZE - used, "%s%s", count++ ? ", " : "", key_rows[key].full);
    return count;
}

static int say_section(const struct annotated_profile *annotated, enum section section, bool isolated)
{
    char list[LIST_SIZE];
    int missing = 0;
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++) {
        int count = list_keys(&lacks[i], annotated, section, isolated, list);
        if (count > 0)
            say("--strict: %s: %s%s%s", annotated->name, lacks[i].front, list, lacks[i].back);
        missing += count;
    }
    return missing;
}

int strict_check(const struct strict *strict, const struct annotated_profile *annotated, bool isolated, int missing)
{
    if (!strict->on)
        return 0;
    for (int i = 0; i < SECTION_COUNT; i++)
        if (!strict->some || strict->sections[i])
            missing += say_section(annotated, (enum section)i, isolated);
    if (missing == 0)
        return 0;
    say("--strict: nothing was started: %d promise%s of %s cannot be kept here; --section=NAME has only the keys of "
        "that "
        "section count",
        missing, missing == 1 ? "" : "s", annotated->name);
    return STATUS_OWN;
}
