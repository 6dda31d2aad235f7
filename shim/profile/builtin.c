#include "builtin.h"

#include <string.h>

int builtin_find(const char *name)
{
    for (int i = 0; i < builtin_count; i++)
        if (strcmp(builtin_profiles[i].name, name) == 0)
            return i;
    return -1;
}

void builtin_apply(struct profile *profile, int index)
{
    const struct builtin_profile *row = &builtin_profiles[index];
    for (int i = row->first; i < row->first + row->count; i++) {
        const struct builtin_setting *setting = &builtin_settings[i];
        void *field = (char *)profile + key_fields[setting->key].offset;
        if (key_fields[setting->key].kind == KIND_FORMULA)
            *(struct formula *)field = builtin_formulas[setting->number];
        else if (key_fields[setting->key].kind == KIND_ERRORS)
            *(struct errors *)field = builtin_errors[setting->number];
        else
            *(struct value *)field = (struct value){.word = (enum word)setting->word, .number = setting->number};
    }
}

void builtin_apply_all(struct profile *profile, int index)
{
    int chain[INHERIT_MAX], depth = 0; /* built-in profiles are not deeper: the resolver has loaded them all */
    for (; index >= 0 && depth < INHERIT_MAX; index = builtin_profiles[index].parent)
        chain[depth++] = index;
    while (depth > 0)
        builtin_apply(profile, chain[--depth]);
}
