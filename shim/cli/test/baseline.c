#include "baseline.h"

#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "findings.h"
#include "status.h"

static const json_t *find_result(const json_t *document, const json_t *like)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, "results"), i, one)
        if (strcmp(text_of(one, "case"), text_of(like, "case")) == 0 &&
            strcmp(text_of(one, "platform"), text_of(like, "platform")) == 0)
            return one;
    return NULL;
}

static bool has_same_cause(const json_t *one, const json_t *other)
{
    char *keys = finding_keys(one), *others = finding_keys(other);
    bool is_same = strcmp(keys, others) == 0;
    free(keys);
    free(others);
    return is_same;
}

/* A difference that was there with another cause is a new one. */
static bool was_there(const json_t *old, const json_t *result)
{
    const json_t *before = find_result(old, result);
    const char *verdict = text_of(result, "verdict");
    if (!before || strcmp(text_of(before, "verdict"), verdict) != 0)
        return false;
    return strcmp(verdict, VERDICT_DIFFERS) != 0 || has_same_cause(before, result);
}

static bool is_bad(const char *verdict)
{
    return strcmp(verdict, VERDICT_DIFFERS) == 0 || strcmp(verdict, VERDICT_FLAKY) == 0 ||
           strcmp(verdict, VERDICT_FAILS) == 0;
}

int baseline_apply(json_t *document, const char *path)
{
    size_t i;
    json_t *one, *old = document_read(path);
    if (!old)
        return STATUS_USAGE;
    json_array_foreach(list_of(document, "results"), i, one)
        if (is_bad(text_of(one, "verdict")) && was_there(old, one))
            json_object_set_new(one, "verdict", json_string(VERDICT_KNOWN));
    json_array_foreach(list_of(document, "cases"), i, one) {
        const json_t *before = document_case(old, text_of(one, "name"));
        if (before && is_bad(text_of(one, "verdict")) &&
            strcmp(text_of(before, "verdict"), text_of(one, "verdict")) == 0)
            json_object_set_new(one, "verdict", json_string(VERDICT_KNOWN));
    }
    json_decref(old);
    return 0;
}
