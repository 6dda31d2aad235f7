/*
 * How long queues are: the backlogs' limits and the formula that give every length that was counted. Where several do,
 * the first that find_factors meets counts; they differ in nothing that a client or a program can see.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../rules/listen.h"
#include "measured.h"

/* The largest factor, summand and least backlog that are tried: beyond those of any platform that is known. */
#define TIMES_MAX 6
#define PLUS_MAX 8
#define LEAST_MAX 200
/* A queue that holds so many at every backlog is taken for one without end. */
#define ENDLESS 500

/* What a listener of a backlog held. */
struct length {
    int backlog, count;
    bool more;         /* there may be room for more */
    const char *error; /* of listen; NULL for none */
};

struct lengths {
    struct length of[QUEUES_MAX];
    int count;
};

struct fit {
    struct formula formula;
    int least, most; /* of positive backlogs; `most` INT_MAX: no limit was met */
};

static struct lengths lengths_of(const struct report *report, enum family family)
{
    struct lengths lengths = {.count = 0};
    for (int i = 0; i < report->queue_count; i++) {
        const struct told *told = &report->queues[i].of[family];
        if (!told->line || strncmp(told->text, "other", 5) == 0)
            continue;
        bool error = told->text[0] == 'E';
        lengths.of[lengths.count++] = (struct length){.backlog = report->queues[i].backlog,
                                                      .count = atoi(told->text),
                                                      .more = strchr(told->text, '+') != NULL,
                                                      .error = error ? told->text : NULL};
    }
    return lengths;
}

static const struct length *length_at(const struct lengths *lengths, int backlog)
{
    for (int i = 0; i < lengths->count; i++)
        if (lengths->of[i].backlog == backlog)
            return &lengths->of[i];
    return NULL;
}

/* The one of the largest backlog that listen took; NULL if none was positive. */
static const struct length *longest(const struct lengths *lengths)
{
    const struct length *longest = NULL;
    for (int i = 0; i < lengths->count; i++)
        if (!lengths->of[i].error && lengths->of[i].backlog > 0 &&
            (!longest || lengths->of[i].backlog > longest->backlog))
            longest = &lengths->of[i];
    return longest;
}

/* Where the formula gives 0, a kernel may still hold one connection. */
static bool is_length(const struct length *seen, int computed)
{
    return seen->more ? computed >= seen->count : seen->count == computed || (computed == 0 && seen->count == 1);
}

static int clamped(const struct fit *fit, int backlog)
{
    return backlog < fit->least ? fit->least : backlog > fit->most ? fit->most : backlog;
}

static bool fits_all(const struct fit *fit, const struct lengths *lengths)
{
    for (int i = 0; i < lengths->count; i++) {
        const struct length *seen = &lengths->of[i];
        if (seen->backlog > 0 && !seen->error &&
            !is_length(seen, formula_capacity(&fit->formula, clamped(fit, seen->backlog))))
            return false;
    }
    return true;
}

/* Finds the largest backlog that counts, from the longest queue. False if the formula never gives that length. */
static bool find_most(struct fit *fit, const struct length *longest)
{
    int low = fit->least, high = INT_MAX;
    fit->most = INT_MAX;
    if (longest->more)
        return true;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (formula_capacity(&fit->formula, middle) < longest->count)
            low = middle + 1;
        else
            high = middle;
    }
    fit->most = low;
    return formula_capacity(&fit->formula, low) == longest->count;
}

static bool find_factors(struct fit *fit, const struct lengths *lengths)
{
    const struct length *last = longest(lengths);
    for (int over = 1; over <= 2; over++)
        for (int times = 1; times <= TIMES_MAX; times++)
            for (int plus = 0; plus <= PLUS_MAX; plus++) {
                fit->formula = (struct formula){.times = times, .over = over, .plus = plus, .max = INT_MAX};
                if (find_most(fit, last) && fits_all(fit, lengths))
                    return true;
            }
    return false;
}

static bool find_fit(struct fit *fit, const struct lengths *lengths, int least_min, int least_max)
{
    for (fit->least = least_min; longest(lengths) && fit->least <= least_max; fit->least++)
        if (find_factors(fit, lengths))
            return true;
    return false;
}

static bool is_endless(const struct lengths *lengths)
{
    const struct length *one = length_at(lengths, 1);
    return one && one->more && one->count >= ENDLESS;
}

static void write_formula(struct measured *measured, enum key key, const struct formula *formula)
{
    char factor[32] = "", plus[32] = "";
    if (formula->over > 1)
        snprintf(factor, sizeof factor, "%d/%d ", formula->times, formula->over);
    else if (formula->times > 1)
        snprintf(factor, sizeof factor, "%d ", formula->times);
    if (formula->plus > 0)
        snprintf(plus, sizeof plus, " + %d", formula->plus);
    measured_set(measured, key, "%sb%s", factor, plus);
}

/* The backlog that gives this length, -1 if none does. */
static int number_of(const struct length *seen, const struct fit *fit)
{
    struct fit only = {.formula = fit->formula};
    return !seen->more && find_most(&only, seen) ? only.most : -1;
}

