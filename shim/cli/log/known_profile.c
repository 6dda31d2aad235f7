#include "known_profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../profile/loader/load.h"

/* The most that are kept: in a hostile ring each process can have another profile. */
#define PROFILES_MOST 32

/* The newest first. */
static struct known_profile *known_profiles;

/* The path comes from a ring that may be anybody's: what is no file can block. NULL if it may be read. */
static const char *fault_of_path(const struct context_process *process)
{
    struct stat status;
    if (process->profile_is_cut)
        return "only the end of its path is recorded";
    if (!strchr(process->profile, '/'))
        return NULL;
    if (process->profile[0] != '/')
        return "its path begins at the directory that the server was started in";
    if (stat(process->profile, &status) != 0)
        return strerror(errno);
    if (!S_ISREG(status.st_mode))
        return "is not a regular file";
    return status.st_uid == 0 || status.st_uid == geteuid() ? NULL : "is another user's";
}

static void read_profile(struct known_profile *known)
{
    struct diagnostics diagnostics = {0};
    const char *fault = fault_of_path(&known->process);
    if (!fault && !known->settings.is_known)
        fault = known->settings.text[0] ? "only the beginning of its LISTENAS_SET is recorded"
                                        : "its LISTENAS_SET is not recorded";
    known->is_read = !fault && annotated_profile_load(&known->profile, known->process.profile, known->process.program,
                                                      known->settings.text, &diagnostics);
    if (!known->is_read)
        snprintf(known->fault, sizeof known->fault, "%s", fault ? fault : diagnostics.first);
}

static void free_from(struct known_profile *known)
{
    while (known) {
        struct known_profile *next = known->next;
        free(known);
        known = next;
    }
}

/* Forgets the oldest where there are too many. */
static void limit_profiles(void)
{
    struct known_profile *known = known_profiles;
    for (int i = 1; known && i < PROFILES_MOST; i++)
        known = known->next;
    if (!known)
        return;
    free_from(known->next);
    known->next = NULL;
}

static bool is_of(const struct known_profile *known, const struct context_process *process,
                  const struct settings *settings)
{
    return strcmp(known->process.program, process->program) == 0 &&
           strcmp(known->process.profile, process->profile) == 0 && known->settings.is_known == settings->is_known &&
           strcmp(known->settings.text, settings->text) == 0;
}

struct known_profile *known_profile(const struct ring *ring, const struct context_process *process)
{
    struct settings settings;
    ring_settings(ring, process->settings, &settings);
    struct known_profile *known = known_profiles;
    while (known && !is_of(known, process, &settings))
        known = known->next;
    if (known)
        return known;
    known = calloc(1, sizeof *known);
    if (!known)
        return NULL;
    known->process = *process;
    known->settings = settings;
    known->next = known_profiles;
    known_profiles = known;
    limit_profiles();
    read_profile(known);
    return known;
}

void known_profiles_forget(void)
{
    free_from(known_profiles);
    known_profiles = NULL;
}
