/* ctest lists its tests as JSON, and runs those that a regular expression of CMake's matches. */
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "memory.h"
#include "split.h"

static const char *lister(char *const *words, struct unit *unit)
{
    unit->words = words_append(words, "--show-only=json-v1", NULL);
    return NULL;
}

/* CMake's expressions have these special characters. Source: cmake-commands(7), string(REGEX). */
static char *expression_for(const char *name)
{
    char *text = memory_new(2 * strlen(name) + 3), *to = text;
    *to++ = '^';
    for (; *name; name++) {
        if (strchr("^$.*+?[]()|\\-", *name))
            *to++ = '\\';
        *to++ = *name;
    }
    *to = '$';
    return text;
}

static void add_test(struct units *units, char *const *words, const char *name)
{
    char *expression = expression_for(name);
    char **chosen = words_append(words, "-R", expression);
    units_add(units, memory_text(name), words_append(chosen, "--no-tests=error", "--output-on-failure"), READ_STATUS);
    free(expression);
}

static void read_listed(struct units *units, char *const *words, const struct outcome *listed)
{
    size_t i;
    json_t *test, *listing = json_loads(listed->out.text, 0, NULL);
    json_array_foreach(list_of(listing, "tests"), i, test)
        if (*text_of(test, "name"))
            add_test(units, words, text_of(test, "name"));
    json_decref(listing);
}

const struct split split_ctest = {.name = "ctest", .lister = lister, .read = read_listed};
