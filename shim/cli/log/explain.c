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

/* A profile that was read, for a program, with a process's settings. */
struct known_profile {
    struct known_profile *next;
    struct context_process process;
    bool is_read;
    bool told[KEY_COUNT]; /* rules that have been explained */
    char fault[256];
    struct annotated_profile profile;
};

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

static bool is_same(const struct context_process *a, const struct context_process *b)
{
    return a->pid == b->pid && strcmp(a->program, b->program) == 0 && strcmp(a->profile, b->profile) == 0;
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

static void read_profile(struct known_profile *known, uint64_t time_ns)
{
    struct diagnostics diagnostics = {0};
    const char *fault = fault_of_path(&known->process);
    char *settings = settings_of(&known->process, time_ns);
    known->is_read = !fault && annotated_profile_load(&known->profile, known->process.profile, known->process.program,
                                                      settings, &diagnostics);
    if (!known->is_read)
        snprintf(known->fault, sizeof known->fault, "%s", fault ? fault : diagnostics.first);
    free(settings);
}

/* NULL without memory. */
static struct known_profile *find_profile(const struct context_process *process, uint64_t time_ns)
{
    for (struct known_profile *known = known_profiles; known; known = known->next)
        if (is_same(&known->process, process))
            return known;
    struct known_profile *known = calloc(1, sizeof *known);
    if (!known)
        return NULL;
    known->process = *process;
    known->next = known_profiles;
    known_profiles = known;
    read_profile(known, time_ns);
    return known;
}

void explain_forget(void)
{
    while (known_profiles) {
        struct known_profile *known = known_profiles;
        known_profiles = known->next;
        free(known);
    }
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
