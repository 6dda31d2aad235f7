/*
 * Programs of the Check library: it has no list either, but CK_RUN_SUITE and CK_RUN_CASE choose one test case (tcase)
 * of a suite, and the log of a whole run names them all.
 */
#include <string.h>

#include "memory.h"
#include "split.h"

static const char *lister(char *const *words, struct unit *unit)
{
    unit->words = words_for(words, "", false);
    unit->reading = READ_CHECK;
    return NULL;
}

static bool has_unit(const struct units *units, const char *name)
{
    for (size_t i = 0; i < units->count; i++)
        if (strcmp(units->unit[i].name, name) == 0)
            return true;
    return false;
}

/* A name of a point is "SUITE/TCASE/TEST"; suite and tcase may hold slashes, and a test is a name of C. */
static void add_tcase(struct units *units, char *const *words, const char *suite, const char *tcase)
{
    char *name = memory_format("%s/%s", suite, tcase);
    if (has_unit(units, name))
        return;
    char **environment = memory_new(3 * sizeof *environment);
    environment[0] = memory_format("CK_RUN_SUITE=%s", suite);
    environment[1] = memory_format("CK_RUN_CASE=%s", tcase);
    units_add(units, name, words_for(words, "", false), READ_CHECK)->environment = environment;
}

static void read_listed(struct units *units, char *const *words, const struct outcome *listed)
{
    for (size_t i = 0; i < listed->points.count; i++) {
        const struct point *point = &listed->points.point[i];
        if (point->suite)
            add_tcase(units, words, point->suite, point->tcase);
    }
}

const struct split split_check = {.name = "check", .lister = lister, .read = read_listed};
