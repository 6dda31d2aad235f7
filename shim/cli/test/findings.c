#include "findings.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

char *finding_keys(const json_t *result)
{
    char *keys = memory_text("");
    size_t i;
    json_t *cause;
    json_array_foreach(list_of(result, "causes"), i, cause) {
        char *more = memory_format("%s%s%s", keys, *keys ? " + " : "", text_of(cause, "key"));
        free(keys);
        keys = more;
    }
    return keys;
}

static struct finding *find_or_add(struct findings *findings, char *keys)
{
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(findings->finding[i].keys, keys) == 0) {
            free(keys);
            return &findings->finding[i];
        }
    findings->finding = memory_more(findings->finding, findings->count + 1, sizeof *findings->finding);
    findings->finding[findings->count] = (struct finding){.keys = keys};
    return &findings->finding[findings->count++];
}

static int compare(const void *left, const void *right)
{
    const struct finding *one = left, *other = right;
    if ((*one->keys == '\0') != (*other->keys == '\0'))
        return *one->keys ? -1 : 1;
    if (one->count != other->count)
        return one->count > other->count ? -1 : 1;
    return strcmp(one->keys, other->keys);
}

struct findings findings_of(const json_t *document)
{
    struct findings findings = {0};
    size_t i;
    json_t *result;
    json_array_foreach(list_of(document, "results"), i, result) {
        if (strcmp(text_of(result, "verdict"), VERDICT_DIFFERS) != 0)
            continue;
        struct finding *finding = find_or_add(&findings, finding_keys(result));
        finding->result = memory_more(finding->result, finding->count + 1, sizeof *finding->result);
        finding->result[finding->count++] = result;
    }
    if (findings.count > 1)
        qsort(findings.finding, findings.count, sizeof *findings.finding, compare);
    return findings;
}

void findings_drop(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->finding[i].keys);
        free(findings->finding[i].result);
    }
    free(findings->finding);
    *findings = (struct findings){0};
}

static bool came_before(const struct finding *finding, size_t index, const char *member)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(text_of(finding->result[i], member), text_of(finding->result[index], member)) == 0)
            return true;
    return false;
}

char *finding_list(const struct finding *finding, const char *member, size_t most)
{
    char *list = memory_text(""), *old;
    size_t listed = 0;
    for (size_t i = 0; i < finding->count; i++) {
        if (came_before(finding, i, member))
            continue;
        if (listed++ >= most)
            continue;
        list = memory_format("%s%s%s", old = list, *list ? ", " : "", text_of(finding->result[i], member));
        free(old);
    }
    if (listed > most) {
        list = memory_format("%s and %zu more", old = list, listed - most);
        free(old);
    }
    return list;
}

static char *sentence_of(const json_t *cause)
{
    const char *call = text_of(cause, "call"), *on_linux = text_of(cause, "linux");
    char *evidence = *call ? memory_format("%s = %s at %s%s%s; ", call, text_of(cause, "given"),
                                           text_of(cause, "where"), *on_linux ? ", Linux: " : "", on_linux)
                           : memory_text("");
    char *sentence = memory_format("%s%s: %s", evidence, text_of(cause, "key"), text_of(cause, "advice"));
    free(evidence);
    return sentence;
}

char *finding_sentence(const json_t *result)
{
    const json_t *first = json_array_get(list_of(result, "causes"), 0);
    const char *platform = text_of(result, "platform");
    if (first)
        return sentence_of(first);
    return memory_format("%s%s%s", text_of(result, "ended"), *platform ? " as " : " natively", platform);
}
