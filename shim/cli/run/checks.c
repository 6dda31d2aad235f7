#include "checks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../profile/alias.h"
#include "../../profile/loader/load.h"
#include "../cli.h"
#include "../path.h"
#include "../profiles/profiles.h"
#include "library.h"
#include "preflight.h"

/* The program may start children in another directory, so a relative path becomes absolute. */
static int fix_profile(struct launch *launch)
{
    char here[PATH_MAX];
    if (launch->profile[0] == '/' || !strchr(launch->profile, '/'))
        return 0;
    int error = getcwd(here, sizeof here) ? 0 : errno;
    if (!error && snprintf(launch->profile_path, PATH_MAX, "%s/%s", here, launch->profile) >= PATH_MAX)
        error = ENAMETOOLONG;
    if (error) {
        say("the profile %s: its absolute path is unknown: %s", launch->profile, strerror(error));
        return STATUS_OWN;
    }
    launch->profile = launch->profile_path;
    return 0;
}

/* The name by which the library will look for [program] sections: a script's process has its interpreter's name. */
static const char *process_name(const struct launch *launch)
{
    return base_name(launch->program.is_script ? launch->program.binary : launch->words[0]);
}

static int load_profile(struct launch *launch)
{
    struct diagnostics diagnostics = {.tell = say_diagnostic};
    int status = fix_profile(launch);
    if (status)
        return status;
    say_relative_directories();
    if (!annotated_profile_load(&launch->annotated, launch->profile, process_name(launch), launch->overrides,
                                &diagnostics))
        return STATUS_OWN;
    if (alias_find(launch->profile))
        launch->profile = launch->annotated.name;
    return provoking_check(&launch->provoking, &launch->annotated);
}

/*
 * The shared runtime of AddressSanitizer wants to be the first library, before any that is preloaded; ours defines
 * nothing that it must be first for. To preload it would put it into the program's children as well.
 */
static bool allow_sanitizer(struct launch *launch)
{
    static const char order[] = "verify_asan_link_order";
    const char *before = getenv("ASAN_OPTIONS");
    if (!launch->program.address_sanitizer || (before && strstr(before, order)))
        return true;
    return asprintf(&launch->asan_options, "%s%s%s=0", before ? before : "", before && *before ? ":" : "", order) > 0;
}

/* Each may need the result of the one before. */
int launch_check(struct launch *launch)
{
    int status = preflight(&launch->program, launch->words[0], launch->entry);
    if (!status)
        status = load_profile(launch);
    if (!status)
        status = newring_place(&launch->newring, launch->ring_source, launch->ring, launch->words[0]);
    if (status)
        return status;
    launch->preload = library_preload(launch->entry, getenv("LD_PRELOAD"));
    if (launch->preload && allow_sanitizer(launch))
        return 0;
    say("out of memory");
    return STATUS_OWN;
}
