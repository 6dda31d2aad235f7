/* How an entry of a profile is printed. */
#include <stdio.h>

#include "../cli.h"
#include "profiles.h"

void print_mistake(const char *name, const struct diagnostics *diagnostics)
{
    print_visible(name, NAME_WIDTH);
    fputs(" has a mistake: ", stdout);
    print_visible(diagnostics->first, 0);
    putchar('\n');
}

void entry_place(const struct annotated_profile *annotated, const struct entry *entry, char where[WHERE_SIZE])
{
    where[0] = '\0';
    if (entry->standing != STANDING_INITIAL && entry->line)
        snprintf(where, WHERE_SIZE, "%s:%d", annotated->files[entry->file], entry->line);
    else if (entry->standing != STANDING_INITIAL)
        snprintf(where, WHERE_SIZE, "%s", annotated->files[entry->file]);
}

const char *standing_word(enum standing standing)
{
    switch (standing) {
    case STANDING_KEPT:
        return "kept";
    case STANDING_UNVERIFIED:
        return "unverified";
    case STANDING_NOT_ENFORCED:
        return "not enforced";
    default:
        return "not promised";
    }
}
