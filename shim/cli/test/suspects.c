#include "suspects.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

static bool was_cause(const json_t *causes, const char *key)
{
    size_t i, j;
    json_t *cause, *name;
    json_array_foreach(causes, i, cause)
        json_array_foreach(cause, j, name)
            if (strcmp(json_string_value(name), key) == 0)
                return true;
    return false;
}

/* The smaller, the likelier. */
struct rank {
    const struct act *act;
    unsigned int class;
};

static int compare(const void *left, const void *right)
{
    const struct rank *one = left, *other = right;
    if (one->class != other->class)
        return one->class < other->class ? -1 : 1;
    if (one->act->count != other->act->count)
        return one->act->count < other->act->count ? -1 : 1;
    return (int)one->act->key - (int)other->act->key;
}

void suspects_of_acts(struct suspects *suspects, const struct acts *acts, const json_t *causes)
{
    struct rank *ranks = memory_new(acts->count * sizeof *ranks);
    for (size_t i = 0; i < acts->count; i++) {
        const struct act *act = &acts->act[i];
        bool before = was_cause(causes, key_rows[act->key].full);
        ranks[i] = (struct rank){.act = act, .class = (before ? 0u : 2u) + (act->has_failed ? 0u : 1u)};
    }
    qsort(ranks, acts->count, sizeof *ranks, compare);
    suspects->count = acts->count;
    for (size_t i = 0; i < acts->count; i++)
        suspects->key[i] = ranks[i].act->key;
    free(ranks);
}

static bool has_suspect(const struct suspects *suspects, enum key key)
{
    for (size_t i = 0; i < suspects->count; i++)
        if (suspects->key[i] == key)
            return true;
    return false;
}

static void add(struct suspects *suspects, const struct annotated_profile *annotated, bool only_host)
{
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if ((!only_host || key_fields[key].section == SECTION_host) && profile_asks_key(&annotated->profile, key) &&
            !has_suspect(suspects, key))
            suspects->key[suspects->count++] = key;
}

void suspects_add_host(struct suspects *suspects, const struct annotated_profile *annotated)
{
    add(suspects, annotated, true);
}

void suspects_add_all(struct suspects *suspects, const struct annotated_profile *annotated)
{
    add(suspects, annotated, false);
}

/* A key that cannot be left to the kernel has no promise as its initial value. */
char *suspects_set(const struct suspects *suspects, const bool *without)
{
    char *set = memory_text("");
    for (size_t i = 0; i < suspects->count; i++) {
        const struct key_row *row = &key_rows[suspects->key[i]];
        if (!without[i])
            continue;
        char *longer = memory_format("%s%s%s=%s", set, *set ? "," : "", row->full,
                                     strstr(row->legal, "kernel") ? "kernel" : row->initial);
        free(set);
        set = longer;
    }
    return set;
}
