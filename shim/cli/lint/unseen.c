#include "unseen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "../line.h"
#include "../test/document.h"
#include "../test/memory.h"

/* Where the command that shows a situation begins. */
#define HOW_COLUMN 55

static bool is_accept(const struct judged_call *call)
{
    return call->call == CALL_accept || call->call == CALL_accept4;
}

/* No call of the server tells that a client met a full queue, and lint does not ask the kernel. */
static bool meets_full_queue(const struct judged_call *call)
{
    (void)call;
    return false;
}

static bool meets_reset_in_queue(const struct judged_call *call)
{
    return is_accept(call) && call->seen.facts & (CASE_END_RESET | CASE_END_CLOSED);
}

static bool meets_no_descriptors(const struct judged_call *call)
{
    return call->seen.error == EMFILE || call->seen.error == ENFILE;
}

static bool meets_bind_fails(const struct judged_call *call)
{
    return call->call == CALL_bind && call->seen.error;
}

static bool meets_connect_fails(const struct judged_call *call)
{
    return call->call == CALL_connect && call->seen.error && call->seen.error != EINPROGRESS;
}

static bool meets_accept_waits(const struct judged_call *call)
{
    return is_accept(call) && (call->seen.error == EINTR || call->seen.error == EAGAIN);
}

static bool meets_shut_listener(const struct judged_call *call)
{
    return call->call == CALL_shutdown && call->seen.facts & CASE_LISTENING;
}

/* A program that is built for Linux asks for none. */
static bool meets_filters(const struct judged_call *call)
{
    (void)call;
    return false;
}

/* The kernel does not tell which options were set after a client was queued. */
static bool meets_late_options(const struct judged_call *call)
{
    (void)call;
    return false;
}

static const struct situation {
    const char *what, *how, *keys;
    bool (*meets)(const struct judged_call *call);
} situations[] = {
#define SITUATION(name, what, how, keys) {what, how, keys, meets_##name},
#include "unseen.def"
};

/* Whether a platform that was asked for makes something else of the key than Linux. */
static bool is_promised(const struct platforms *platforms, enum key key)
{
    for (size_t i = 1; i < platforms->count; i++)
        if (profile_asks_key(&platforms->platform[i]->annotated.profile, key) ||
            platforms->platform[i]->annotated.entries[key].standing == STANDING_NOT_ENFORCED)
            return true;
    return false;
}

/* Those keys of a list that a platform promises; the caller frees the text. */
static char *promised_keys(const struct platforms *platforms, const char *list)
{
    char *words = memory_text(list), *rest = words, *word, *keys = memory_text("");
    while ((word = strsep(&rest, " "))) {
        enum key key = key_of_name(word);
        char *old = keys;
        if (key == KEY_NONE || !is_promised(platforms, key))
            continue;
        keys = memory_format("%s%s%s", old, *old ? " " : "", word);
        free(old);
    }
    free(words);
    return keys;
}

static void add(json_t *unseen, const char *what, char *keys, const char *how)
{
    if (*keys)
        json_array_append_new(unseen, json_pack("{s:s, s:s, s:s}", "what", what, "keys", keys, "how", how));
    free(keys);
}

static bool is_met(const struct lint_calls *calls, const struct situation *situation)
{
    for (size_t i = 0; i < calls->count; i++)
        if (situation->meets(&calls->call[i]))
            return true;
    return false;
}

static bool is_made(const struct lint_calls *calls, enum call call)
{
    for (size_t i = 0; i < calls->count; i++)
        if (calls->call[i].call == call || (call == CALL_accept && calls->call[i].call == CALL_accept4))
            return true;
    return false;
}

/* Keys that act at this call before any other; those of accept filters are a situation of their own. */
static char *keys_at(const struct platforms *platforms, enum call call)
{
    char *keys = memory_text("");
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        char *old = keys;
        if (strcmp(key_rows[key].section, "filter") == 0 || !key_rows[key].at[0].phases ||
            key_rows[key].at[0].call != call || !is_promised(platforms, key))
            continue;
        keys = memory_format("%s%s%s", old, *old ? " " : "", key_rows[key].full);
        free(old);
    }
    return keys;
}

json_t *unseen_of(const struct lint_calls *calls, const struct platforms *platforms)
{
    json_t *unseen = json_array();
    for (size_t i = 0; i < sizeof situations / sizeof *situations; i++)
        if (!is_met(calls, &situations[i]))
            add(unseen, situations[i].what, promised_keys(platforms, situations[i].keys), situations[i].how);
    for (enum call call = CALL_start + 1; call < CALL_COUNT; call++) {
        bool is_option = call == CALL_setsockopt || call == CALL_getsockopt;
        char *what =
            memory_format(is_option ? "no %s that a platform speaks of" : "%s was not called", lint_call_name(call));
        if (!is_made(calls, call))
            add(unseen, what, keys_at(platforms, call), "listenas lint -- CMD, with work that calls it");
        free(what);
    }
    return unseen;
}

static size_t count_words(const char *text)
{
    size_t count = *text != '\0';
    for (; *text; text++)
        count += *text == ' ';
    return count;
}

void unseen_print(const json_t *unseen)
{
    size_t i;
    json_t *one;
    if (json_array_size(unseen))
        puts("\nnot seen, and so not judged:");
    json_array_foreach(unseen, i, one) {
        size_t keys = count_words(text_of(one, "keys"));
        char *what = memory_format("%s (%zu key%s)", text_of(one, "what"), keys, keys == 1 ? "" : "s");
        struct line line = {.width = line_width()};
        line_tab(&line, 2);
        line_put(&line, what, 4);
        line_tab(&line, HOW_COLUMN);
        line_put(&line, text_of(one, "how"), HOW_COLUMN);
        line_end(&line);
        free(what);
    }
}
