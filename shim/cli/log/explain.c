#include "explain.h"

#include <stdio.h>
#include <string.h>

#include "../../profile/errno_name.h"
#include "../profiles/profiles.h"
#include "callform.h"
#include "known_profile.h"
#include "names.h"

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

static void tell_queue(const struct record *record, char *text, size_t size)
{
    const char *drops = record->flags & RECORD_WATCHED ? "; a full queue drops the SYN" : "";
    const char *keeps = record->flags & RECORD_SHORTENED ? "; what is queued beyond the new backlog stays" : "";
    if (record->asked < 0)
        snprintf(text, size, "net.core.somaxconn as the backlog, and one connection more in the queue%s%s", drops,
                 keeps);
    else
        snprintf(text, size, "a queue of %lld connection%s, or fewer by net.core.somaxconn%s%s", record->asked + 1LL,
                 record->asked ? "s" : "", drops, keeps);
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

/* Whether the key acts at several calls: what the table says of Linux may then be about another one than this. */
static bool is_of_several_calls(const char *name)
{
    const struct key_row *row = &key_rows[key_of_name(name)];
    for (int i = 1; i < KEY_ACTS && row->at[i].phases; i++)
        if (row->at[i].call != row->at[0].call)
            return true;
    return false;
}

/* By what the table says that Linux does: an errno, or a value of the key. */
static void tell_native(const char *key, const char *native, char *text, size_t size)
{
    if (native[0] && is_of_several_calls(key))
        snprintf(text, size, "as with %s = %s", key, native);
    else if (strcmp(native, "ok") == 0)
        snprintf(text, size, "success");
    else if (errno_of_name(native))
        snprintf(text, size, "%s", native);
    else if (native[0])
        snprintf(text, size, "as with %s = %s", key, native);
    else
        snprintf(text, size, "not known from the record: it depends on the host");
}

static bool is_in_section(const char *key, const char *section)
{
    size_t length = strlen(section);
    return strncmp(key, section, length) == 0 && key[length] == '.';
}

/* Whether the kernel's error is what it would have been without the key, which then changed something else. */
static bool is_errors_own(const char *call, const char *key)
{
    return (strncmp(call, "accept", 6) == 0 && is_in_section(key, "accept")) ||
           (strcmp(call, "listen") == 0 && is_in_section(key, "listen"));
}

static bool is_about_flags(const char *key)
{
    return strcmp(key, "accept.inherit_nonblock") == 0 || strcmp(key, "accept.inherit_cloexec") == 0 ||
           strcmp(key, "accept.accept4") == 0;
}

static void tell_linux(const char *call, const struct record *record, struct explanation *explanation)
{
    char *text = explanation->native;
    const size_t size = sizeof explanation->native;
    const struct explained_rule *rule = &explanation->rules[0];
    const char *key = explanation->count ? rule->key : "", *native = explanation->count ? rule->native : "";
    if (record->kernel_error && record->kernel_error != record->given_error)
        snprintf(text, size, "%s", error_name(record->kernel_error));
    else if (record->kernel_error && is_errors_own(call, key))
        snprintf(text, size, "%s, as here", error_name(record->kernel_error));
    else if (strcmp(call, "listen") == 0 && record->result >= 0 && !(record->flags & RECORD_NOT_CALLED))
        tell_queue(record, text, size);
    else if (record->result >= 0 && record->given != record->asked && is_about_flags(key))
        tell_flags(record, text, size);
    else
        tell_native(key, native, text, size);
}

void explain_record(const struct ring *ring, const struct record *record, const struct context_process *process,
                    struct explanation *explanation)
{
    struct known_profile *known = known_profile(ring, process);
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
