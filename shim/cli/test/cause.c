#include "cause.h"

#include <stdlib.h>
#include <string.h>

#include "../profiles/profiles.h"
#include "bisect.h"
#include "document.h"
#include "memory.h"
#include "run.h"
#include "suspects.h"
#include "tell.h"

struct looking {
    struct difference *difference;
    struct suspects *suspects;
};

static bool passes_without(const bool *without, void *context)
{
    struct looking *looking = context;
    struct difference *difference = looking->difference;
    struct outcome outcome;
    char *set = suspects_set(looking->suspects, without);
    const struct way way = {.set = set};
    if (run_is_stopped())
        return false;
    run(&(struct request){.plan = difference->plan,
                          .unit = difference->unit,
                          .platform = difference->platform,
                          .way = &way,
                          .timeout = difference->timeout},
        &outcome);
    bool passes = points_mark(&outcome.points, difference->name) == MARK_PASS;
    difference->runs++;
    tell_try(difference->plan, set, passes);
    outcome_drop(&outcome);
    free(set);
    return passes;
}

/* What Linux gives: what it did give, else what the table says of it. */
static const char *linux_of(const struct act *act, enum key key)
{
    if (act && act->kernel[0])
        return act->kernel;
    return key_rows[key].native;
}

static void add_place(json_t *cause, const struct place_in_program *place)
{
    json_object_set_new(cause, "module", document_text(place->module));
    json_object_set_new(cause, "build_id", document_text(place->build_id));
    json_object_set_new(cause, "offset", json_integer((json_int_t)place->offset));
    json_object_set_new(cause, "function", document_text(place->function));
    json_object_set_new(cause, "file", document_text(place->file));
    json_object_set_new(cause, "line", json_integer(place->line));
}

static void add_act(json_t *cause, const struct act *act)
{
    char where[PATH_MAX + 320];
    json_object_set_new(cause, "call", document_text(act->call));
    json_object_set_new(cause, "given", document_text(act->given));
    json_object_set_new(cause, "count", json_integer(act->count));
    place_describe(&act->place, where, sizeof where);
    json_object_set_new(cause, "where", document_text(where));
    add_place(cause, &act->place);
}

static json_t *describe(const struct difference *difference, enum key key)
{
    const struct annotated_profile *annotated = &difference->platform->annotated;
    const struct entry *entry = &annotated->entries[key];
    const struct act *act = acts_find(difference->acts, key);
    char where[WHERE_SIZE];
    json_t *cause = json_object();
    entry_place(annotated, entry, where);
    json_object_set_new(cause, "key", json_string(key_rows[key].full));
    json_object_set_new(cause, "value", document_text(entry->text));
    json_object_set_new(cause, "standing", json_string(standing_word(entry->standing)));
    json_object_set_new(cause, "source", document_text(entry->note));
    json_object_set_new(cause, "profile", document_text(where));
    json_object_set_new(cause, "help", json_string(key_help(key)));
    json_object_set_new(cause, "advice", json_string(key_advice(key)));
    json_object_set_new(cause, "linux", document_text(linux_of(act, key)));
    if (act)
        add_act(cause, act);
    return cause;
}

static json_t *look(struct difference *difference, struct suspects *suspects)
{
    struct looking looking = {.difference = difference, .suspects = suspects};
    bool *without = memory_new(suspects->count * sizeof *without);
    json_t *causes = json_array();
    if (bisect(without, suspects->count, passes_without, &looking))
        for (size_t i = 0; i < suspects->count; i++)
            if (without[i])
                json_array_append_new(causes, describe(difference, suspects->key[i]));
    free(without);
    return causes;
}

/* Each step asks more of the runs than the one before: most causes are keys that acted. */
json_t *cause_find(struct difference *difference)
{
    static void (*const widen[])(struct suspects *, const struct annotated_profile *) = {suspects_add_host,
                                                                                         suspects_add_all};
    struct suspects *suspects = memory_new(sizeof *suspects);
    suspects_of_acts(suspects, difference->acts, difference->causes);
    json_t *causes = look(difference, suspects);
    for (size_t i = 0; i < 2 && json_array_size(causes) == 0 && !run_is_stopped(); i++) {
        json_decref(causes);
        widen[i](suspects, &difference->platform->annotated);
        causes = look(difference, suspects);
    }
    free(suspects);
    return causes;
}
