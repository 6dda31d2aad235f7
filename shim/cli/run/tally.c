#include "tally.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../grow.h"
#include "../log/names.h"

static bool is_call(const struct ring *ring, const struct record *record)
{
    static const char *const others[] = {"start", "queue", "use", "mark"};
    const char *name = call_name(ring, record->call);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(name, others[i], CALL_NAME_SIZE) == 0)
            return false;
    return true;
}

static struct tally_row *row_of(struct tally *tally, const struct record *record)
{
    const struct tally_row wanted = {
        .call = record->call, .error = record->given_error, .key = {record->key[0], record->key[1]}};
    for (size_t i = 0; i < tally->count; i++) {
        struct tally_row *row = &tally->of[i];
        if (row->call == wanted.call && row->error == wanted.error && row->key[0] == wanted.key[0] &&
            row->key[1] == wanted.key[1])
            return row;
    }
    if (!grow(&tally->of, tally->count, &tally->room, sizeof wanted))
        return NULL;
    tally->of[tally->count] = wanted;
    return &tally->of[tally->count++];
}

static bool count_calls(struct tally *tally, const struct ring *ring, const struct record *record, uint64_t calls)
{
    tally->counted += calls;
    if (!is_call(ring, record))
        return true;
    struct tally_row *row = row_of(tally, record);
    if (row)
        row->calls += calls;
    return row;
}

bool tally_add(struct tally *tally, const struct ring *ring, const struct told *told)
{
    tally->watched[tally->next].number = told->number + 1;
    tally->watched[tally->next].repeats = told->repeats.count;
    tally->next = (tally->next + 1) % TALLY_WATCHED;
    return count_calls(tally, ring, &told->record, 1 + told->repeats.count);
}

bool tally_again(struct tally *tally, const struct ring *ring)
{
    struct record record;
    struct repeats repeats;
    bool has_memory = true;
    for (size_t i = 0; i < TALLY_WATCHED; i++) {
        uint64_t number = tally->watched[i].number, before = tally->watched[i].repeats;
        if (!number || ring_read_repeats(ring, number - 1, &record, &repeats) != RING_RECORD || repeats.count <= before)
            continue;
        tally->watched[i].repeats = repeats.count;
        has_memory &= count_calls(tally, ring, &record, repeats.count - before);
    }
    return has_memory;
}

bool tally_total(const struct ring *ring, struct tally_total *total)
{
    struct cursor cursor;
    struct told told;
    enum cursor_answer answer;
    *total = (struct tally_total){0};
    if (cursor_open(&cursor, ring, CURSOR_ONCE) != 0)
        return false;
    while ((answer = cursor_next(&cursor, &told)) != CURSOR_END) {
        if (answer == CURSOR_GAP)
            total->missing[told.gap] += told.missing.count;
        total->calls += answer == CURSOR_GAP ? told.missing.count : 1 + told.repeats.count;
    }
    cursor_close(&cursor);
    return true;
}

void tally_free(struct tally *tally)
{
    free(tally->of);
    *tally = (struct tally){0};
}

/* --- printing --- */

static int by_calls(const void *one, const void *other)
{
    const struct tally_row *a = one, *b = other;
    if (a->calls != b->calls)
        return a->calls < b->calls ? 1 : -1;
    return a->call != b->call ? a->call - b->call : a->error - b->error;
}

static void print_row(const struct ring *ring, const struct tally_row *row, uint64_t all, FILE *out)
{
    fprintf(out, "%6.2f %10" PRIu64 " %-*.*s %-16s", all ? 100 * (double)row->calls / (double)all : 0, row->calls,
            CALL_NAME_SIZE, CALL_NAME_SIZE, call_name(ring, row->call), row->error ? error_name(row->error) : "");
    for (int i = 0, printed = 0; i < 2; i++)
        if (row->key[i])
            fprintf(out, "%s%.*s", printed++ ? ", " : " ", KEY_NAME_SIZE, key_name(ring, row->key[i]));
    putc('\n', out);
}

static void print_uncounted(uint64_t calls, const char *reason, FILE *out)
{
    if (calls)
        fprintf(out, "%17" PRIu64 " more were not counted: %s\n", calls, reason);
}

static uint64_t difference(uint64_t after, uint64_t before)
{
    return after > before ? after - before : 0;
}

void tally_print(struct tally *tally, const struct ring *ring, const struct tally_total *before,
                 const struct tally_total *after, FILE *out)
{
    uint64_t all = 0, failed = 0;
    uint64_t unfinished = difference(after->missing[GAP_UNFINISHED], before->missing[GAP_UNFINISHED]);
    uint64_t damaged = difference(after->missing[GAP_DAMAGED], before->missing[GAP_DAMAGED]);
    if (tally->count)
        qsort(tally->of, tally->count, sizeof *tally->of, by_calls);
    for (size_t i = 0; i < tally->count; i++) {
        all += tally->of[i].calls;
        failed += tally->of[i].error ? tally->of[i].calls : 0;
    }
    fprintf(out, "%6s %10s %-*s %-16s by\n", "%", "calls", CALL_NAME_SIZE, "call", "errno");
    for (size_t i = 0; i < tally->count; i++)
        print_row(ring, &tally->of[i], all, out);
    fprintf(out, "%6.2f %10" PRIu64 " total, %" PRIu64 " of them failed\n", all ? 100.0 : 0, all, failed);
    print_uncounted(difference(after->calls - before->calls, tally->counted + unfinished + damaged),
                    "newer ones took their place in the record; -r 64M makes it larger", out);
    print_uncounted(unfinished, "their writer died, or still writes", out);
    print_uncounted(damaged, "their place in the record is damaged", out);
}
