#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/load.h"
#include "../cli.h"
#include "profiles.h"

static void print_good(const char *path)
{
    print_visible(path, 0);
    puts(": good");
}

int profiles_check(const struct wishes *wishes, int count, char **arguments)
{
    int status = 0;
    static struct annotated_profile annotated;
    (void)wishes;
    for (int i = 0; i < count; i++) {
        struct diagnostics diagnostics = {.tell = say_diagnostic};
        char path[PATH_MAX];
        /* Here a bare word is a file, not the name of a profile. */
        int length = snprintf(path, sizeof path, "%s%s", strchr(arguments[i], '/') ? "" : "./", arguments[i]);
        if (length < (int)sizeof path && annotated_profile_load(&annotated, path, NULL, NULL, &diagnostics))
            print_good(arguments[i]);
        else
            status = STATUS_OWN;
    }
    if (count == 0)
        say("check: expected a file");
    return count ? status : STATUS_OWN;
}
