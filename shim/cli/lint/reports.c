/* The reports of a document: json, sarif, github. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../api/listenas.h"
#include "../cli.h"
#include "../test/file.h"
#include "../test/github.h"
#include "../test/memory.h"
#include "../test/reports.h"
#include "../test/sarif.h"
#include "../test/status.h"
#include "document.h"

static bool counts(const json_t *finding)
{
    return !truth_of(finding, "silenced") && !truth_of(finding, "known");
}

static char *sentence_of(const json_t *finding)
{
    return memory_format("%s: %s; portable: %s", text_of(finding, "what"), text_of(finding, "message"),
                         text_of(finding, "advice"));
}

/* SARIF's own words. Source: SARIF 2.1.0, 3.27.10. */
static const char *level_of(const json_t *finding)
{
    const char *consequence = text_of(finding, "consequence");
    return strcmp(consequence, "another number") == 0  ? "note"
           : strcmp(consequence, "another errno") == 0 ? "warning"
                                                       : "error";
}

static json_t *sarif_result(const json_t *finding, json_t *rules)
{
    char *sentence = sentence_of(finding);
    char *print =
        memory_format("%s@%s:%s", text_of(finding, "key"), text_of(finding, "file"), text_of(finding, "function"));
    json_t *result = json_pack("{s:s, s:i, s:s, s:o, s:{s:o}}", "ruleId", text_of(finding, "key"), "ruleIndex",
                               (int)sarif_rule_index(rules, finding), "level", level_of(finding), "message",
                               sarif_message(sentence), "partialFingerprints", "listenas/v1", document_text(print));
    if (*text_of(finding, "file") || *text_of(finding, "module"))
        json_object_set_new(result, "locations", json_pack("[o]", sarif_location(finding)));
    if (truth_of(finding, "silenced"))
        json_object_set_new(result, "suppressions", json_pack("[{s:s}]", "kind", "inSource"));
    else if (truth_of(finding, "known"))
        json_object_set_new(result, "suppressions", json_pack("[{s:s}]", "kind", "external"));
    free(print);
    free(sentence);
    return result;
}

static void write_sarif(FILE *out, const json_t *document)
{
    json_t *results = json_array(), *rules = json_array(), *finding;
    size_t i;
    json_array_foreach(list_of(document, "findings"), i, finding)
        json_array_append_new(results, sarif_result(finding, rules));
    json_t *driver = json_pack("{s:s, s:s, s:o}", "name", "listenas", "version", LISTENAS_VERSION, "rules", rules);
    json_t *run = json_pack("{s:{s:o}, s:s, s:o, s:o}", "tool", "driver", driver, "columnKind", "utf16CodeUnits",
                            "originalUriBaseIds", sarif_bases(document), "results", results);
    json_t *log = json_pack("{s:s, s:s, s:[o]}", "$schema", SARIF_SCHEMA, "version", "2.1.0", "runs", run);
    json_dumpf(log, out, JSON_INDENT(1));
    fputc('\n', out);
    json_decref(log);
}

static void put_annotation(FILE *out, const json_t *finding)
{
    const char *file = text_of(finding, "file"), *level = level_of(finding);
    char *sentence = sentence_of(finding);
    fprintf(out, "::%s ", strcmp(level, "note") == 0 ? "notice" : level);
    if (*file && *file != '/') { /* in the repository */
        fputs("file=", out);
        github_put_property(out, file);
        fprintf(out, ",line=%.0f,", number_of(finding, "line"));
    }
    fputs("title=", out);
    github_put_property(out, text_of(finding, "key"));
    fputs("::", out);
    github_put_data(out, sentence);
    fputc('\n', out);
    free(sentence);
}

static void write_github(FILE *out, const json_t *document)
{
    size_t i;
    json_t *finding;
    json_array_foreach(list_of(document, "findings"), i, finding) {
        if (counts(finding))
            put_annotation(out, finding);
    }
}

const struct report_kind lint_reports[] = {
    {"github", write_github, false}, {"json", report_json, true}, {"sarif", write_sarif, true}, {NULL, NULL, false}};
