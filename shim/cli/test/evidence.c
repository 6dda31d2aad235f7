#include "evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../path.h"
#include "file.h"
#include "how.h"
#include "memory.h"

/* Of what a run printed. */
#define OUTPUT_MOST 4000

/* The end of the output, begun at a line. */
static void add_output(json_t *result, const struct output *output)
{
    const char *text = output->text ? output->text : "";
    size_t length = strlen(text);
    if (length > OUTPUT_MOST) {
        const char *line = strchr(text + length - OUTPUT_MOST, '\n');
        text = line ? line + 1 : text + length - OUTPUT_MOST;
    }
    json_object_set_new(result, "output", document_text(text));
}

void evidence_add(json_t *result, const struct outcome *outcome, const struct point *point)
{
    char ended[128];
    json_t *how = json_array();
    ending_describe(outcome->ending, outcome->seconds, ended, sizeof ended);
    json_object_set_new(result, "ended", json_string(ended));
    json_object_set_new(result, "detail", document_text(point && point->detail ? point->detail : ""));
    json_object_set_new(result, "seconds", json_real(outcome->seconds));
    how_it_ran(how, outcome);
    json_object_set_new(result, "how", how);
    if (outcome->left)
        json_object_set_new(result, "left", json_integer(outcome->left));
    if (outcome->first_left)
        json_object_set_new(result, "first_left", document_text(outcome->first_left));
    if (!point || point->mark != MARK_PASS || outcome->left)
        add_output(result, &outcome->all);
}

static void add_if(json_t *result, const char *member, bool is_so)
{
    if (is_so)
        json_object_set_new(result, member, json_true());
}

void evidence_add_doubts(json_t *result, const struct outcome *outcome, const struct annotated_profile *annotated)
{
    const struct acts *acts = &outcome->acts;
    json_t *keys = json_array();
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (acts->is_met[key])
            json_array_append_new(keys, json_pack("{s:s, s:o}", "key", key_rows[key].full, "note",
                                                  document_text(annotated->entries[key].note)));
    if (json_array_size(keys) > 0)
        json_object_set(result, "proves_nothing", keys);
    json_decref(keys);
    add_if(result, "no_refuser", acts->lacks_refuser);
    add_if(result, "overwritten", acts->is_overwritten);
    add_if(result, "no_calls", acts->calls == 0 && outcome->ending.how != END_NOT_STARTED);
}

void evidence_keep(json_t *result, const struct plan *plan, const struct outcome *outcome, const char *platform,
                   unsigned int number)
{
    size_t size;
    if (!plan->kept)
        return;
    char *bytes = outcome->ring ? file_read_bytes(outcome->ring, &size) : NULL;
    char *path = memory_format("%s/%s-%u.ring", plan->kept, base_name(platform), number);
    if (bytes && file_write(path, bytes, size) == 0)
        json_object_set_new(result, "ring", document_text(path));
    free(path);
    free(bytes);
}

const char *evidence_id(const struct plan *plan, const char *platform, unsigned int number)
{
    static char id[PATH_MAX];
    if (plan->replay || !plan->kept)
        return plan->replay;
    snprintf(id, sizeof id, "%s:%s:%u", plan->id, platform, number);
    return id;
}
