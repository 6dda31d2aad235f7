#include "tail.h"

void tail_skip(struct tail *tail, const struct ring *ring)
{
    *tail = (struct tail){.next = ring_head(ring)};
}

/* Repetitions of records that were told. */
static void tell_repeats(struct tail *tail, const struct ring *ring, tail_visit visit, void *context)
{
    struct record record;
    struct repeats repeats;
    for (int i = 0; i < TAIL_WATCHED; i++) {
        uint64_t told = tail->watched[i].told;
        if (!tail->watched[i].number ||
            ring_read_repeats(ring, tail->watched[i].number - 1, &record, &repeats) != RING_RECORD ||
            repeats.count <= told)
            continue;
        tail->watched[i].told = repeats.count;
        visit(&(struct tail_event){.record = &record, .calls = repeats.count - told}, context);
    }
}

void tail_read(struct tail *tail, const struct ring *ring, tail_visit visit, void *context, uint64_t *missing)
{
    const uint64_t slots = ring->mask + UINT64_C(1), head = ring_head(ring);
    struct record record;
    struct repeats repeats;
    tell_repeats(tail, ring, visit, context);
    if (head > slots && tail->next < head - slots) {
        *missing += head - slots - tail->next;
        tail->next = head - slots;
    }
    for (; tail->next < head; tail->next++) {
        enum ring_answer answer = ring_read_repeats(ring, tail->next, &record, &repeats);
        *missing += answer == RING_LOST;
        if (answer != RING_RECORD)
            continue;
        tail->watched[tail->next % TAIL_WATCHED].number = tail->next + 1;
        tail->watched[tail->next % TAIL_WATCHED].told = repeats.count;
        visit(&(struct tail_event){.record = &record, .calls = repeats.count + 1}, context);
    }
}
