/*
 * JUnit's XML as Maven Surefire writes it: one testsuite, a testcase for each result, its class the platform. Source:
 * surefire-test-report.xsd, version 3.0.2.
 */
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "memory.h"
#include "reports.h"
#include "utf8.h"

/* Characters that XML 1.0 has no way to write become \xNN. Source: Extensible Markup Language 1.0, 2.2 and 2.4. */
static void put_character(FILE *out, unsigned char byte)
{
    if (byte == '<')
        fputs("&lt;", out);
    else if (byte == '>')
        fputs("&gt;", out);
    else if (byte == '&')
        fputs("&amp;", out);
    else if (byte == '"')
        fputs("&quot;", out);
    else if (byte == '\n' || byte == '\t')
        fprintf(out, "&#%u;", byte);
    else if (byte < ' ')
        fprintf(out, "\\x%02x", byte);
    else
        fputc(byte, out);
}

static void put(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (utf8_is_noncharacter(text)) {
            fputs("\\uffff", out);
            text += 2;
            continue;
        }
        put_character(out, (unsigned char)*text);
    }
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    put(out, value);
    fputc('"', out);
}

/* "<failure type="listen.unbound_inet" message="...">what it printed</failure>" */
static void put_problem(FILE *out, const char *element, const char *type, const char *message, const json_t *result)
{
    fprintf(out, "    <%s", element);
    put_attribute(out, "message", message);
    put_attribute(out, "type", type);
    fputc('>', out);
    put(out, text_of(result, "output"));
    fprintf(out, "</%s>\n", element);
}

static void put_flaky(FILE *out, const json_t *result)
{
    fprintf(out, "    <flakyFailure message=\"it did not end the same way each time\" type=\"flaky\"><stackTrace>");
    put(out, text_of(result, "output"));
    fprintf(out, "</stackTrace></flakyFailure>\n");
}

static void put_verdict(FILE *out, const json_t *result)
{
    const char *verdict = text_of(result, "verdict");
    if (strcmp(verdict, VERDICT_DIFFERS) == 0) {
        char *message = finding_sentence(result), *keys = finding_keys(result);
        put_problem(out, "failure", *keys ? keys : "unexplained", message, result);
        free(message);
        free(keys);
    } else if (strcmp(verdict, VERDICT_FAILS) == 0) {
        put_problem(out, "failure", "native", text_of(result, "ended"), result);
    } else if (strcmp(verdict, VERDICT_NOT_RUN) == 0) {
        put_problem(out, "error", "listenas", text_of(result, "ended"), result);
    } else if (strcmp(verdict, VERDICT_FLAKY) == 0) {
        put_flaky(out, result);
    } else if (strcmp(verdict, VERDICT_KNOWN) == 0) {
        fprintf(out, "    <skipped message=\"known: as in the baseline\"/>\n");
    }
}

static void put_case(FILE *out, const json_t *result, const char *name, const char *platform)
{
    fprintf(out, "  <testcase");
    put_attribute(out, "name", name);
    put_attribute(out, "classname", platform);
    fprintf(out, " time=\"%.3f\">\n", number_of(result, "seconds"));
    put_verdict(out, result);
    fprintf(out, "  </testcase>\n");
}

struct counts {
    size_t tests, failures, errors, skipped;
    double seconds;
};

static void count_one(struct counts *counts, const json_t *result)
{
    const char *verdict = text_of(result, "verdict");
    counts->tests++;
    counts->failures += strcmp(verdict, VERDICT_DIFFERS) == 0 || strcmp(verdict, VERDICT_FAILS) == 0;
    counts->errors += strcmp(verdict, VERDICT_NOT_RUN) == 0;
    counts->skipped += strcmp(verdict, VERDICT_KNOWN) == 0;
    counts->seconds += number_of(result, "seconds");
}

static void count_all(struct counts *counts, const json_t *list)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
        count_one(counts, one);
}

void report_junit(FILE *out, const json_t *document)
{
    const json_t *cases = list_of(document, "cases"), *results = list_of(document, "results");
    struct counts counts = {0};
    size_t i;
    json_t *one;
    count_all(&counts, cases);
    count_all(&counts, results);
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"listenas test\" time=\"%.3f\"",
            counts.seconds);
    fprintf(out, " tests=\"%zu\" errors=\"%zu\" skipped=\"%zu\" failures=\"%zu\">\n", counts.tests, counts.errors,
            counts.skipped, counts.failures);
    json_array_foreach(cases, i, one)
        put_case(out, one, text_of(one, "name"), "native");
    json_array_foreach(results, i, one)
        put_case(out, one, text_of(one, "case"), text_of(one, "platform"));
    fprintf(out, "</testsuite>\n");
}
