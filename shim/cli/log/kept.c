#include "kept.h"

#include <stdlib.h>

struct list {
    struct kept_record *records;
    size_t count, room;
    uint64_t before;
};

static void add(struct list *list, const struct ring_kept *kept)
{
    struct kept_record *next = &list->records[list->count];
    if (list->count < list->room && ring_kept(kept, &next->number, &next->record) && next->number < list->before)
        list->count++;
}

static int by_number(const void *one, const void *other)
{
    const struct kept_record *a = one, *b = other;
    return (a->number > b->number) - (a->number < b->number);
}

static size_t drop_doubles(struct kept_record *records, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || records[i].number != records[kept - 1].number)
            records[kept++] = records[i];
    return kept;
}

size_t kept_records(const struct ring *ring, uint64_t before, struct kept_record **records)
{
    const struct ring_process *process;
    const struct ring_listener *listener;
    struct list list = {.room = ring->tables[TABLE_PROCESSES].entries +
                                (size_t)ring->tables[TABLE_LISTENERS].entries * LISTENER_MADE_BY,
                        .before = before};
    list.records = calloc(list.room + 1, sizeof *list.records);
    *records = list.records;
    if (!list.records)
        return 0;
    for (uint32_t number = 1; (process = ring_process(ring, number)); number++)
        add(&list, &process->start);
    for (uint32_t number = 1; (listener = ring_listener(ring, number)); number++)
        for (int call = 0; call < LISTENER_MADE_BY; call++)
            add(&list, &listener->made_by[call]);
    qsort(list.records, list.count, sizeof *list.records, by_number);
    return drop_doubles(list.records, list.count);
}
