#include <string.h>

#include "entry.h"
#include "load.h"
#include "reading.h"

bool annotated_profile_load(struct annotated_profile *annotated, const char *name, const char *program,
                            const char *overrides, struct diagnostics *diagnostics)
{
    struct target target = {.profile = &annotated->profile, .annotated = annotated, .texts = builtins};
    memset(annotated, 0, sizeof *annotated);
    copy_cut(annotated->name, sizeof annotated->name, name);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        copy_cut(annotated->entries[key].text, sizeof annotated->entries[key].text, key_rows[key].initial);
    return load_target(&target, name, program, overrides, diagnostics);
}
