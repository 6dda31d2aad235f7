#include "session_document.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "../../api/listenas.h"
#include "memory.h"
#include "split.h"

static json_t *describe_platforms(const struct platforms *platforms)
{
    json_t *array = json_array();
    for (size_t i = 1; i < platforms->count; i++) {
        const struct platform *platform = platforms->platform[i];
        json_array_append_new(array,
                              json_pack("{s:o, s:o, s:b}", "name", document_text(platform->label), "summary",
                                        document_text(platform->annotated.summary), "unverified", platform->is_shaky));
    }
    return array;
}

json_t *session_document(const struct plan *plan)
{
    struct utsname host;
    char here[PATH_MAX], time_text[32];
    time_t when = time(NULL);
    struct tm utc;
    strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&when, &utc));
    json_t *document = json_pack(
        "{s:s, s:i, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:b}", "format", DOCUMENT_FORMAT, "version", DOCUMENT_VERSION,
        "listenas", LISTENAS_VERSION, "id", plan->id, "directory", document_text(getcwd(here, sizeof here) ? here : ""),
        "root", document_text(plan->root), "command", document_words(plan->words), "started", time_text, "kernel",
        uname(&host) == 0 ? host.release : "", "isolated", plan->is_isolated);
    if (plan->split)
        json_object_set_new(document, "split", json_string(plan->split->name));
    if (plan->shards)
        json_object_set_new(document, "shard", json_sprintf("%u/%u", plan->shard, plan->shards));
    if (*plan->set)
        json_object_set_new(document, "set", document_text(plan->set));
    json_object_set_new(document, "platforms", describe_platforms(&plan->platforms));
    json_object_set_new(document, "cases", json_array());
    json_object_set_new(document, "results", json_array());
    return document;
}

struct ranked {
    json_t *result;
    size_t platform;
    double number;
};

static int compare_results(const void *left, const void *right)
{
    const struct ranked *one = left, *other = right;
    if (one->platform != other->platform)
        return one->platform < other->platform ? -1 : 1;
    return one->number < other->number ? -1 : one->number > other->number;
}

static size_t rank_of(const struct platforms *platforms, const char *label)
{
    size_t rank = 0;
    while (rank < platforms->count && strcmp(platforms->platform[rank]->label, label) != 0)
        rank++;
    return rank;
}

void session_order_results(json_t *document, const struct platforms *platforms)
{
    size_t i, count = json_array_size(list_of(document, "results"));
    struct ranked *ranks = memory_new(count * sizeof *ranks);
    json_t *one, *ordered = json_array();
    json_array_foreach(list_of(document, "results"), i, one)
        ranks[i] = (struct ranked){.result = one,
                                   .platform = rank_of(platforms, text_of(one, "platform")),
                                   .number = number_of(one, "number")};
    qsort(ranks, count, sizeof *ranks, compare_results);
    for (i = 0; i < count; i++)
        json_array_append(ordered, ranks[i].result);
    json_object_set_new(document, "results", ordered);
    free(ranks);
}
