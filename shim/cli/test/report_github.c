/* Workflow commands of GitHub: an annotation for each cause, at the line of the source where that is known. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "github.h"
#include "memory.h"
#include "reports.h"

/* Source: GitHub's toolkit, packages/core/src/command.ts: escapeData and escapeProperty. */
static void put(FILE *out, const char *text, const char *special)
{
    for (; *text; text++) {
        if (strchr(special, *text))
            fprintf(out, "%%%02X", (unsigned char)*text);
        else
            fputc(*text, out);
    }
}

void github_put_data(FILE *out, const char *text)
{
    put(out, text, "%\r\n");
}

void github_put_property(FILE *out, const char *text)
{
    put(out, text, "%\r\n:,");
}

static void put_finding(FILE *out, const struct finding *finding)
{
    const json_t *first = finding->result[0], *cause = json_array_get(list_of(first, "causes"), 0);
    char *sentence = finding_sentence(first), *platforms = finding_list(finding, "platform", SIZE_MAX);
    const char *file = text_of(cause, "file");
    fputs("::error ", out);
    if (*file && *file != '/') { /* in the repository */
        fputs("file=", out);
        github_put_property(out, file);
        fprintf(out, ",line=%.0f,", number_of(cause, "line"));
    }
    fputs("title=", out);
    github_put_property(out, *finding->keys ? finding->keys : "listenas test: no key explains this");
    fputs("::", out);
    github_put_data(out, sentence);
    fputs("%0AAs: ", out);
    github_put_data(out, platforms);
    fputs("%0AAgain: listenas test --replay ", out);
    github_put_data(out, text_of(first, "replay"));
    fputc('\n', out);
    free(sentence);
    free(platforms);
}

static void put_native(FILE *out, const json_t *document)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, "cases"), i, one) {
        const char *verdict = text_of(one, "verdict");
        if (strcmp(verdict, VERDICT_FAILS) != 0 && strcmp(verdict, VERDICT_NOT_RUN) != 0)
            continue;
        fprintf(out, "::error title=natively %s::", verdict);
        github_put_data(out, text_of(one, "name"));
        fputs(": ", out);
        github_put_data(out, text_of(one, "ended"));
        fputc('\n', out);
    }
}

static void put_flaky(FILE *out, const json_t *document)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, "results"), i, one) {
        if (strcmp(text_of(one, "verdict"), VERDICT_FLAKY) != 0)
            continue;
        fputs("::warning title=flaky::", out);
        github_put_data(out, text_of(one, "case"));
        fputs(" as ", out);
        github_put_data(out, text_of(one, "platform"));
        fputc('\n', out);
    }
}

void report_github(FILE *out, const json_t *document)
{
    struct findings findings = findings_of(document);
    put_native(out, document);
    for (size_t i = 0; i < findings.count; i++)
        put_finding(out, &findings.finding[i]);
    put_flaky(out, document);
    findings_drop(&findings);
}
