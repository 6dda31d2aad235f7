/* TAP 14: a test point for each result, native's first. Source: testanything.org, TAP 14 specification. */
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "memory.h"
#include "reports.h"

/* A description ends at its line, and a '#' would begin a directive. */
static void put_description(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ' || *text == 0x7f)
            fputc(' ', out);
        else
            fputc(*text, out);
    }
}

/* A string of YAML in double quotes: JSON's are that. */
static void put_yaml(FILE *out, const char *name, const char *text)
{
    json_t *string = document_text(text);
    char *quoted = json_dumps(string, JSON_ENCODE_ANY);
    fprintf(out, "  %s: %s\n", name, quoted ? quoted : "\"\"");
    free(quoted);
    json_decref(string);
}

static void put_diagnostics(FILE *out, const json_t *result)
{
    char *sentence = finding_sentence(result), *keys = finding_keys(result);
    fprintf(out, "  ---\n");
    put_yaml(out, "message", sentence);
    put_yaml(out, "ended", text_of(result, "ended"));
    if (*keys)
        put_yaml(out, "keys", keys);
    if (*text_of(result, "replay"))
        put_yaml(out, "replay", text_of(result, "replay"));
    fprintf(out, "  ...\n");
    free(sentence);
    free(keys);
}

/* TODO is the directive by which TAP 14 marks a point that may fail without failing the run. */
static const char *directive_of(const char *verdict)
{
    if (strcmp(verdict, VERDICT_FLAKY) == 0)
        return " # TODO flaky";
    return strcmp(verdict, VERDICT_KNOWN) == 0 ? " # TODO known, as in the baseline" : "";
}

static void put_point(FILE *out, size_t number, const json_t *result, const char *name, const char *platform)
{
    const char *verdict = text_of(result, "verdict");
    bool passes = strcmp(verdict, VERDICT_PASSES) == 0;
    fprintf(out, "%s %zu - ", passes ? "ok" : "not ok", number);
    put_description(out, platform);
    fputs(": ", out);
    put_description(out, name);
    fprintf(out, "%s\n", directive_of(verdict));
    if (!passes)
        put_diagnostics(out, result);
}

void report_tap(FILE *out, const json_t *document)
{
    const json_t *cases = list_of(document, "cases"), *results = list_of(document, "results");
    size_t i, number = 0;
    json_t *one;
    fprintf(out, "TAP version 14\n1..%zu\n", json_array_size(cases) + json_array_size(results));
    json_array_foreach(cases, i, one)
        put_point(out, ++number, one, text_of(one, "name"), "native");
    json_array_foreach(results, i, one)
        put_point(out, ++number, one, text_of(one, "case"), text_of(one, "platform"));
    if (truth_of(document, "interrupted"))
        fprintf(out, "Bail out! interrupted\n");
}
