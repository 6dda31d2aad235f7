#include "reports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "file.h"
#include "status.h"

const struct report_kind test_reports[] = {
    {"github", report_github, false}, {"json", report_json, true}, {"junit", report_junit, true},
    {"sarif", report_sarif, true},    {"tap", report_tap, true},   {NULL, NULL, false},
};

static const struct report_kind *kind_of(const struct report_kind *kind, const char *text, size_t length)
{
    while (kind->name && (strlen(kind->name) != length || strncmp(kind->name, text, length) != 0))
        kind++;
    return kind->name ? kind : NULL;
}

static int unknown(const struct report_kind *kinds, const char *text, size_t length)
{
    char word[32] = "", best[16], known[96] = "";
    if (length < sizeof word)
        memcpy(word, text, length);
    struct suggestion nearest = suggest_start(word, best, sizeof best);
    for (const struct report_kind *kind = kinds; kind->name; kind++) {
        const size_t used = strlen(known);
        const char *before = kind == kinds ? "" : kind[1].name ? ", " : " or ";
        snprintf(known + used, sizeof known - used, "%s%s%s", before, kind->name, kind->needs_file ? "=FILE" : "");
        suggest_try(&nearest, kind->name);
    }
    if (suggest_found(&nearest))
        say("unknown report \"%s\"; did you mean %s?", word, best);
    else
        say("unknown report \"%s\"; expected %s", text, known);
    return STATUS_USAGE;
}

int reports_add(struct reports *reports, const struct report_kind *kinds, const char *text)
{
    size_t length = strcspn(text, "=");
    const struct report_kind *kind = kind_of(kinds, text, length);
    const char *path = text[length] ? text + length + 1 : NULL;
    if (!kind)
        return unknown(kinds, text, length);
    if ((kind->needs_file && !path) || (path && !*path)) {
        say("--report=%s: expected a file, such as --report=%s=listenas.%s", text, kind->name, kind->name);
        return STATUS_USAGE;
    }
    if (reports->count == REPORTS_MOST) {
        say("--report=%s: there are %d reports already", text, REPORTS_MOST);
        return STATUS_USAGE;
    }
    reports->of[reports->count++] = (struct report){.kind = kind, .path = path};
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
    report->kind->write(out, document);
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

int reports_write(const struct reports *reports, const json_t *document)
{
    int status = 0;
    for (const struct report *report = reports->of; report < reports->of + reports->count; report++) {
        int error = write_one(report, document);
        if (!error)
            continue;
        say("--report=%s: %s cannot be written: %s", report->kind->name,
            report->path ? report->path : "standard output", strerror(error));
        status = STATUS_OWN;
    }
    return status;
}
