#include "cases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "document.h"
#include "evidence.h"
#include "file.h"
#include "job.h"
#include "memory.h"
#include "pool.h"
#include "run.h"
#include "split.h"
#include "status.h"

/* --- a file of names --- */

/* One name a line; or, if the file holds NUL bytes as find -print0 writes them, a name before each. */
static void read_names(const struct plan *plan, struct units *units, const char *text, size_t size)
{
    int end = memchr(text, '\0', size) ? '\0' : '\n';
    for (size_t at = 0; at < size;) {
        const char *stop = memchr(text + at, end, size - at);
        size_t length = stop ? (size_t)(stop - text) - at : size - at;
        char *name = memory_part(text + at, length);
        if (*name)
            units_add(units, name, words_for(plan->words, name, false), READ_STATUS);
        at += length + 1;
    }
}

static int find_in_file(const struct plan *plan, struct units *units)
{
    size_t size;
    if (!words_have_place(plan->words)) {
        say("--each: expected {} in the command, where the name of the case is to stand");
        return STATUS_USAGE;
    }
    char *text = file_read_bytes(plan->each, &size);
    if (!text) {
        say("--each: %s cannot be read: %s", plan->each, strerror(errno));
        return STATUS_USAGE;
    }
    read_names(plan, units, text, size);
    free(text);
    if (units->count > 0)
        return 0;
    say("no case found: --each: there is no name in %s", plan->each);
    return STATUS_USAGE;
}

/* --- a framework's list --- */

struct listing {
    const struct plan *plan;
    struct unit unit;
    json_t *result;
};

static json_t *unit_to_json(const struct unit *unit)
{
    return json_pack("{s:o, s:o, s:o, s:i, s:b}", "name", document_text(unit->name), "words",
                     document_words(unit->words), "environment", document_words(unit->environment), "reading",
                     (int)unit->reading, "only", unit->only_own_point);
}

static json_t *list(size_t job, void *context)
{
    static const struct way usual = {.set = ""};
    struct listing *listing = context;
    struct units units = {0};
    struct outcome outcome;
    json_t *array = json_array(), *result = json_object();
    (void)job;
    run(&(struct request){.plan = listing->plan,
                          .unit = &listing->unit,
                          .platform = listing->plan->platforms.platform[0],
                          .way = &usual,
                          .timeout = job_timeout(listing->plan, -1)},
        &outcome);
    listing->plan->split->read(&units, listing->plan->words, &outcome);
    for (size_t i = 0; i < units.count; i++)
        json_array_append_new(array, unit_to_json(&units.unit[i]));
    json_object_set_new(result, "units", array);
    evidence_add(result, &outcome, NULL);
    outcome_drop(&outcome);
    return result;
}

static void keep_result(size_t job, json_t *result, void *context)
{
    struct listing *listing = context;
    (void)job;
    listing->result = json_incref(result);
}

static void take_units(struct units *units, const json_t *array)
{
    size_t i;
    json_t *one;
    json_array_foreach(array, i, one) {
        struct unit *unit =
            units_add(units, memory_text(text_of(one, "name")), document_to_words(list_of(one, "words")),
                      (enum reading)number_of(one, "reading"));
        unit->environment = document_to_words(list_of(one, "environment"));
        unit->only_own_point = truth_of(one, "only");
    }
}

static int say_nothing_listed(const struct plan *plan, const json_t *result)
{
    const char *ended = text_of(result, "ended"), *output = text_of(result, "output");
    say("no case found: --split %s: the command that lists them ended with %s%s", plan->split->name,
        *ended ? ended : "no answer", *output ? " and printed:" : ", and printed nothing");
    fputs(output, stderr);
    return STATUS_USAGE;
}

static int find_by_framework(const struct plan *plan, struct units *units)
{
    struct listing listing = {.plan = plan, .unit = {.name = memory_text("list")}};
    const char *lack = plan->split->lister(plan->words, &listing.unit);
    const struct pool pool = {.most = 1, .work = list, .done = keep_result, .context = &listing};
    if (lack) {
        say("--split %s: %s", plan->split->name, lack);
        return STATUS_USAGE;
    }
    if (!pool_run(&pool, 1))
        return STATUS_OWN;
    take_units(units, list_of(listing.result, "units"));
    int status = units->count > 0 ? 0 : say_nothing_listed(plan, listing.result);
    json_decref(listing.result);
    return status;
}

int cases_find(const struct plan *plan, struct units *units)
{
    if (plan->each)
        return find_in_file(plan, units);
    if (plan->split && plan->split->lister)
        return find_by_framework(plan, units);
    if (words_have_place(plan->words)) {
        say("expected --each FILE or --split for the {} of the command");
        return STATUS_USAGE;
    }
    units_add(units, memory_text(plan->words[0]), words_for(plan->words, "", false),
              plan->split ? plan->split->reading : READ_STATUS);
    return 0;
}
