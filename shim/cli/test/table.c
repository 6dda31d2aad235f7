#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cli.h"
#include "findings.h"

#define NAME_WIDTH 14

void table_begin(void)
{
    printf("%-*s %7s %7s %7s %7s\n", NAME_WIDTH, "platform", "passed", "differ", "causes", "time");
}

/* How many different causes a platform's differences have. */
static size_t count_causes(const json_t *document, const char *platform)
{
    struct findings findings = findings_of(document);
    size_t count = 0;
    for (size_t i = 0; i < findings.count; i++)
        for (size_t j = 0; j < findings.finding[i].count; j++)
            if (*findings.finding[i].keys &&
                strcmp(text_of(findings.finding[i].result[j], "platform"), platform) == 0) {
                count++;
                break;
            }
    findings_drop(&findings);
    return count;
}

void table_row(const json_t *document, const char *platform, double seconds)
{
    size_t flaky = document_count(document, platform, VERDICT_FLAKY);
    size_t not_run = document_count(document, platform, VERDICT_NOT_RUN);
    table_progress("");
    print_visible(platform, NAME_WIDTH);
    printf(" %7zu %7zu %7zu %5.1f s", document_count(document, platform, VERDICT_PASSES),
           document_count(document, platform, VERDICT_DIFFERS), count_causes(document, platform), seconds);
    if (flaky)
        printf("  %zu flaky", flaky);
    if (not_run)
        printf("  %zu not run", not_run);
    putchar('\n');
    fflush(stdout);
}

void table_progress(const char *text)
{
    static int is_terminal = -1;
    if (is_terminal < 0)
        is_terminal = isatty(STDERR_FILENO);
    if (is_terminal)
        fprintf(stderr, "\r\033[K%s", text);
}

void table_native(size_t passed, size_t failed, double seconds)
{
    table_progress("");
    printf("%-*s %7zu %7s %7s %5.1f s", NAME_WIDTH, "native", passed, "", "", seconds);
    if (failed)
        printf("  %zu not passed", failed);
    putchar('\n');
    fflush(stdout);
}

void table_all(const json_t *document)
{
    size_t i;
    json_t *platform;
    table_begin();
    json_array_foreach(list_of(document, "platforms"), i, platform)
        table_row(document, text_of(platform, "name"), number_of(platform, "seconds"));
}
