#include "annotated_profile.h"

#include <string.h>

#include "entry.h"
#include "reading.h"

bool book_load(struct book *book, const char *name, const char *program, const char *overrides,
               struct complaints *complaints)
{
    struct target target = {.profile = &book->profile, .book = book, .texts = builtins};
    memset(book, 0, sizeof *book);
    copy_cut(book->name, sizeof book->name, name);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        copy_cut(book->entries[key].text, sizeof book->entries[key].text, key_rows[key].initial);
    return load_target(&target, name, program, overrides, complaints);
}
