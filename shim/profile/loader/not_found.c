#include "not_found.h"

#include <string.h>
#include <sys/stat.h>

#include "../alias.h"
#include "../builtin.h"
#include "../suggest.h"

/* Bytes of the shortest alias that is offered for an unknown name. */
#define ALIAS_NEAR 5

struct spot spot_of_heir(const struct opening *heirs)
{
    return heirs ? (struct spot){.name = heirs->place->path, .line = heirs->line} : (struct spot){0};
}

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static void diagnose_unknown(struct diagnostics *diagnostics, const char *name, const struct opening *heirs)
{
    char best[64];
    bool heard = diagnostics_are_heard(diagnostics);
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (int i = 0; heard && i < builtin_count; i++)
        suggest_try(&nearest, builtin_profiles[i].name);
    for (int i = 0; heard && alias_name(i); i++)
        if (strlen(alias_name(i)) >= ALIAS_NEAR) /* nearly every short word is near to one of three letters */
            suggest_try(&nearest, alias_name(i));
    if (suggest_found(&nearest))
        diagnose_at(diagnostics, spot_of_heir(heirs), "unknown profile \"%s\"; did you mean %s?", name, best);
    else if (!heirs && heard && is_file(name))
        diagnose_at(diagnostics, spot_of_heir(heirs), "unknown profile \"%s\"; did you mean ./%s?", name, name);
    else
        diagnose_at(diagnostics, spot_of_heir(heirs), "unknown profile \"%s\"; `listenas profiles` lists all", name);
}

void diagnose_profile(struct diagnostics *diagnostics, const char *name, const struct opening *heirs, enum found found)
{
    if (found == FOUND_CYCLE)
        diagnose_at(diagnostics, spot_of_heir(heirs), "inherits \"%s\", which inherits from it in turn", name);
    else if (found == FOUND_NOTHING)
        diagnose_unknown(diagnostics, name, heirs);
    else
        diagnose_at(diagnostics, spot_of_heir(heirs), "inherits \"%s\", deeper than %d profiles may inherit", name,
                    INHERIT_MAX);
}
