#include "book.h"

#include <stdio.h>
#include <string.h>

#include "entry.h"
#include "reading.h"

#define OVERRIDES "LISTENAS_SET (run -o)"

/* One "section.key=value". */
static void take_override(struct book *book, int file, char *piece, struct complaints *complaints)
{
    char *equals = strchr(piece, '=');
    if (!equals) {
        trim(piece);
        complain(complaints, OVERRIDES ": \"%s\" is not of the form section.key=value", piece);
        return;
    }
    *equals = '\0';
    trim(piece);
    trim(equals + 1);
    enum key key = key_of_name(piece);
    if (key == KEY_NONE) {
        complain_of_name(complaints, OVERRIDES, piece);
        return;
    }
    book->entries[key].file = file;
    book->entries[key].line = 0;
    entry_set(&book->profile, &book->entries[key], key, equals + 1, OVERRIDES, complaints);
}

static void take_overrides(struct book *book, const char *overrides, struct complaints *complaints)
{
    char piece[160];
    int file = book_add_file(book, OVERRIDES);
    while (*overrides) {
        size_t length = strcspn(overrides, ",");
        snprintf(piece, sizeof piece, "%.*s", (int)(length < sizeof piece ? length : sizeof piece - 1), overrides);
        take_override(book, file, piece, complaints);
        overrides += length + (overrides[length] == ',');
    }
}

void book_reset(struct book *book)
{
    memset(book, 0, sizeof *book);
    strcpy(book->name, "native");
    profile_reset(&book->profile);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        copy_cut(book->entries[key].text, sizeof book->entries[key].text, key_rows[key].initial);
}

bool book_load(struct book *book, const char *name, const char *program, const char *overrides,
               struct complaints *complaints)
{
    int before = complaints->count;
    book_reset(book);
    copy_cut(book->name, sizeof book->name, name);
    read_profile(book, name, program, complaints);
    if (overrides && *overrides)
        take_overrides(book, overrides, complaints);
    return complaints->count == before;
}
