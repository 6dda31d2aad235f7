#include "alias.h"

#include <stddef.h>
#include <strings.h>

#include "builtin.h"

/* Arrays: a pointer in a table of a shared library would cost each starting process a relocation. */
static const struct alias {
    char name[BUILTIN_NAME], profile[BUILTIN_NAME];
} aliases[] = {
#define ALIAS(name, profile) {name, profile},
#include "aliases.def"
};

#define ALIASES (int)(sizeof aliases / sizeof *aliases)

const char *alias_find(const char *name)
{
    for (int i = 0; i < ALIASES; i++)
        if (strcasecmp(aliases[i].name, name) == 0)
            return aliases[i].profile;
    return NULL;
}

const char *alias_name(int index)
{
    return index < ALIASES ? aliases[index].name : NULL;
}
