#include "explain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../profile/errno_name.h"
#include "../../profile/loader/load.h"
#include "../profiles/profiles.h"
#include "callform.h"
#include "printer.h"

#define SECOND UINT64_C(1000000000)

/* Of a hostile ring each process can have another profile. */
#define PROFILES_MOST 32

/* A profile that was read for a program, with the settings of a process. */
struct known_profile {
    struct known_profile *next;
    struct context_process process; /* that it was looked for last */
    char *settings;                 /* NULL for none */
    bool is_read;
    bool told[KEY_COUNT]; /* rules that have been explained */
    char fault[256];
    struct annotated_profile profile;
};

/* The newest first. */
static struct known_profile *known_profiles;

/* --- the profile --- */

/* When the process started, in nanoseconds since 1970; UINT64_MAX if there is none. Source: proc(5), field 22 of stat.
 */
static uint64_t began_ns(uint32_t pid)
{
    char path[64], text[1024];
    unsigned long long ticks;
    struct timespec boot, now;
    snprintf(path, sizeof path, "/proc/%u/stat", pid);
    FILE *stat = fopen(path, "re");
    size_t length = stat ? fread(text, 1, sizeof text - 1, stat) : 0;
    if (stat)
        fclose(stat);
    text[length] = '\0';
    const char *rest = strrchr(text, ')');
    if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                        &ticks) != 1)
        return UINT64_MAX;
    clock_gettime(CLOCK_BOOTTIME, &boot);
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t up_ns = (uint64_t)boot.tv_sec * SECOND + (uint64_t)boot.tv_nsec;
    uint64_t now_ns = (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
    return now_ns - up_ns + ticks * (SECOND / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* The value of LISTENAS_SET with which a running process was started; the caller frees it. NULL if it has none. */
static char *settings_of(const struct context_process *process, uint64_t time_ns)
{
    char path[64], *word = NULL, *found = NULL;
    size_t size = 0;
    if (began_ns(process->pid) > time_ns) /* its number is another's by now */
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

/* NULL without memory. */
static struct known_profile *find_profile(const struct context_process *process, uint64_t time_ns)
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

void explain_forget(void)
{
    free_from(known_profiles);
    known_profiles = NULL;
}

/* --- the rules --- */

/* The first time that the profile's rule is asked for. */
static bool is_news(struct known_profile *known, enum key key)
{
    bool is_first = known && !known->told[key];
    if (known)
        known->told[key] = true;
    return is_first;
}

static void add_rule(struct explanation *explanation, const char *name, struct known_profile *known)
{
    enum key key = key_of_name(name);
    if (explanation->count == EXPLAINED_RULES)
        return;
    struct explained_rule *rule = &explanation->rules[explanation->count++];
    *rule = (struct explained_rule){.is_first = true, .value = "?", .firmness = "unknown", .help = "", .native = ""};
    snprintf(rule->key, sizeof rule->key, "%s", name);
    if (key == KEY_NONE)
        return;
    rule->is_first = is_news(known, key);
    rule->help = key_help(key);
    rule->native = key_rows[key].native;
    if (!known || !known->is_read)
        return;
    const struct entry *entry = &known->profile.entries[key];
    snprintf(rule->value, sizeof rule->value, "%s", entry->text);
    rule->firmness = standing_word(entry->standing);
    if (entry->standing != STANDING_INITIAL)
        snprintf(rule->source, sizeof rule->source, "%s", entry->note);
    entry_place(&known->profile, entry, rule->place);
}

/* What a record says by its flags instead of by a key. */
static void add_flagged(struct explanation *explanation, const char *call, const struct record *record,
                        struct known_profile *known)
{
    if (strcmp(call, "listen") == 0 && record->flags & RECORD_WATCHED)
        add_rule(explanation, "listen.overflow_tcp", known);
    else if (record->flags & RECORD_WATCHED)
        add_rule(explanation, "filter.overflow", known);
    if (record->flags & RECORD_SHORTENED)
        add_rule(explanation, "listen.relisten_excess", known);
}

/* --- Linux --- */

static void tell_listen(const struct record *record, char *text, size_t size)
{
    const char *drops = record->flags & RECORD_WATCHED ? "; a full queue drops the SYN" : "";
    const char *keeps = record->flags & RECORD_SHORTENED ? "; what is queued beyond the new backlog stays" : "";
    if (record->asked < 0)
        snprintf(text, size, "net.core.somaxconn as the backlog, and one connection more in the queue%s%s", drops,
                 keeps);
    else
        snprintf(text, size, "a queue of %lld connections, or fewer by net.core.somaxconn%s%s", record->asked + 1LL,
                 drops, keeps);
}

/* Of an accept that gave other flags than it was asked for. */
static void tell_flags(const struct record *record, char *text, size_t size)
{
    char more[64], less[64];
    int added = record->given & ~record->asked, removed = record->asked & ~record->given;
    format_flags(added, more, sizeof more);
    format_flags(removed, less, sizeof less);
    snprintf(text, size, "a descriptor%s%s%s%s", added ? " without " : "", added ? more : "", removed ? " with " : "",
             removed ? less : "");
}

static void tell_linux(const char *call, const struct record *record, struct explanation *explanation)
{
    char *text = explanation->native;
    const size_t size = sizeof explanation->native;
    const char *native = explanation->count > 0 ? explanation->rules[0].native : "";
    bool accepts = strcmp(call, "accept") == 0 || strcmp(call, "accept4") == 0;
    if (record->kernel_error)
        snprintf(text, size, "%s%s", error_name(record->kernel_error),
                 record->kernel_error == record->given_error ? ", as here" : "");
    else if (strcmp(call, "listen") == 0 && !(record->flags & RECORD_NOT_CALLED) && record->result >= 0)
        tell_listen(record, text, size);
    else if (accepts && record->result >= 0 && record->given != record->asked)
        tell_flags(record, text, size);
    else if (native[0])
        snprintf(text, size, "%s", native);
    else
        snprintf(text, size, "what depends on the host, and is not recorded");
}

void explain(const struct ring *ring, const struct record *record, const struct context_process *process,
             struct explanation *explanation)
{
    struct known_profile *known = find_profile(process, record->time_ns);
    const char *call = call_name(ring, record->call);
    *explanation = (struct explanation){0};
    snprintf(explanation->profile, sizeof explanation->profile, "%s", process->profile);
    snprintf(explanation->fault, sizeof explanation->fault, "%s", known ? known->fault : "there is no memory");
    explanation->is_first = is_news(known, KEY_NONE);
    for (int i = 0; i < 2; i++)
        if (record->key[i])
            add_rule(explanation, key_name(ring, record->key[i]), known);
    add_flagged(explanation, call, record, known);
    tell_linux(call, record, explanation);
}
