#include <stdio.h>

#include "../../profile/loader/load.h"
#include "../cli.h"
#include "profiles.h"

static void print_found(const struct annotated_profile *annotated, const char *directory)
{
    print_visible(annotated->name, NAME_WIDTH);
    putchar(' ');
    print_visible(annotated->summary, 0);
    fputs(directory[0] ? "  (" : "", stdout);
    print_visible(directory, 0);
    puts(directory[0] ? ")" : "");
}

static void print_summary(const char *name, const char *directory, void *context)
{
    struct diagnostics diagnostics = {0};
    static struct annotated_profile annotated;
    (void)context;
    if (annotated_profile_load(&annotated, name, NULL, NULL, &diagnostics))
        print_found(&annotated, directory);
    else
        print_mistake(name, &diagnostics);
}

int profiles_list(const struct wishes *wishes, int count, char **arguments)
{
    (void)wishes;
    (void)arguments;
    if (count > 0) {
        say("list: takes no arguments");
        return STATUS_OWN;
    }
    each_profile(print_summary, NULL);
    return 0;
}
