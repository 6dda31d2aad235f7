#include "known_profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../profile/loader/load.h"
#include "../proc.h"

/* Of a hostile ring each process can have another profile. */
#define PROFILES_MOST 32

/* The newest first. */
static struct known_profile *known_profiles;

/* The value of LISTENAS_SET with which a running process was started; the caller frees it. NULL if it has none. */
static char *settings_of(const struct context_process *process, uint64_t time_ns)
{
    char path[64], *word = NULL, *found = NULL;
    size_t size = 0;
    uint64_t started_ns = proc_started_ns(process->pid);
    if (!started_ns || started_ns > time_ns) /* its number is another's by now */
        return NULL;
    snprintf(path, sizeof path, "/proc/%u/environ", process->pid);
    FILE *environment = fopen(path, "re");
    while (environment && !found && getdelim(&word, &size, '\0', environment) > 0)
        if (strncmp(word, "LISTENAS_SET=", 13) == 0 && word[13])
            found = strdup(word + 13);
    free(word);
    if (environment)
        fclose(environment);
    return found;
}

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
    known->is_read = !fault && annotated_profile_load(&known->profile, known->process.profile, known->process.program,
                                                      known->settings, &diagnostics);
    if (!known->is_read)
        snprintf(known->fault, sizeof known->fault, "%s", fault ? fault : diagnostics.first);
}

static void free_from(struct known_profile *known)
{
    while (known) {
        struct known_profile *next = known->next;
        free(known->settings);
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

static bool is_of_names(const struct known_profile *known, const struct context_process *process)
{
    return strcmp(known->process.program, process->program) == 0 &&
           strcmp(known->process.profile, process->profile) == 0;
}

static struct known_profile *find_settings(const struct context_process *process, const char *settings)
{
    struct known_profile *known = known_profiles;
    while (known && (!is_of_names(known, process) || strcmp(known->settings ? known->settings : "", settings) != 0))
        known = known->next;
    return known;
}

static struct known_profile *find_process(const struct context_process *process)
{
    struct known_profile *known = known_profiles;
    while (known && (known->process.pid != process->pid || !is_of_names(known, process)))
        known = known->next;
    return known;
}

struct known_profile *known_profile(const struct context_process *process, uint64_t time_ns)
{
    struct known_profile *known = find_process(process);
    if (known)
        return known;
    char *settings = settings_of(process, time_ns);
    known = find_settings(process, settings ? settings : "");
    if (known) {
        known->process.pid = process->pid;
        free(settings);
        return known;
    }
    known = calloc(1, sizeof *known);
    if (!known) {
        free(settings);
        return NULL;
    }
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
