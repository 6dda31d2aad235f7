#include "print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "../line.h"
#include "../path.h"
#include "../test/memory.h"
#include "heading.h"
#include "message.h"
#include "symbols_package.h"

#define LINES_USUAL 10
/* Columns: of what follows the place, and of the call in words. */
#define INDENT 19
#define HEADING_WIDTH 30

static char *place_text(const struct place_in_program *place)
{
    if (place->file[0] && !place->line)
        return memory_format("%s, %s", place->file[0] == '/' ? base_name(place->file) : place->file, place->function);
    if (place->file[0])
        return memory_format("%s:%d", place->file[0] == '/' ? base_name(place->file) : place->file, place->line);
    if (place->module[0])
        return memory_format("%s+%#llx", base_name(place->module), (unsigned long long)place->offset);
    return place->offset ? memory_format("%#llx", (unsigned long long)place->offset) : memory_text("?");
}

static bool is_same_place(const struct lint_finding *one, const struct lint_finding *other)
{
    return one->call->seen.site == other->call->seen.site ||
           (one->place.line && one->place.line == other->place.line && strcmp(one->place.file, other->place.file) == 0);
}

/* Whether a worse finding at the same place counts, too. */
static bool is_second(const struct lint_findings *findings, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (lint_counts(&findings->finding[i]) && is_same_place(&findings->finding[i], &findings->finding[index]))
            return true;
    return false;
}

static void print_finding(const struct lint_finding *finding, size_t platforms, bool all)
{
    char *place = place_text(&finding->place), *heading = lint_heading(finding->call),
         *message = lint_message(finding, platforms, all);
    struct line line = {.width = line_width()};
    line_put(&line, place, 0);
    line_tab(&line, INDENT);
    line_put_whole(&line, heading, INDENT);
    line_tab(&line, INDENT + HEADING_WIDTH);
    line_put(&line, message, INDENT);
    line_put(&line, "  [", INDENT);
    line_put(&line, key_rows[finding->key].full, INDENT);
    line_put(&line, "]", INDENT);
    line_next(&line, INDENT);
    line_put(&line, "portable: ", INDENT);
    line_put(&line, key_advice(finding->key), INDENT);
    line_end(&line);
    free(message);
    free(heading);
    free(place);
}

struct rest {
    size_t same, elsewhere, unverified, silenced, known;
};

static void count_rest(struct rest *rest, const struct lint_findings *findings, size_t index)
{
    const struct lint_finding *finding = &findings->finding[index];
    if (finding->is_silenced)
        rest->silenced++;
    else if (finding->is_known)
        rest->known++;
    else if (is_second(findings, index))
        rest->same++;
    else
        rest->elsewhere++;
    rest->unverified += lint_counts(finding) && finding->firm == 0;
}

static void print_rest(const struct rest *rest)
{
    if (rest->same + rest->elsewhere) {
        printf("+ ");
        if (rest->same)
            printf("%zu more at the same places", rest->same);
        if (rest->elsewhere)
            printf("%s%zu at others", rest->same ? ", " : "", rest->elsewhere);
        if (rest->unverified)
            printf(", %zu unverified", rest->unverified);
        puts(": --all");
    }
    if (rest->silenced)
        printf("%zu silenced in the source\n", rest->silenced);
    if (rest->known)
        printf("%zu known from the baseline\n", rest->known);
}

void lint_print(const struct lint_findings *findings, const struct lint_wish *wish)
{
    struct rest rest = {0};
    size_t printed = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct lint_finding *finding = &findings->finding[i];
        bool shows = lint_counts(finding) && (wish->all || (printed < LINES_USUAL && !is_second(findings, i)));
        if (shows)
            print_finding(finding, findings->platforms, wish->all);
        else
            count_rest(&rest, findings, i);
        printed += shows;
    }
    print_rest(&rest);
    if (printed == 0)
        printf("nothing that was seen differs on %zu platform%s\n", findings->platforms,
               findings->platforms == 1 ? "" : "s");
    symbols_package_print(findings);
}
