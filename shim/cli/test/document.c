#include "document.h"

#include <stdlib.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../cli.h"
#include "memory.h"
#include "status.h"

json_t *document_text(const char *text)
{
    json_t *string = json_string(text);
    if (string)
        return string;
    size_t size = 4 * strlen(text) + 1;
    char *visible = memory_new(size);
    visible_copy(visible, size, text, strlen(text), VISIBLE_EXACT);
    string = json_string(visible);
    free(visible);
    return string;
}

json_t *document_words(char *const *words)
{
    json_t *array = json_array();
    for (; words && *words; words++)
        json_array_append_new(array, document_text(*words));
    return array;
}

char **document_to_words(const json_t *array)
{
    size_t count = json_array_size(array);
    char **words = memory_new((count + 1) * sizeof *words);
    for (size_t i = 0; i < count; i++) {
        const char *word = json_string_value(json_array_get(array, i));
        words[i] = memory_text(word ? word : "");
    }
    return words;
}

const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

double number_of(const json_t *object, const char *member)
{
    return json_number_value(json_object_get(object, member));
}

bool truth_of(const json_t *object, const char *member)
{
    return json_is_true(json_object_get(object, member));
}

json_t *list_of(const json_t *object, const char *member)
{
    static json_t *empty;
    json_t *list = json_object_get(object, member);
    if (json_is_array(list))
        return list;
    if (!empty)
        empty = json_array();
    return empty;
}

static const char *fault_of(json_t *document)
{
    size_t i;
    json_t *one;
    if (!json_is_object(document) || strcmp(text_of(document, "format"), DOCUMENT_FORMAT) != 0)
        return "is no report of `listenas test --report json`";
    if (number_of(document, "version") != DOCUMENT_VERSION)
        return "is a report of another version of listenas";
    json_array_foreach(list_of(document, "cases"), i, one)
        if (!*text_of(one, "name") || !*text_of(one, "verdict"))
            return "is damaged: a case has no name or no verdict";
    json_array_foreach(list_of(document, "results"), i, one)
        if (!*text_of(one, "case") || !*text_of(one, "platform") || !*text_of(one, "verdict"))
            return "is damaged: a result has no case, platform or verdict";
    return NULL;
}

json_t *document_read(const char *path)
{
    json_error_t error;
    json_t *document = json_load_file(path, 0, &error);
    if (!document && error.line > 0) {
        say("%s:%d: is no JSON: %s", path, error.line, error.text);
        return NULL;
    }
    if (!document) {
        say("%s", error.text);
        return NULL;
    }
    const char *fault = fault_of(document);
    if (!fault)
        return document;
    say("%s %s", path, fault);
    json_decref(document);
    return NULL;
}

const json_t *document_case(const json_t *document, const char *name)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, "cases"), i, one)
        if (strcmp(text_of(one, "name"), name) == 0)
            return one;
    return NULL;
}

size_t document_count(const json_t *document, const char *platform, const char *verdict)
{
    size_t i, count = 0;
    json_t *one;
    json_array_foreach(list_of(document, "results"), i, one)
        count += strcmp(text_of(one, "verdict"), verdict) == 0 &&
                 (!platform || strcmp(text_of(one, "platform"), platform) == 0);
    return count;
}

static size_t count_cases(const json_t *document, const char *verdict)
{
    size_t i, count = 0;
    json_t *one;
    json_array_foreach(list_of(document, "cases"), i, one)
        count += strcmp(text_of(one, "verdict"), verdict) == 0;
    return count;
}

int document_status(const json_t *document)
{
    if (document_count(document, NULL, VERDICT_NOT_RUN) > 0 || count_cases(document, VERDICT_NOT_RUN) > 0)
        return STATUS_OWN;
    if (document_count(document, NULL, VERDICT_DIFFERS) > 0)
        return STATUS_DIFFERS;
    if (count_cases(document, VERDICT_FAILS) > 0)
        return STATUS_NATIVE;
    if (document_count(document, NULL, VERDICT_FLAKY) > 0 || count_cases(document, VERDICT_FLAKY) > 0)
        return STATUS_FLAKY;
    return STATUS_AS_NATIVE;
}
