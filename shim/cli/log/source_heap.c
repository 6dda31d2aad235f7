#include "source_heap.h"

#include <stdlib.h>

bool heap_reserve(struct source_heap *heap, size_t room)
{
    if (room <= heap->room)
        return true;
    size_t wanted = 2 * room;
    struct source **of = reallocarray(heap->of, wanted, sizeof(struct source *));
    if (!of)
        return false;
    heap->of = of;
    heap->room = wanted;
    return true;
}

static bool is_before(const struct source_heap *heap, size_t one, size_t other)
{
    return source_time(heap->of[one]) < source_time(heap->of[other]);
}

static void swap(struct source_heap *heap, size_t one, size_t other)
{
    struct source *source = heap->of[one];
    heap->of[one] = heap->of[other];
    heap->of[other] = source;
}

void heap_add(struct source_heap *heap, struct source *source)
{
    size_t at = heap->count++;
    heap->of[at] = source;
    for (; at > 0 && is_before(heap, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(heap, at, (at - 1) / 2);
}

void heap_sink(struct source_heap *heap)
{
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < heap->count && is_before(heap, child, least))
                least = child;
        if (least == at)
            return;
        swap(heap, at, least);
        at = least;
    }
}

void heap_drop(struct source_heap *heap)
{
    heap->of[0] = heap->of[--heap->count];
    heap_sink(heap);
}

void heap_free(struct source_heap *heap)
{
    free(heap->of);
    *heap = (struct source_heap){0};
}
