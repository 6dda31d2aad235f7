#include "tell.h"

#include <stdio.h>
#include <string.h>

#include "../cli.h"

static void print_output(const struct output *output)
{
    for (const char *at = output->text; at && *at;) {
        size_t length = strcspn(at, "\n");
        char line[512];
        snprintf(line, sizeof line, "    | %.*s", (int)(length < 480 ? length : 480), at);
        print_visible(line, 0);
        putchar('\n');
        at += length + (at[length] == '\n');
    }
}

void tell_run(const struct plan *plan, const struct platform *platform, const struct outcome *outcome, const char *name)
{
    char ended[128];
    if (!plan->is_verbose)
        return;
    const struct point *point = points_find(&outcome->points, name);
    bool passes = point && point->mark == MARK_PASS;
    ending_describe(outcome->ending, outcome->seconds, ended, sizeof ended);
    fputs("as ", stdout);
    print_visible(platform->label, 0);
    printf(": %s, %s, %.1f s\n", passes ? "passes" : "does not pass", ended, outcome->seconds);
    if (point && point->detail && *point->detail) {
        fputs("    ", stdout);
        print_visible(point->detail, 0);
        putchar('\n');
    }
    if (!passes)
        print_output(&outcome->all);
    fflush(stdout);
}

void tell_acts(const struct plan *plan, const struct acts *acts)
{
    char where[PATH_MAX + 320];
    if (!plan->is_verbose)
        return;
    printf("%zu key%s acted in %llu call%s:\n", acts->count, acts->count == 1 ? "" : "s",
           (unsigned long long)acts->calls, acts->calls == 1 ? "" : "s");
    for (size_t i = 0; i < acts->count; i++) {
        const struct act *act = &acts->act[i];
        place_describe(&act->place, where, sizeof where);
        printf("    %-28s %4u time%s, such as ", key_rows[act->key].full, act->count, act->count == 1 ? "" : "s");
        print_visible(act->call, 0);
        printf(" = %s at ", act->given);
        print_visible(where, 0);
        putchar('\n');
    }
    fflush(stdout);
}

void tell_try(const struct plan *plan, const char *set, bool passes)
{
    if (!plan->is_verbose)
        return;
    printf("%s with %s\n", passes ? "passes       " : "does not pass", set);
    fflush(stdout);
}
