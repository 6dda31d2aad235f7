#include <stdio.h>
#include <string.h>

#include "../cli.h"
#include "profiles.h"

#define TEXT_WIDTH 14

static const char *note_of(const struct entry *entry)
{
    /* Notes of unverified keys and of those that are not enforced begin with these words already. */
    return entry->standing == STANDING_INITIAL ? "no profile sets it" : entry->note;
}

static void print_entry(const struct annotated_profile *annotated, enum key key)
{
    const struct entry *entry = &annotated->entries[key];
    char where[WHERE_SIZE];
    entry_place(annotated, entry, where);
    printf("%-30s = ", key_rows[key].full);
    print_visible(entry->text, TEXT_WIDTH);
    fputs(" # ", stdout);
    print_visible(note_of(entry), 0);
    fputs(where[0] && entry->note[0] ? "  " : "", stdout);
    fputs(where[0] ? "@ " : "", stdout);
    print_visible(where, 0);
    putchar('\n');
}

static void print_head(const struct annotated_profile *annotated)
{
    fputs("# ", stdout);
    print_visible(annotated->name, 0);
    fputs(": ", stdout);
    print_visible(annotated->summary, 0);
    if (annotated->source[0])
        fputs("\n# source: ", stdout);
    print_visible(annotated->source, 0);
    putchar('\n');
}

int profiles_show(const struct wishes *wishes, int count, char **arguments)
{
    static struct annotated_profile annotated;
    if (count != 1) {
        say("show: expected the name of one profile");
        return STATUS_OWN;
    }
    if (!load_or_say(&annotated, arguments[0], wishes))
        return STATUS_OWN;
    print_head(&annotated);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (key == KEY_NONE + 1 || strcmp(key_rows[key].section, key_rows[key - 1].section) != 0)
            putchar('\n');
        print_entry(&annotated, (enum key)key);
    }
    return 0;
}
