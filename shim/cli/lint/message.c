#include "message.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../profile/advice.h"
#include "../../profile/errno_name.h"
#include "../test/memory.h"

/* Platforms that are named unless all are asked for. */
#define NAMED_MOST 3

struct line {
    char *text;
    size_t size;
    FILE *out;
};

static bool is_alike(const struct judgement *one, const struct judgement *other)
{
    return one->turn == other->turn && one->error == other->error && one->number == other->number;
}

static bool came_before(const struct lint_finding *finding, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (is_alike(&finding->turn[i].judgement, &finding->turn[index].judgement))
            return true;
    return false;
}

static size_t count_alike(const struct lint_finding *finding, const struct judgement *judgement)
{
    size_t count = 0;
    for (size_t i = 0; i < finding->turns; i++)
        count += is_alike(&finding->turn[i].judgement, judgement);
    return count;
}

static void put_names(FILE *out, const struct lint_finding *finding, const struct judgement *judgement, bool all)
{
    size_t named = 0;
    for (size_t i = 0; i < finding->turns; i++) {
        if (!is_alike(&finding->turn[i].judgement, judgement))
            continue;
        if (named++ == NAMED_MOST && !all) {
            fputs(" ...", out);
            return;
        }
        fprintf(out, " %s%s", finding->turn[i].platform->label, finding->turn[i].firm ? "" : "?");
    }
}

static void put_turn(FILE *out, const struct lint_finding *finding, const struct judgement *judgement)
{
    if (judgement->turn == TURN_FAILS)
        fputs(errno_name(judgement->error), out);
    else if (judgement->turn == TURN_SUCCEEDS)
        fprintf(out, "succeeds, Linux says %s,", errno_name(finding->call->seen.error));
    else
        fputs(advice_otherwise(finding->key), out);
}

static void put_turns(FILE *out, const struct lint_finding *finding, size_t platforms, bool all)
{
    const char *between = "";
    for (size_t i = 0; i < finding->turns; i++) {
        const struct judgement *judgement = &finding->turn[i].judgement;
        if (came_before(finding, i))
            continue;
        fputs(between, out);
        put_turn(out, finding, judgement);
        fprintf(out, " on %zu of %zu:", count_alike(finding, judgement), platforms);
        put_names(out, finding, judgement, all);
        between = "; ";
    }
}

/* "8 on bsd-4.2", "193 on 4"; the shortest first. */
static int compare_queues(const void *left, const void *right)
{
    const struct lint_turn *one = left, *other = right;
    return one->judgement.number < other->judgement.number ? -1 : one->judgement.number > other->judgement.number;
}

static void put_queue(FILE *out, const struct lint_finding *finding, size_t at, const char *before)
{
    const struct judgement *judgement = &finding->turn[at].judgement;
    size_t count = count_alike(finding, judgement);
    if (judgement->number == INT_MAX)
        fprintf(out, "%sno limit on ", before);
    else
        fprintf(out, "%s%d on ", before, judgement->number);
    if (count == 1)
        fputs(finding->turn[at].platform->label, out);
    else
        fprintf(out, "%zu", count);
}

static size_t count_overflow(const struct lint_finding *finding, enum word overflow)
{
    size_t count = 0;
    for (size_t i = 0; i < finding->turns; i++)
        count += finding->turn[i].judgement.overflow == overflow;
    return count;
}

/* Names the shortest lengths and the longest, where there are many. */
static void put_lengths(FILE *out, const struct lint_finding *finding, int native, bool all)
{
    size_t told = 0, last = finding->turns;
    for (size_t i = 0; i < finding->turns; i++) {
        if (came_before(finding, i) || finding->turn[i].judgement.number == native)
            continue;
        if (told < NAMED_MOST || all)
            put_queue(out, finding, i, told ? ", " : "queue of ");
        else
            last = i;
        told++;
    }
    if (last < finding->turns)
        put_queue(out, finding, last, told > NAMED_MOST + 1 ? " ... " : ", ");
    fprintf(out, told ? ", %d on Linux" : "queue of %d as on Linux", native);
}

static void put_queues(FILE *out, const struct lint_finding *finding, bool all)
{
    size_t refused = count_overflow(finding, WORD_REFUSE), reset = count_overflow(finding, WORD_RESET);
    qsort(finding->turn, finding->turns, sizeof *finding->turn, compare_queues);
    put_lengths(out, finding, judged_native_queue(finding->call), all);
    if (refused)
        fprintf(out, "; refused beyond on %zu", refused);
    if (reset)
        fprintf(out, "%s reset on %zu", refused ? "," : "; beyond it", reset);
}

char *lint_message(const struct lint_finding *finding, size_t platforms, bool all)
{
    struct line line = {0};
    line.out = open_memstream(&line.text, &line.size);
    if (!line.out)
        return memory_text("");
    if (finding->turns && finding->turn[0].judgement.turn == TURN_QUEUE)
        put_queues(line.out, finding, all);
    else
        put_turns(line.out, finding, platforms, all);
    if (finding->firm == 0)
        fputs(" (unverified)", line.out);
    fclose(line.out);
    return line.text;
}
