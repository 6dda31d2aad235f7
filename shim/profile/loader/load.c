#include <stdio.h>
#include <string.h>

#include "entry.h"
#include "load.h"
#include "reading.h"

static const struct spot overriding = {.name = "LISTENAS_SET (run -o)"};

/* One "section.key=value". */
static void take_override(struct target *target, int file, char *piece, struct diagnostics *diagnostics)
{
    char *equals = strchr(piece, '=');
    if (!equals || equals == piece) {
        trim(piece);
        diagnose_at(diagnostics, overriding, "\"%s\" is not of the form section.key=value", piece);
        return;
    }
    *equals = '\0';
    trim(piece);
    trim(equals + 1);
    enum key key = key_of_name(piece);
    if (key == KEY_NONE) {
        diagnose_name(diagnostics, overriding, piece);
        return;
    }
    struct entry *entry = target_entry(target, key);
    if (entry) {
        entry->file = file;
        entry->line = 0;
    }
    entry_set(target->profile, entry, key, equals + 1, overriding, diagnostics);
}

static void take_overrides(struct target *target, const char *overrides, struct diagnostics *diagnostics)
{
    char piece[160];
    int file = target_add_file(target, overriding.name);
    while (*overrides) {
        size_t length = strcspn(overrides, ",");
        snprintf(piece, sizeof piece, "%.*s", (int)(length < sizeof piece ? length : sizeof piece - 1), overrides);
        take_override(target, file, piece, diagnostics);
        overrides += length + (overrides[length] == ',');
    }
}

bool load_target(struct target *target, const char *name, const char *program, const char *overrides,
                 struct diagnostics *diagnostics)
{
    int before = diagnostics->count;
    profile_reset(target->profile);
    read_profile(target, name, program, diagnostics);
    if (overrides && *overrides)
        take_overrides(target, overrides, diagnostics);
    diagnostics_end(diagnostics);
    profile_derive(target->profile);
    return diagnostics->count == before;
}

bool profile_load(struct profile *profile, const char *name, const char *program, const char *overrides,
                  struct diagnostics *diagnostics)
{
    struct target target = {.profile = profile};
    return load_target(&target, name, program, overrides, diagnostics);
}
