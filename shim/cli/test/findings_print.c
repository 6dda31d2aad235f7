/* What was found, for a person: causes first, then what must not be concluded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "findings.h"
#include "how.h"
#include "memory.h"
#include "table.h"

#define NAMES_MOST 8
#define LINES_MOST 8

static void print_line(const char *indent, const char *text)
{
    fputs(indent, stdout);
    print_visible(text, 0);
    putchar('\n');
}

static void print_format(char *text)
{
    print_line("    ", text);
    free(text);
}

/* "listen(3, 5) = EINVAL at server.c:31" */
static void print_evidence(const json_t *cause)
{
    if (*text_of(cause, "call"))
        print_format(
            memory_format("%s = %s at %s", text_of(cause, "call"), text_of(cause, "given"), text_of(cause, "where")));
}

static bool is_same_line(const json_t *one, const json_t *other)
{
    static const char *const members[] = {"value", "standing", "source", "profile", "linux"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strcmp(text_of(one, members[i]), text_of(other, members[i])) != 0)
            return false;
    return true;
}

static const json_t *cause_of(const struct finding *finding, size_t result, size_t index)
{
    return json_array_get(list_of(finding->result[result], "causes"), index);
}

/* The platforms whose value is the very same line of a profile. */
static char *platforms_like(const struct finding *finding, size_t index, const json_t *cause)
{
    struct finding same = {.result = memory_new(finding->count * sizeof *same.result)};
    for (size_t i = 0; i < finding->count; i++)
        if (is_same_line(cause_of(finding, i, index), cause))
            same.result[same.count++] = finding->result[i];
    char *list = finding_list(&same, "platform", SIZE_MAX);
    free(same.result);
    return list;
}

/* How firm each value is by which platforms differ, and its source. */
static void print_value(const struct finding *finding, size_t index, const json_t *cause)
{
    const char *source = text_of(cause, "source"), *standing = text_of(cause, "standing");
    const char *on_linux = text_of(cause, "linux");
    bool says_itself = strncmp(source, standing, strlen(standing)) == 0;
    char *platforms = platforms_like(finding, index, cause);
    print_format(memory_format("%s = %s%s%s%s as %s: %s%s%s (%s)", text_of(cause, "key"), text_of(cause, "value"),
                               *on_linux ? " (Linux: " : "", on_linux, *on_linux ? ")" : "", platforms,
                               says_itself ? "" : standing, says_itself || !*source ? "" : ": ", source,
                               text_of(cause, "profile")));
    free(platforms);
}

static void print_values(const struct finding *finding, size_t index)
{
    for (size_t i = 0; i < finding->count; i++) {
        bool was_printed = false;
        for (size_t before = 0; before < i && !was_printed; before++)
            was_printed = is_same_line(cause_of(finding, before, index), cause_of(finding, i, index));
        if (!was_printed)
            print_value(finding, index, cause_of(finding, i, index));
    }
}

static void print_ring(const json_t *result)
{
    if (*text_of(result, "ring"))
        print_format(memory_format("its calls: listenas log %s", text_of(result, "ring")));
}

static void print_finding(const struct finding *finding)
{
    const json_t *first = finding->result[0];
    char *cases = finding_list(finding, "case", NAMES_MOST), *platforms = finding_list(finding, "platform", SIZE_MAX);
    size_t i;
    json_t *cause;
    putchar('\n');
    print_line("", *finding->keys ? finding->keys : "no key explains these");
    print_format(memory_format("as %s", platforms));
    print_format(memory_format("in %s: %s", cases, text_of(first, "ended")));
    json_array_foreach(list_of(first, "causes"), i, cause) {
        print_evidence(cause);
        print_values(finding, i);
        print_format(memory_format("portable: %s", text_of(cause, "advice")));
    }
    if (*text_of(first, "replay"))
        print_format(memory_format("again: listenas test --replay %s", text_of(first, "replay")));
    print_ring(first);
    free(cases);
    free(platforms);
}

static void print_causes(const json_t *document)
{
    struct findings findings = findings_of(document);
    for (size_t i = 0; i < findings.count; i++)
        print_finding(&findings.finding[i]);
    findings_drop(&findings);
}

