#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../profile/suggest.h"
#include "meaning.h"

/* Longer than any line of the probe. */
#define LINE_SIZE 400
#define LINES_MAX 10000

/* A line that is being read. */
struct line {
    const char *path;
    int number;
    bool whole; /* it ends with a newline */
    char name[LINE_SIZE];
    const char *value;
};

static const char *const pairs[2][PAIRS + 1] = {
    {"tcp.wildcard_then_specific", "tcp.wildcard_then_specific_with_reuse", "tcp.specific_then_wildcard_with_reuse",
     "tcp.both_bound_both_with_reuse", "tcp.both_listen_second_with_reuse", "tcp.both_wildcard",
     "tcp.both_listen_both_with_reuse"},
    {"udp.wildcard_then_specific", "udp.wildcard_then_specific_with_reuse", "udp.specific_then_wildcard_with_reuse",
     "udp.both_bound_both_with_reuse", "udp.second_with_reuse", "udp.both_wildcard"},
};

const char *pair_name(int protocol, int pair)
{
    return pairs[protocol][pair];
}

const char *probed_family_name(enum family family)
{
    static const char *const names[FAMILIES] = {"inet", "", "inet6", "unix"};
    return names[family];
}

static struct spot spot_of(const struct line *line)
{
    return (struct spot){.name = line->path, .line = line->number};
}

/* FAMILIES if no family has this name. */
static enum family family_of(const char *name)
{
    enum family family = FAMILY_INET;
    while (family < FAMILIES && (family == FAMILY_NONE || strcmp(probed_family_name(family), name) != 0))
        family++;
    return family;
}

/* Cuts "@FAMILY" off the name. FAMILIES, with a diagnostic, if there is no such family. */
static enum family take_family(struct line *line, struct diagnostics *diagnostics)
{
    char *at = strchr(line->name, '@');
    if (!at)
        return FAMILY_NONE;
    *at = '\0';
    enum family family = family_of(at + 1);
    if (family == FAMILIES)
        diagnose_at(diagnostics, spot_of(line), "%s: \"%s\" is no family; expected inet, inet6 or unix", line->name,
                    at + 1);
    return family;
}

static void keep(struct told *told, const struct line *line, struct diagnostics *diagnostics)
{
    if (told->line) {
        diagnose_at(diagnostics, spot_of(line), "%s: has a second answer, \"%s\"; the first is \"%s\", in line %d",
                    line->name, line->value, told->text, told->line);
        return;
    }
    told->line = line->number;
    snprintf(told->text, sizeof told->text, "%s", line->value);
}

/* The name after a prefix, or NULL. */
static const char *after(const char *name, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(name, prefix, length) == 0 ? name + length : NULL;
}

static void diagnose_unknown(const struct line *line, const char *name, struct diagnostics *diagnostics)
{
    char best[64];
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        suggest_try(&nearest, key_rows[key].full);
    bool near = suggest_found(&nearest);
    diagnose_at(diagnostics, spot_of(line), "\"%s\" is nothing that the probe of this listenas asks%s%s%s", name,
                near ? "; did you mean " : "", near ? best : "", near ? "?" : "");
}

static struct queue_told *queue_of(struct report *report, int backlog)
{
    for (int i = 0; i < report->queue_count; i++)
        if (report->queues[i].backlog == backlog)
            return &report->queues[i];
    if (report->queue_count == QUEUES_MAX)
        return NULL;
    report->queues[report->queue_count].backlog = backlog;
    return &report->queues[report->queue_count++];
}

static bool is_queue_length(const char *text)
{
    struct value value;
    size_t digits = strspn(text, "0123456789");
    bool number = digits > 0 && digits < 7 && (!text[digits] || strcmp(text + digits, "+") == 0);
    return number || (value_parse(text, &value) && value.word == WORD_ERRNO) || after(text, "other");
}

static void take_queue(struct report *report, struct line *line, const char *backlog, enum family family,
                       struct diagnostics *diagnostics)
{
    struct value value;
    bool number = value_parse(backlog, &value) && value.word == WORD_NUMBER;
    struct queue_told *queue = number ? queue_of(report, value.number) : NULL;
    if (!queue)
        diagnose_at(diagnostics, spot_of(line), "%s: expected at most %d backlogs, each a number", line->name,
                    QUEUES_MAX);
    else if (!is_queue_length(line->value))
        diagnose_at(diagnostics, spot_of(line),
                    "%s: \"%s\" is no length of a queue; expected a number, one with a \"+\", or the name of an errno",
                    line->name, line->value);
    else
        keep(&queue->of[family], line, diagnostics);
}

static bool take_pair(struct report *report, const struct line *line, const char *name, struct diagnostics *diagnostics)
{
    for (int protocol = 0; protocol < 2; protocol++)
        for (int pair = 0; pairs[protocol][pair]; pair++)
            if (strcmp(pairs[protocol][pair], name) == 0) {
                keep(&report->sharing[protocol][pair], line, diagnostics);
                return true;
            }
    return false;
}

/*
 * NULL if a key can hold the value, or the key that a word of it refers to can; else what was expected. A value that no
 * word fits is none, and says so itself.
 */
static const char *expected_of(enum key key, const char *text)
{
    static struct profile scratch;
    bool promise_only;
    const struct meaning *meaning = meaning_of_key(key);
    const char *expected = after(text, "other") ? NULL : key_set(&scratch, key, text, &promise_only);
    return expected && meaning && !key_set(&scratch, meaning->other, text, &promise_only) ? NULL : expected;
}

