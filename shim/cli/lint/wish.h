/*
 * What the command line of `listenas lint` asks for.
 */
#ifndef LISTENAS_CLI_LINT_WISH_H
#define LISTENAS_CLI_LINT_WISH_H

#include "../test/reports.h"
#include <stdbool.h>

struct lint_wish {
    const char *names;    /* the platforms, as they were asked for; NULL for all */
    const char *baseline; /* --against; NULL for none */
    const char *root;     /* frames in here are the program's own */
    const char *ring;     /* --ring; NULL: `words` are run */
    char **words;         /* the command; NULL-terminated */
    bool firm_only;       /* --min=firm */
    bool all;             /* --all */
    bool isolate;         /* --isolate */
    struct reports reports;
};

#endif
