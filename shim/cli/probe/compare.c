#include "compare.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../profile/loader/load.h"
#include "meaning.h"

static const struct platform {
    const char *system, *first, *profile;
} rows[] = {
#define PLATFORM(system, first, profile) {system, first, profile},
#include "platforms.def"
};

/* What a profile's key comes to; a kernel that is left alone is Linux. Empty where that depends on the host. */
static const char *meaning_of(const struct annotated_profile *said, enum key key)
{
    key = key_that_counts(key, said->entries[key].text);
    const char *text = said->entries[key].text;
    return strcmp(text, "kernel") == 0 ? key_rows[key].native : text;
}

const char *measured_meaning(const struct measured *measured, enum key key)
{
    return measured->of[key_that_counts(key, measured->of[key].text)].text;
}

static bool same_formula(const char *one, const char *other)
{
    struct formula a, b;
    return formula_parse(one, &a) && formula_parse(other, &b) && memcmp(&a, &b, sizeof a) == 0;
}

bool differs(const struct annotated_profile *said, const struct measured *measured, enum key key)
{
    const char *seen = measured_meaning(measured, key), *promised = meaning_of(said, key);
    if (!measured->of[key].text[0] || !promised[0] || strcmp(seen, promised) == 0)
        return false;
    return key_fields[key].kind != KIND_FORMULA || !same_formula(seen, promised);
}

static int count_differences(const struct annotated_profile *said, const struct measured *measured)
{
    int count = 0;
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        count += differs(said, measured, key);
    return count;
}

/* How many of the keys that were measured the profile names itself. */
static int count_named(const struct annotated_profile *said, const struct measured *measured)
{
    int count = 0;
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        count += measured->of[key].text[0] && strcmp(said->entries[key].text, "kernel") != 0;
    return count;
}

/* Where two differ as much, the machine's own profile is nearer, else the one that sets more keys itself. */
static int nearest(const struct comparison *comparison, const struct measured *measured)
{
    int best = 0, least = INT_MAX, named = 0;
    for (int i = 0; i < builtin_count; i++) {
        int count = count_differences(&comparison->of[i], measured), names = count_named(&comparison->of[i], measured);
        if (i == comparison->own)
            names = INT_MAX;
        if (count > least || (count == least && names <= named))
            continue;
        best = i;
        least = count;
        named = names;
    }
    return best;
}

/* Whether `release` is "MAJOR.MINOR" or later. */
static bool is_since(const char *release, const char *first)
{
    int major = 0, minor = 0, first_major = 0, first_minor = 0;
    sscanf(release, "%d.%d", &major, &minor);
    sscanf(first, "%d.%d", &first_major, &first_minor);
    return major > first_major || (major == first_major && minor >= first_minor);
}

static int own_profile(const struct report *report)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strncmp(report->system.text, rows[i].system, strlen(rows[i].system)) == 0 &&
            is_since(report->release.text, rows[i].first))
            return builtin_find(rows[i].profile);
    return -1;
}

bool comparison_load(struct comparison *comparison, const struct report *report, const struct measured *measured)
{
    comparison->of = calloc((size_t)builtin_count, sizeof *comparison->of);
    if (!comparison->of)
        return false;
    for (int i = 0; i < builtin_count; i++) {
        struct diagnostics ignored = {0};
        annotated_profile_load(&comparison->of[i], builtin_profiles[i].name, NULL, NULL, &ignored);
    }
    comparison->own = own_profile(report);
    comparison->nearest = nearest(comparison, measured);
    return true;
}

void comparison_free(struct comparison *comparison)
{
    free(comparison->of);
}

/* A note's reason, "not enforced: REASON; source". */
static const char *reason_of(const struct entry *entry)
{
    static char reason[sizeof entry->note];
    const char *text = entry->note + strlen("not enforced:");
    text += strspn(text, " ");
    snprintf(reason, sizeof reason, "%.*s", (int)strcspn(text, ";"), text);
    return reason;
}

/* The reason of the nearest profile, else of any other that has one. */
static const char *known_reason(const struct comparison *comparison, enum key key, const char *text)
{
    const char *reason = NULL;
    for (int i = 0; i < builtin_count; i++) {
        const struct entry *entry = &comparison->of[i].entries[key];
        if (entry->standing == STANDING_NOT_ENFORCED && strcmp(entry->text, text) == 0 &&
            (!reason || i == comparison->nearest))
            reason = reason_of(entry);
    }
    return reason;
}

/* Linux has room for so many bytes of a path, even if keys.def lets a profile say more. */
static bool is_too_long(enum key key, const char *text)
{
    return key == KEY_bind_unix_path_max && atoi(text) > atoi(key_rows[key].native);
}

const char *hindrance(const struct comparison *comparison, const struct measured *measured, enum key key)
{
    static struct profile scratch;
    const char *text = measured->of[key].text;
    bool promise_only = false;
    key_set(&scratch, key, text, &promise_only);
    const char *reason = known_reason(comparison, key, text);
    if (promise_only || is_too_long(key, text))
        return reason ? reason : "Linux does otherwise";
    return NULL;
}
