#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "profiles.h"

static const char *note_of(const struct entry *entry)
{
    /* The two others begin their note with their own words. */
    return entry->standing == STANDING_INITIAL ? "no profile speaks of it" : entry->note;
}

static void print_entry(const struct book *book, enum key key)
{
    const struct entry *entry = &book->entries[key];
    char where[WHERE_SIZE];
    entry_place(book, entry, where);
    printf("%-30s = %-14s # %s%s%s%s\n", key_rows[key].full, entry->text, note_of(entry),
           where[0] && entry->note[0] ? "  " : "", where[0] ? "@ " : "", where);
}

int profiles_show(const struct wishes *wishes, int count, char **arguments)
{
    static struct book book;
    if (count != 1) {
        say("show: expected the name of one profile");
        return STATUS_OWN;
    }
    if (!load_or_say(&book, arguments[0], wishes))
        return STATUS_OWN;
    printf("# %s: %s\n", book.name, book.summary);
    if (book.source[0])
        printf("# source: %s\n", book.source);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (key == KEY_NONE + 1 || strcmp(key_rows[key].section, key_rows[key - 1].section) != 0)
            putchar('\n');
        print_entry(&book, (enum key)key);
    }
    return 0;
}
