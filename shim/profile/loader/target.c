#include "target.h"

#include <string.h>

#include "entry.h"

struct entry *target_entry(const struct target *target, enum key key)
{
    return target->annotated ? &target->annotated->entries[key] : NULL;
}

int target_add_file(struct target *target, const char *path)
{
    int index = target->files < ANNOTATED_FILES ? target->files++ : ANNOTATED_FILES - 1;
    struct annotated_profile *annotated = target->annotated;
    if (annotated) {
        size_t length = strlen(path), room = sizeof annotated->files[0] - 1;
        copy_cut(annotated->files[index], sizeof annotated->files[0], length > room ? path + length - room : path);
    }
    return index;
}
