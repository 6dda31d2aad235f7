#include "reports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "file.h"
#include "status.h"

static const struct kind {
    const char *name;
    void (*write)(FILE *out, const json_t *document);
    bool needs_file;
} kinds[] = {
    {"junit", report_junit, true}, {"tap", report_tap, true},        {"json", report_json, true},
    {"sarif", report_sarif, true}, {"github", report_github, false},
};

#define KINDS (sizeof kinds / sizeof *kinds)

static const struct kind *kind_of(const char *text, size_t length)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, text, length) == 0)
            return &kinds[i];
    return NULL;
}

static int unknown(const char *text, size_t length)
{
    char word[32] = "", best[16];
    if (length < sizeof word)
        memcpy(word, text, length);
    struct suggestion nearest = suggest_start(word, best, sizeof best);
    for (size_t i = 0; i < KINDS; i++)
        suggest_try(&nearest, kinds[i].name);
    if (suggest_found(&nearest))
        say("unknown report \"%s\"; did you mean %s?", word, best);
    else
        say("unknown report \"%s\"; expected github, json, junit, sarif or tap", text);
    return STATUS_USAGE;
}

int reports_add(struct plan *plan, const char *text)
{
    size_t length = strcspn(text, "=");
    const struct kind *kind = kind_of(text, length);
    const char *path = text[length] ? text + length + 1 : NULL;
    if (!kind)
        return unknown(text, length);
    if ((kind->needs_file && !path) || (path && !*path)) {
        say("--report=%s: expected a file, such as --report=%s=listenas.%s", text, kind->name, kind->name);
        return STATUS_USAGE;
    }
    if (plan->reports == REPORTS_MOST) {
        say("--report=%s: there are %d reports already", text, REPORTS_MOST);
        return STATUS_USAGE;
    }
    plan->report[plan->reports++] = (struct report){.kind = kind->name, .path = path};
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
    kind_of(report->kind, strlen(report->kind))->write(out, document);
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

int reports_write(const struct plan *plan, const json_t *document)
{
    int status = 0;
    for (size_t i = 0; i < plan->reports; i++) {
        int error = write_one(&plan->report[i], document);
        if (!error)
            continue;
        say("--report=%s: %s cannot be written: %s", plan->report[i].kind,
            plan->report[i].path ? plan->report[i].path : "standard output", strerror(error));
        status = STATUS_OWN;
    }
    return status;
}
