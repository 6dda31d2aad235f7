/* How an entry of a profile is printed. */
#include <stdio.h>
#include <string.h>

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

void print_note(struct line *line, const char *note, const char *where, int indent)
{
    char place[WHERE_SIZE + 8];
    snprintf(place, sizeof place, "%s@ %s", note[0] && note[strlen(note) - 1] != ' ' ? "  " : "", where);
    line_put(line, note, indent);
    if (where[0])
        line_put_whole(line, place, indent);
    line_end(line);
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
