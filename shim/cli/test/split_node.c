/* node --test has no list of its tests: they are those that a run reports as TAP. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "split.h"
#include "tap.h"

#define TEST "--test"
#define REPORTER "--test-reporter=tap"

static const char *lister(char *const *words, struct unit *unit)
{
    unit->words = words_insert(words, TEST, REPORTER);
    return unit->words ? NULL : "the command has no word --test";
}

/* The pattern is a regular expression of JavaScript, matched with the name of the test itself. */
static char *pattern_for(const char *point)
{
    const char *name = point, *next;
    while ((next = strstr(name, " > ")))
        name = next + 3;
    char *text = memory_text("--test-name-pattern=^");
    for (; *name; name++) {
        char *longer = memory_format("%s%s%c", text, strchr("^$.*+?[](){}|\\/", *name) ? "\\" : "", *name);
        free(text);
        text = longer;
    }
    return memory_format("%s$", text);
}

static bool is_new(const struct units *units, const char *name)
{
    for (size_t i = 0; i < units->count; i++)
        if (strcmp(units->unit[i].name, name) == 0)
            return false;
    return true;
}

static void read_listed(struct units *units, char *const *words, const struct outcome *listed)
{
    struct points points = {0};
    char **reporting = words_insert(words, TEST, REPORTER);
    tap_read(&points, listed->out.text);
    for (size_t i = 0; i < points.count; i++) {
        const char *name = points.point[i].name;
        if (!is_new(units, name))
            continue;
        struct unit *unit =
            units_add(units, memory_text(name), words_insert(reporting, TEST, pattern_for(name)), READ_TAP);
        unit->only_own_point = true;
    }
}

const struct split split_node = {.name = "node", .lister = lister, .read = read_listed};
