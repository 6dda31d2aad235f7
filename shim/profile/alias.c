#include "alias.h"

#include <stdbool.h>
#include <stddef.h>

#include "builtin.h"

/* Arrays: a pointer in a table of a shared library would cost each starting process a relocation. */
static const struct alias {
    char name[BUILTIN_NAME], profile[BUILTIN_NAME];
} aliases[] = {
#define ALIAS(name, profile) {name, profile},
#include "aliases.def"
};

#define ALIASES (int)(sizeof aliases / sizeof *aliases)

static char lower(char letter)
{
    return (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

/* Not strcasecmp, which would be one symbol more for each process that starts. */
static bool is_same(const char *alias, const char *name)
{
    while (*alias && *alias == lower(*name))
        alias++, name++;
    return *alias == lower(*name);
}

const char *alias_find(const char *name)
{
    for (int i = 0; i < ALIASES; i++)
        if (is_same(aliases[i].name, name))
            return aliases[i].profile;
    return NULL;
}

const char *alias_name(int index)
{
    return index < ALIASES ? aliases[index].name : NULL;
}
