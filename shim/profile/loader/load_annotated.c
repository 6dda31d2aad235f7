#include <string.h>

#include "entry.h"
#include "load.h"
#include "target.h"

static void begin(struct annotated_profile *annotated, const char *name)
{
    memset(annotated, 0, sizeof *annotated);
    copy_cut(annotated->name, sizeof annotated->name, name);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        copy_cut(annotated->entries[key].text, sizeof annotated->entries[key].text, key_rows[key].initial);
}

bool annotated_profile_load(struct annotated_profile *annotated, const char *name, const char *program,
                            const char *overrides, struct diagnostics *diagnostics)
{
    struct target target = {.profile = &annotated->profile, .annotated = annotated, .texts = builtins};
    begin(annotated, name);
    return load_target(&target, name, program, overrides, diagnostics);
}

bool annotated_profile_load_text(struct annotated_profile *annotated, const char *called, const char *text,
                                 struct diagnostics *diagnostics)
{
    struct target target = {.profile = &annotated->profile, .annotated = annotated, .texts = builtins, .given = text};
    begin(annotated, called);
    return load_target(&target, called, NULL, NULL, diagnostics);
}
