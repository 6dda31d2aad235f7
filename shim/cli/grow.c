#include "grow.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 16

bool grow(void *array, size_t count, size_t *room, size_t size)
{
    void *before;
    if (count < *room)
        return true;
    size_t next = *room ? 2 * *room : ROOM_FIRST;
    memcpy(&before, array, sizeof before);
    void *after = reallocarray(before, next, size);
    if (!after)
        return false;
    memcpy(array, &after, sizeof after);
    *room = next;
    return true;
}