/* --- cases that are no differences --- */

/* The last lines. */
static void print_output(const char *output)
{
    size_t lines = 0;
    const char *at = output + strlen(output);
    while (at > output && lines <= LINES_MOST)
        lines += *--at == '\n';
    at += *at == '\n' && lines > LINES_MOST;
    for (size_t length; *at; at += length + (at[length] == '\n')) {
        length = strcspn(at, "\n");
        char *line = memory_part(at, length);
        print_line("    | ", line);
        free(line);
    }
}

static void print_native(const json_t *document)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, "cases"), i, one) {
        const char *verdict = text_of(one, "verdict");
        if (strcmp(verdict, VERDICT_PASSES) == 0)
            continue;
        printf("\n");
        char *text = memory_format("natively %s: %s: %s", verdict, text_of(one, "name"), text_of(one, "ended"));
        print_line("", text);
        free(text);
        print_line("    ", "so it is not run as any platform (its standard input is empty, and it has no terminal)");
        print_output(text_of(one, "output"));
        print_ring(one);
    }
}

static void print_flaky(const json_t *document)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, "results"), i, one) {
        if (strcmp(text_of(one, "verdict"), VERDICT_FLAKY) != 0)
            continue;
        char *text = memory_format("flaky: %s as %s: it did not end the same way each time (%s)", text_of(one, "case"),
                                   text_of(one, "platform"), text_of(one, "ended"));
        print_line("", text);
        free(text);
    }
}

/* --- what proves nothing --- */

struct tally {
    const json_t *document;
    const char *member;
};

/* How many results have a member that is true; the first names one. */
static size_t count_true(const json_t *document, const char *member, const json_t **first)
{
    size_t i, count = 0;
    json_t *one;
    json_array_foreach(list_of(document, "results"), i, one)
        if (truth_of(one, member) && count++ == 0)
            *first = one;
    return count;
}

static void print_doubt(const json_t *document, const char *member, const char *what)
{
    const json_t *first = NULL;
    size_t count = count_true(document, member, &first);
    if (count == 0)
        return;
    char *text = memory_format("%zu result%s prove%s less: %s (%s as %s)", count, count == 1 ? "" : "s",
                               count == 1 ? "s" : "", what, text_of(first, "case"), text_of(first, "platform"));
    print_line("", text);
    free(text);
}

/* Counts the results that met each promise. */
static json_t *count_met(const json_t *document)
{
    size_t i, j;
    json_t *one, *met, *counts = json_object();
    json_array_foreach(list_of(document, "results"), i, one)
        json_array_foreach(list_of(one, "proves_nothing"), j, met) {
            const char *key = text_of(met, "key");
            json_int_t before = json_integer_value(json_object_get(counts, key));
            json_object_set_new(counts, key, json_integer(before + 1));
        }
    return counts;
}

static void print_unproven(const json_t *document)
{
    const char *key;
    json_t *count, *counts = count_met(document);
    json_object_foreach(counts, key, count) {
        json_int_t number = json_integer_value(count);
        printf("%s, not enforced: %lld result%s prove%s nothing of it\n", key, (long long)number,
               number == 1 ? "" : "s", number == 1 ? "s" : "");
    }
    json_decref(counts);
}

static void print_left(const json_t *document, const char *list)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, list), i, one) {
        double left = number_of(one, "left");
        if (left == 0)
            continue;
        char *text = memory_format("%s left %.0f process%s behind, such as %s; killed",
                                   *text_of(one, "name") ? text_of(one, "name") : text_of(one, "case"), left,
                                   left == 1 ? "" : "es", text_of(one, "first_left"));
        print_line("", text);
        free(text);
    }
}

void findings_print(const json_t *document)
{
    print_native(document);
    print_causes(document);
    putchar('\n');
    print_flaky(document);
    print_unproven(document);
    print_doubt(document, "no_refuser", "a queue was to refuse its clients, and there was no refuser");
    print_doubt(document, "overwritten", "the ring was too small for all calls; LISTENAS_RING=8M makes it larger");
    print_doubt(document, "no_calls", "no call was seen: nothing of it listens, or what does is static or Go");
    print_left(document, "cases");
}
