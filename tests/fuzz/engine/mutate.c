#include "mutate.h"

#include <string.h>

#include "../fuzz.h"

static size_t insert(uint8_t *input, size_t size, size_t at, const void *bytes, size_t length)
{
    if (size + length > INPUT_MAX)
        return size;
    memmove(input + at + length, input + at, size - at);
    memcpy(input + at, bytes, length);
    return size + length;
}

static size_t cut(struct random *random, uint8_t *input, size_t size, size_t at)
{
    size_t length = 1 + random_below(random, random_below(random, 8) ? 16 : (uint32_t)size);
    if (length > size - at)
        length = size - at;
    memmove(input + at, input + at + length, size - at - length);
    return size - length;
}

/* A piece of the input itself, once or very often. */
static size_t repeat(struct random *random, uint8_t *input, size_t size, size_t at)
{
    static uint8_t piece[64];
    size_t from = random_below(random, (uint32_t)(size)), length = 1 + random_below(random, sizeof piece);
    uint64_t times = random_below(random, 16) ? 1 : random_below(random, 2000);
    if (length > size - from)
        length = size - from;
    memcpy(piece, input + from, length);
    for (; times; times--)
        size = insert(input, size, at, piece, length);
    return size;
}

/* One byte, or many of the same. */
static size_t fill(struct random *random, uint8_t *input, size_t size, size_t at)
{
    int byte = (int)random_below(random, 256);
    memset(input + at, byte, random_below(random, 16) ? 1 : random_below(random, (uint32_t)(size - at)) + 1);
    return size;
}

size_t mutate(struct random *random, uint8_t *input, size_t size)
{
    static const uint8_t odd[] = {0, 0xff, 0x7f, 0x80, '\n', '\r', '[', ']', '=', '#', ';', '"', ',', '-', '9', ' '};
    size_t at = random_below(random, (uint32_t)(size));
    switch (random_below(random, 6)) {
    case 0:
        input[at] ^= (uint8_t)(1u << random_below(random, 8));
        return size;
    case 1:
        input[at] = odd[random_below(random, sizeof odd)];
        return size;
    case 2:
        return insert(input, size, at, &odd[random_below(random, sizeof odd)], 1);
    case 3:
        return cut(random, input, size, at);
    case 4:
        return repeat(random, input, size, at);
    default:
        return fill(random, input, size, at);
    }
}
