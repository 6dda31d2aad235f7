/* pytest lists node ids, one a line, up to an empty line. */
#include <string.h>

#include "memory.h"
#include "split.h"

static const char *lister(char *const *words, struct unit *unit)
{
    unit->words = words_append(words_without_place(words), "--collect-only", "-q");
    return NULL;
}

static void read_listed(struct units *units, char *const *words, const struct outcome *listed)
{
    for (const char *at = listed->out.text; *at && *at != '\n';) {
        size_t length = strcspn(at, "\n");
        char *name = memory_part(at, length);
        if (strstr(name, "::"))
            units_add(units, name, words_for(words, name, true), READ_STATUS);
        at += length + (at[length] == '\n');
    }
}

const struct split split_pytest = {.name = "pytest", .lister = lister, .read = read_listed};
