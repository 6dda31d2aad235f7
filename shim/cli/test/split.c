#include "split.h"

#include <string.h>

#include "../cli.h"

static const struct split *const splits[] = {&split_check, &split_ctest, &split_node, &split_pytest, &split_tap};

#define SPLITS (sizeof splits / sizeof *splits)

const struct split *split_find(const char *name)
{
    char best[16];
    for (size_t i = 0; i < SPLITS; i++)
        if (strcmp(splits[i]->name, name) == 0)
            return splits[i];
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (size_t i = 0; i < SPLITS; i++)
        suggest_try(&nearest, splits[i]->name);
    if (suggest_found(&nearest))
        say("unknown split \"%s\"; did you mean %s?", name, best);
    else
        say("unknown split \"%s\"; expected check, ctest, node, pytest or tap", name);
    return NULL;
}
