/* SARIF 2.1.0 (OASIS): a rule for each key, a result for each cause in each place. */
#include <stdlib.h>
#include <string.h>

#include "../../api/listenas.h"
#include "findings.h"
#include "memory.h"
#include "reports.h"
#include "sarif.h"

#define UNEXPLAINED "unexplained"

json_t *sarif_message(const char *text)
{
    return json_pack("{s:o}", "text", document_text(text));
}

static json_t *rule_of(const json_t *cause)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "id", text_of(cause, "key"), "shortDescription",
                     sarif_message(text_of(cause, "help")), "fullDescription", sarif_message(text_of(cause, "help")),
                     "help", sarif_message(text_of(cause, "advice")));
}

/* The index of a rule, which is added if it is new. */
size_t sarif_rule_index(json_t *rules, const json_t *cause)
{
    const char *id = cause ? text_of(cause, "key") : UNEXPLAINED;
    size_t i;
    json_t *rule;
    json_array_foreach(rules, i, rule)
        if (strcmp(text_of(rule, "id"), id) == 0)
            return i;
    if (cause)
        json_array_append_new(rules, rule_of(cause));
    else
        json_array_append_new(rules, json_pack("{s:s, s:o}", "id", UNEXPLAINED, "shortDescription",
                                               sarif_message("a difference that no key of the platform explains")));
    return json_array_size(rules) - 1;
}

/* A path becomes a URI: what may not stand in one is written by its number. Source: RFC 3986, 2.1 and 3.3. */
static char *uri_of(const char *path)
{
    char *uri = memory_new(3 * strlen(path) + 8), *to = uri;
    if (*path == '/')
        to = stpcpy(to, "file://");
    for (; *path; path++) {
        if (strchr("/-._~", *path) || (*path >= '0' && *path <= '9') || (*path >= 'A' && *path <= 'Z') ||
            (*path >= 'a' && *path <= 'z'))
            *to++ = *path;
        else
            to += sprintf(to, "%%%02X", (unsigned char)*path);
    }
    return uri;
}

/* In the source, if it is known; else in the binary. */
json_t *sarif_location(const json_t *cause)
{
    bool has_source = *text_of(cause, "file");
    char *uri = uri_of(text_of(cause, has_source ? "file" : "module"));
    json_t *artifact = json_pack("{s:s}", "uri", uri), *physical = json_pack("{s:O}", "artifactLocation", artifact);
    if (has_source && *uri != 'f')
        json_object_set_new(artifact, "uriBaseId", json_string("ROOT"));
    if (has_source && number_of(cause, "line") > 0)
        json_object_set_new(physical, "region", json_pack("{s:i}", "startLine", (int)number_of(cause, "line")));
    json_t *location = json_pack("{s:o}", "physicalLocation", physical);
    if (*text_of(cause, "function"))
        json_object_set_new(location, "logicalLocations",
                            json_pack("[{s:o, s:s}]", "fullyQualifiedName", document_text(text_of(cause, "function")),
                                      "kind", "function"));
    json_decref(artifact);
    free(uri);
    return location;
}

static void add_result(json_t *results, json_t *rules, const struct finding *finding, const json_t *cause)
{
    char *sentence = finding_sentence(finding->result[0]), *platforms = finding_list(finding, "platform", SIZE_MAX);
    char *text = memory_format("%s; as %s", sentence, platforms);
    size_t index = sarif_rule_index(rules, cause);
    json_t *result = json_pack("{s:s, s:i, s:s, s:o, s:{s:s}}", "ruleId", cause ? text_of(cause, "key") : UNEXPLAINED,
                               "ruleIndex", (int)index, "level", "error", "message", sarif_message(text),
                               "partialFingerprints", "listenas/v1", finding->keys);
    if (cause && (*text_of(cause, "file") || *text_of(cause, "module")))
        json_object_set_new(result, "locations", json_pack("[o]", sarif_location(cause)));
    json_array_append_new(results, result);
    free(text);
    free(platforms);
    free(sentence);
}

static void add_finding(json_t *results, json_t *rules, const struct finding *finding)
{
    size_t i;
    json_t *cause, *causes = list_of(finding->result[0], "causes");
    json_array_foreach(causes, i, cause)
        add_result(results, rules, finding, cause);
    if (json_array_size(causes) == 0)
        add_result(results, rules, finding, NULL);
}

/* A directory's URI ends in a slash. Source: SARIF 2.1.0, 3.14.14. */
json_t *sarif_bases(const json_t *document)
{
    char *uri = uri_of(text_of(document, "root"));
    char *directory = memory_format("%s/", uri);
    json_t *bases = json_pack("{s:{s:s}}", "ROOT", "uri", directory);
    free(directory);
    free(uri);
    return bases;
}

void report_sarif(FILE *out, const json_t *document)
{
    struct findings findings = findings_of(document);
    json_t *results = json_array(), *rules = json_array();
    for (size_t i = 0; i < findings.count; i++)
        add_finding(results, rules, &findings.finding[i]);
    json_t *driver = json_pack("{s:s, s:s, s:o}", "name", "listenas", "version", LISTENAS_VERSION, "rules", rules);
    json_t *run = json_pack("{s:{s:o}, s:s, s:o, s:o}", "tool", "driver", driver, "columnKind", "utf16CodeUnits",
                            "originalUriBaseIds", sarif_bases(document), "results", results);
    json_object_set_new(run, "invocations",
                        json_pack("[{s:b}]", "executionSuccessful", !truth_of(document, "interrupted")));
    json_t *log = json_pack("{s:s, s:s, s:[o]}", "$schema", SARIF_SCHEMA, "version", "2.1.0", "runs", run);
    json_dumpf(log, out, JSON_INDENT(1));
    fputc('\n', out);
    json_decref(log);
    findings_drop(&findings);
}
