#include "explain.h"

#include <stdio.h>
#include <string.h>

#include "../profiles/profiles.h"
#include "callform.h"
#include "known_profile.h"
#include "printer.h"

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

void explain_record(const struct ring *ring, const struct record *record, const struct context_process *process,
                    struct explanation *explanation)
{
    struct known_profile *known = known_profile(process, record->time_ns);
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
