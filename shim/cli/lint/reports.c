/* The reports of a document: json, sarif, github. */
#include <errno.h>
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
    json_array_foreach(list_of(document, "findings"), i, finding)
    {
        if (counts(finding))
            put_annotation(out, finding);
    }
}

static const struct kind {
    const char *name;
    void (*write)(FILE *out, const json_t *document);
    bool needs_file;
} kinds[] = {{"json", report_json, true}, {"sarif", write_sarif, true}, {"github", write_github, false}};

#define KINDS (sizeof kinds / sizeof *kinds)

static const struct kind *kind_of(const char *text)
{
    size_t length = strcspn(text, "=");
    for (size_t i = 0; i < KINDS; i++)
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, text, length) == 0)
            return &kinds[i];
    return NULL;
}

int lint_report_add(struct lint_wish *wish, const char *text)
{
    const struct kind *kind = kind_of(text);
    const char *path = strchr(text, '=');
    if (!kind) {
        say("--report=%s: expected github, json=FILE or sarif=FILE", text);
        return STATUS_USAGE;
    }
    if ((kind->needs_file && !path) || (path && !path[1])) {
        say("--report=%s: expected a file, such as --report=%s=listenas.%s", text, kind->name, kind->name);
        return STATUS_USAGE;
    }
    if (wish->reports == REPORTS_MOST) {
        say("--report=%s: there are %d reports already", text, REPORTS_MOST);
        return STATUS_USAGE;
    }
    wish->report[wish->reports++] = (struct report){.kind = kind->name, .path = path ? path + 1 : NULL};
    return -1;
}

/* Made in memory first: a file is replaced by a whole one, or stays. */
static int write_one(const struct report *report, const json_t *document)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return errno;
    kind_of(report->kind)->write(out, document);
    int error = ferror(out) ? ENOMEM : 0;
    if (fclose(out) != 0 && !error)
        error = errno;
    if (!error && report->path)
        error = file_write(report->path, text, size);
    else if (!error && fwrite(text, 1, size, stdout) != size)
        error = errno;
    free(text);
    return error;
}

int lint_reports_write(const struct lint_wish *wish, const json_t *document)
{
    int status = 0;
    for (size_t i = 0; i < wish->reports; i++) {
        int error = write_one(&wish->report[i], document);
        if (!error)
            continue;
        say("--report=%s: %s cannot be written: %s", wish->report[i].kind,
            wish->report[i].path ? wish->report[i].path : "standard output", strerror(error));
        status = STATUS_OWN;
    }
    return status;
}
