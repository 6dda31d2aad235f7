#include "merge.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "memory.h"

/* Later in the list is worse. */
static int badness(const char *verdict)
{
    static const char *const order[] = {VERDICT_PASSES, VERDICT_KNOWN, VERDICT_FLAKY, VERDICT_FAILS, VERDICT_NOT_RUN};
    for (int i = 0; i < (int)(sizeof order / sizeof *order); i++)
        if (strcmp(order[i], verdict) == 0)
            return i;
    return 0;
}

static void take_case(json_t *document, json_t *one)
{
    json_t *there = (json_t *)(uintptr_t)document_case(document, text_of(one, "name"));
    if (!there)
        json_array_append(list_of(document, "cases"), one);
    else if (badness(text_of(one, "verdict")) > badness(text_of(there, "verdict")))
        json_object_update(there, one);
}

static bool has_result(const json_t *document, const json_t *like)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, "results"), i, one)
        if (strcmp(text_of(one, "case"), text_of(like, "case")) == 0 &&
            strcmp(text_of(one, "platform"), text_of(like, "platform")) == 0)
            return true;
    return false;
}

static void take_platform(json_t *document, json_t *platform)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, "platforms"), i, one)
        if (strcmp(text_of(one, "name"), text_of(platform, "name")) == 0)
            return;
    json_array_append(list_of(document, "platforms"), platform);
}

/* Returns whether the two fit together. */
static bool join(json_t *document, json_t *more, const char *path)
{
    size_t i;
    json_t *one;
    if (!json_equal(json_object_get(document, "command"), json_object_get(more, "command"))) {
        say("--merge: %s is of another command than the first report", path);
        return false;
    }
    json_array_foreach(list_of(more, "cases"), i, one)
        take_case(document, one);
    json_array_foreach(list_of(more, "platforms"), i, one)
        take_platform(document, one);
    json_array_foreach(list_of(more, "results"), i, one) {
        if (has_result(document, one)) {
            say("--merge: %s: %s as %s is in another report, too", path, text_of(one, "case"),
                text_of(one, "platform"));
            return false;
        }
        json_array_append(list_of(document, "results"), one);
    }
    if (truth_of(more, "interrupted"))
        json_object_set_new(document, "interrupted", json_true());
    json_object_set_new(document, "seconds", json_real(number_of(document, "seconds") + number_of(more, "seconds")));
    return true;
}

/* Marks a report's part of the whole as seen; the number of parts must be the same in all. */
static bool note_shard(json_t *seen, const json_t *report, const char *path)
{
    unsigned int shard, shards;
    const char *text = text_of(report, "shard");
    if (!*text)
        return true;
    if (sscanf(text, "%u/%u", &shard, &shards) != 2 || shard < 1 || shard > shards || shards > 10000 ||
        (json_array_size(seen) && json_array_size(seen) != shards)) {
        say("--merge: %s: its shard %s does not fit those of the others", path, text);
        return false;
    }
    while (json_array_size(seen) < shards)
        json_array_append_new(seen, json_false());
    json_array_set_new(seen, shard - 1, json_true());
    return true;
}

static bool is_complete(const json_t *seen)
{
    size_t i;
    json_t *one;
    json_array_foreach(seen, i, one)
        if (!json_is_true(one)) {
            say("--merge: the report of shard %zu/%zu is missing", i + 1, json_array_size(seen));
            return false;
        }
    return true;
}

json_t *merge_files(char **paths)
{
    json_t *document = NULL, *seen = json_array();
    bool is_good = true;
    for (char **path = paths; *path && is_good; path++) {
        json_t *more = document_read(*path);
        is_good = more && note_shard(seen, more, *path);
        if (is_good && document)
            is_good = join(document, more, *path);
        else if (is_good)
            document = json_incref(more);
        json_decref(more);
    }
    is_good = is_good && is_complete(seen);
    json_decref(seen);
    if (is_good) {
        json_object_del(document, "shard");
        return document;
    }
    json_decref(document);
    return NULL;
}