/* Zero and negative backlogs: the word, or the number, that gives what was counted; empty if there is none. */
static void word_of(const struct length *seen, const struct fit *fit, int kept, char word[32])
{
    const int least = fit->least > 1 ? fit->least : 0;
    if (seen->error)
        snprintf(word, 32, "%s", seen->error);
    else if (kept >= 0 && is_length(seen, formula_capacity(&fit->formula, kept)))
        snprintf(word, 32, "keep");
    else if (!seen->more && is_length(seen, formula_capacity(&fit->formula, least)))
        snprintf(word, 32, "min");
    else if (is_length(seen, formula_capacity(&fit->formula, fit->most)))
        snprintf(word, 32, "max");
    else if (number_of(seen, fit) >= 0)
        snprintf(word, 32, "%d", number_of(seen, fit));
}

/* WinSock's SOMAXCONN_HINT(n) is -n, and asks for n, but at least for 200. */
static bool is_hint(const struct lengths *lengths, const struct fit *fit)
{
    const struct length *near = length_at(lengths, -1), *far = length_at(lengths, -300);
    return near && far && !near->error && !far->error && near->count != far->count &&
           is_length(near, formula_capacity(&fit->formula, 200)) &&
           is_length(far, formula_capacity(&fit->formula, 300));
}

static void write_odd(struct measured *measured, enum key zero_key, enum key negative_key,
                      const struct lengths *lengths, const struct fit *fit)
{
    const struct length *zero = length_at(lengths, 0), *negative = length_at(lengths, -1);
    char word[32] = "", negative_word[32] = "";
    if (zero)
        word_of(zero, fit, 0, word);
    measured_set(measured, zero_key, "%s", word);
    if (is_hint(lengths, fit))
        snprintf(negative_word, sizeof negative_word, "hint");
    else if (negative)
        word_of(negative, fit, -1, negative_word);
    measured_set(measured, negative_key, "%s", negative_word);
}

static void write_most(struct measured *measured, enum key key, const struct lengths *lengths, const struct fit *fit)
{
    if (fit->most < INT_MAX)
        measured_set(measured, key, "%d", fit->most);
    else
        measured_remark(measured, key, "no limit was met with %d connections", longest(lengths)->count);
}

static void write_excess(struct measured *measured, const struct lengths *lengths, const struct fit *fit)
{
    const struct length *largest = length_at(lengths, INT_MAX);
    if (largest && largest->error)
        measured_set(measured, KEY_listen_backlog_excess, "%s", largest->error);
    else if (fit->most < INT_MAX)
        measured_set(measured, KEY_listen_backlog_excess, "max");
}

static bool measure_tcp(struct measured *measured, const struct lengths *lengths, struct fit *fit)
{
    if (!find_fit(fit, lengths, 1, LEAST_MAX)) {
        measured_remark(measured, KEY_listen_capacity_tcp, "%s",
                        is_endless(lengths) ? "the queue has no end that was met"
                        : longest(lengths)  ? "no formula gives the lengths that were counted"
                                            : "no queue was counted");
        for (enum key key = KEY_listen_backlog_min; key <= KEY_listen_backlog_excess; key++)
            measured_remark(measured, key, "listen.capacity_tcp was not measured");
        return false;
    }
    write_formula(measured, KEY_listen_capacity_tcp, &fit->formula);
    measured_set(measured, KEY_listen_backlog_min, "%d", fit->least > 1 ? fit->least : 0);
    write_most(measured, KEY_listen_backlog_max, lengths, fit);
    write_excess(measured, lengths, fit);
    write_odd(measured, KEY_listen_backlog_zero, KEY_listen_backlog_negative, lengths, fit);
    return true;
}

static void measure_unix(struct measured *measured, const struct lengths *lengths, const struct fit *tcp)
{
    struct fit fit = {0};
    const int least = tcp ? tcp->least : 1;
    if (is_endless(lengths)) {
        measured_set(measured, KEY_listen_capacity_unix, "unlimited");
        return;
    }
    if (!find_fit(&fit, lengths, least, least)) {
        measured_remark(measured, KEY_listen_capacity_unix, "%s",
                        longest(lengths) ? "no formula gives the lengths that were counted" : "no queue was counted");
        return;
    }
    write_formula(measured, KEY_listen_capacity_unix, &fit.formula);
    write_most(measured, KEY_listen_backlog_max_unix, lengths, &fit);
    if (fit.most == INT_MAX && tcp && tcp->most < INT_MAX) /* then TCP's limit does not count */
        measured_set(measured, KEY_listen_backlog_max_unix, "%d", INT_MAX);
    write_odd(measured, KEY_listen_backlog_zero_unix, KEY_listen_backlog_negative_unix, lengths, &fit);
}

void measure_queues(struct measured *measured, const struct report *report)
{
    struct lengths tcp = lengths_of(report, FAMILY_INET), local = lengths_of(report, FAMILY_UNIX);
    struct fit fit = {0};
    bool known = measure_tcp(measured, &tcp, &fit);
    measure_unix(measured, &local, known ? &fit : NULL);
}