static void take_key(struct report *report, const struct line *line, enum key key, enum family family,
                     struct diagnostics *diagnostics)
{
    const char *expected = expected_of(key, line->value);
    char nearest[32];
    if (!expected) {
        keep(&report->answers[key][family], line, diagnostics);
        return;
    }
    bool near = value_nearest(key_rows[key].legal, line->value, nearest, sizeof nearest);
    diagnose_at(diagnostics, spot_of(line), "%s: \"%s\" is a value that this key cannot hold; expected %s%s%s%s",
                line->name, line->value, expected, near ? "; did you mean " : "", near ? nearest : "", near ? "?" : "");
}

static void take_reason(struct report *report, struct line *line, const char *name, struct diagnostics *diagnostics)
{
    enum family family = take_family(line, diagnostics);
    enum key key = key_of_name(name);
    if (family == FAMILIES)
        return;
    if (key != KEY_NONE)
        keep(&report->reasons[key][family], line, diagnostics);
    else if (!after(name, "queue.") && !after(name, "sharing.") && strcmp(name, "ports") != 0)
        diagnose_unknown(line, name, diagnostics);
}

static void take_without(struct report *report, const struct line *line, const char *name,
                         struct diagnostics *diagnostics)
{
    enum family family = family_of(name);
    if (family == FAMILIES)
        diagnose_at(diagnostics, spot_of(line), "%s: expected without.inet, without.inet6 or without.unix", line->name);
    else
        keep(&report->without[family], line, diagnostics);
}

static void take_answer(struct report *report, struct line *line, struct diagnostics *diagnostics)
{
    enum family family = take_family(line, diagnostics);
    const char *backlog = after(line->name, "queue."), *pair = after(line->name, "sharing.");
    enum key key = key_of_name(line->name);
    if (family == FAMILIES)
        return;
    if (backlog)
        take_queue(report, line, backlog, family, diagnostics);
    else if (strcmp(line->name, "ports") == 0)
        keep(&report->ports, line, diagnostics);
    else if (key != KEY_NONE)
        take_key(report, line, key, family, diagnostics);
    else if (!pair || !take_pair(report, line, pair, diagnostics))
        diagnose_unknown(line, line->name, diagnostics);
}

/* What is said of the machine; NULL for any other line. */
static struct told *machine_line(struct report *report, const char *name)
{
    const struct {
        const char *name;
        struct told *told;
    } rows[] = {
        {"system", &report->system},   {"release", &report->release}, {"version", &report->version},
        {"machine", &report->machine}, {"date", &report->date},       {"end", &report->end},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].told;
    return NULL;
}

static void take_line(struct report *report, struct line *line, struct diagnostics *diagnostics)
{
    struct told *told = machine_line(report, line->name);
    const char *reason = after(line->name, "unanswered."), *without = after(line->name, "without.");
    if (told)
        keep(told, line, diagnostics);
    else if (reason)
        take_reason(report, line, reason, diagnostics);
    else if (without)
        take_without(report, line, without, diagnostics);
    else
        take_answer(report, line, diagnostics);
}

/* Splits "name=value"; false if it is no such line. */
static bool split(struct line *line, char *text)
{
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        text[--length] = '\0';
    char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return false;
    *equals = '\0';
    snprintf(line->name, sizeof line->name, "%s", text);
    line->value = equals + 1;
    return true;
}

/* False if the rest is not worth reading: then it is no output of the probe. */
static bool take_first(struct line *line, bool is_line, struct diagnostics *diagnostics)
{
    if (!is_line || strcmp(line->name, "listenas-probe") != 0)
        diagnose_at(diagnostics, spot_of(line), "is no output of the probe; expected \"listenas-probe=1\" here");
    else if (strcmp(line->value, "1") != 0)
        diagnose_at(diagnostics, spot_of(line), "\"%s\" is a format of another listenas; expected 1", line->value);
    else
        return true;
    return false;
}

static void read_lines(struct report *report, FILE *file, struct line *line, struct diagnostics *diagnostics)
{
    char text[LINE_SIZE];
    while (fgets(text, sizeof text, file)) {
        bool whole = strchr(text, '\n') != NULL, full = strlen(text) == sizeof text - 1;
        line->number = ++report->lines;
        if (!whole && (full || !feof(file))) {
            diagnose_at(diagnostics, spot_of(line), "is longer than a line of the probe, or no text");
            return;
        }
        if (!whole)
            return; /* cut in the middle: the line before it is the last */
        bool is_line = split(line, text);
        if (report->lines == 1 && !take_first(line, is_line, diagnostics))
            return;
        if (!is_line)
            diagnose_at(diagnostics, spot_of(line), "is no line of the probe; expected \"NAME=ANSWER\"");
        else if (report->lines > 1)
            take_line(report, line, diagnostics);
        if (report->lines > LINES_MAX)
            return;
    }
}

bool report_read(struct report *report, const char *path, struct diagnostics *diagnostics)
{
    struct line line = {.path = path};
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    memset(report, 0, sizeof *report);
    if (!file) {
        diagnose_at(diagnostics, (struct spot){.name = path}, "%s", strerror(errno));
        return false;
    }
    read_lines(report, file, &line, diagnostics);
    if (ferror(file))
        diagnose_at(diagnostics, (struct spot){.name = path}, "%s", strerror(errno));
    else if (report->lines == 0)
        diagnose_at(diagnostics, (struct spot){.name = path, .line = 1}, "expected \"listenas-probe=1\" here");
    if (file != stdin)
        fclose(file);
    diagnostics_end(diagnostics);
    return diagnostics->count == 0;
}
