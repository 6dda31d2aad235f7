#include "imports.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../cli.h"
#include "../profiles/profiles.h"
#include "elf_program.h"

static const struct import {
    const char *function;
    enum key key;
    const char *cure;
} imports[] = {
#define IMPORT(function, key, cure) {#function, KEY_##key, cure},
#include "imports.def"
};

static bool is_refused(const struct annotated_profile *annotated, enum key key)
{
    const void *field = (const char *)&annotated->profile + key_fields[key].offset;
    return ((const struct value *)field)->word == WORD_ERRNO;
}

static void compare(const struct import *import, const struct annotated_profile *annotated, int fd, const char *called)
{
    const struct entry *entry = &annotated->entries[import->key];
    char where[WHERE_SIZE];
    if (!elf_program_imports(fd, import->function))
        return;
    entry_place(annotated, entry, where);
    say("%s calls %s, which fails with %s under %s (%s, %s); -o %s=%s lets it work", called, import->function,
        entry->text, annotated->name, key_rows[import->key].full, where, key_rows[import->key].full, import->cure);
}

void imports_compare(const struct annotated_profile *annotated, const char *path, const char *called)
{
    for (size_t i = 0; i < sizeof imports / sizeof *imports; i++) {
        if (!is_refused(annotated, imports[i].key))
            continue;
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
            continue; /* preflight could read it: it was replaced just now */
        compare(&imports[i], annotated, fd, called);
        close(fd);
    }
}
