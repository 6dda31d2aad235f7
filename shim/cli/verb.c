#include "verb.h"

#include <string.h>

#include "../profile/loader/search.h"
#include "cli.h"

const struct verb *const verbs[] = {
#define VERB(name) &verb_##name,
#include "verbs.def"
    0,
};

const struct verb *verb_find(const char *name)
{
    for (const struct verb *const *verb = verbs; *verb; verb++)
        if (strcmp(name, (*verb)->name) == 0)
            return *verb;
    return NULL;
}

int verb_say_unknown(const char *name)
{
    static struct profile_source place;
    char best[16];
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (const struct verb *const *verb = verbs; *verb; verb++)
        suggest_try(&nearest, (*verb)->name);
    if (name[0] == '-' && name[1] != '-') {
        say("unknown option \"%s\"; options follow a verb, as in `listenas run %s ...`", name, name);
        return STATUS_USAGE;
    }
    if (name[0] == '-') {
        suggest_try(&nearest, "--help");
        suggest_try(&nearest, "--version");
        return say_unknown("option", &nearest, "listenas help");
    }
    if (!strchr(name, '/') && !suggest_found(&nearest) && profile_find(name, NULL, true, &place) == FOUND) {
        say("unknown verb \"%s\"; a program runs as this platform by `listenas run -p %s -- PROGRAM`", name, name);
        return STATUS_USAGE;
    }
    if (strchr(name, '/')) {
        say("unknown verb \"%s\"; a program is started by `listenas run -- %s`", name, name);
        return STATUS_USAGE;
    }
    return say_unknown("verb", &nearest, "listenas help");
}
