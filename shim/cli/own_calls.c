#include "own_calls.h"

#include <stdlib.h>
#include <string.h>

#include "../api/listenas.h"

/* LISTENAS_SET is set over whatever platform is chosen, over native as well: it is away meanwhile. */
void own_calls_are_native(void)
{
    const char *set = listenas_is_here() ? getenv("LISTENAS_SET") : NULL;
    char *kept = set ? strdup(set) : NULL;
    if (!listenas_is_here() || (set && !kept))
        return;
    if (set)
        unsetenv("LISTENAS_SET");
    listenas_use("native");
    listenas_provoke("");
    if (set)
        setenv("LISTENAS_SET", kept, 1);
    free(kept);
}
