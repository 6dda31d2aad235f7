#include "tail.h"

#include <stdlib.h>

struct tail_entry *tail_take(struct tail *tail)
{
    struct tail_entry *entry = tail->first;
    if (!entry)
        return NULL;
    tail->first = entry->next;
    if (!tail->first)
        tail->last = NULL;
    tail->count -= entry->answer != CURSOR_GAP;
    return entry;
}

void tail_add(struct tail *tail, struct tail_entry *entry)
{
    entry->next = NULL;
    if (tail->last)
        tail->last->next = entry;
    else
        tail->first = entry;
    tail->last = entry;
    tail->count += entry->answer != CURSOR_GAP;
    while (tail->count > tail->most)
        free(tail_take(tail));
}
