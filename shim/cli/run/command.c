#include "command.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "own_refuser.h"
#include "shell_word.h"

/* Prints "NAME='value' " of the command, or puts it into the environment. */
static bool pass_on(const struct launch *launch, const char *name, const char *value)
{
    if (!value)
        return true;
    if (!launch->dry)
        return setenv(name, value, 1) == 0;
    printf("%s=", name);
    print_shell_word(value);
    putchar(' ');
    return true;
}

/*
 * A shell can neither make a network namespace, nor start a refuser, nor count calls, so the printed command runs the
 * launcher, which finds the library itself.
 */
static bool needs_launcher(const struct launch *launch)
{
    return launch->dry && (launch->isolate || launch->summary.is_wanted ||
                           own_refuser_is_wanted(&launch->annotated.profile, launch->isolate));
}

bool command_pass_environment(const struct launch *launch)
{
    const struct ring_place *place = &launch->newring.place;
    char setting[RING_SETTING_MAX];
    const char *ring = place->off ? "off" : ring_place_setting(place, setting);
    if (launch->dry && place->slots != RING_SLOTS_USUAL)
        ring = launch->ring; /* as it was said */
    return pass_on(launch, "LISTENAS_PROFILE", launch->profile) && pass_on(launch, "LISTENAS_SET", launch->overrides) &&
           pass_on(launch, "LISTENAS_PROVOKE", launch->provoking.setting) && pass_on(launch, "LISTENAS_RING", ring) &&
           pass_on(launch, "ASAN_OPTIONS", launch->asan_options) &&
           pass_on(launch, "LD_PRELOAD", needs_launcher(launch) ? NULL : launch->preload);
}

static void print_launcher(const struct launch *launch)
{
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    own[length > 0 ? length : 0] = '\0';
    print_shell_word(own);
    fputs(launch->isolate ? " run --isolate " : " run ", stdout);
    if (launch->summary.path) {
        fputs("--summary-file ", stdout);
        print_shell_word(launch->summary.path);
        putchar(' ');
    } else if (launch->summary.is_wanted) {
        fputs("--summary ", stdout);
    }
    fputs("-- ", stdout);
}

void command_print(const struct launch *launch)
{
    if (needs_launcher(launch))
        print_launcher(launch);
    print_shell_word(launch->program.path);
    for (char **word = launch->words + 1; *word; word++) {
        putchar(' ');
        print_shell_word(*word);
    }
    putchar('\n');
}
