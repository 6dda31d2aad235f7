/*
 * Drives a fuzz target without libFuzzer: mutates samples with a fixed seed. `PROGRAM [COUNT [SEED]]`. Compiled with
 * -DLIBFUZZER -fsanitize=fuzzer the target is libFuzzer's instead.
 */
#ifndef LISTENAS_FUZZ_FUZZ_H
#define LISTENAS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (128u * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What there is to mutate: writes the index-th sample and returns its size, 0 past the last. */
size_t fuzz_sample(size_t index, uint8_t *input);

#ifndef LIBFUZZER

static uint64_t fuzz_state;

static uint64_t fuzz_random(uint64_t below)
{
    fuzz_state ^= fuzz_state << 13;
    fuzz_state ^= fuzz_state >> 7;
    fuzz_state ^= fuzz_state << 17;
    return fuzz_state % below;
}

static size_t fuzz_insert(uint8_t *input, size_t size, size_t at, const void *bytes, size_t length)
{
    if (size + length > INPUT_MAX)
        return size;
    memmove(input + at + length, input + at, size - at);
    memcpy(input + at, bytes, length);
    return size + length;
}

static size_t fuzz_remove(uint8_t *input, size_t size, size_t at)
{
    size_t length = 1 + fuzz_random(fuzz_random(8) ? 16 : size);
    if (length > size - at)
        length = size - at;
    memmove(input + at, input + at + length, size - at - length);
    return size - length;
}

/* A piece of the input itself, once or very often. */
static size_t fuzz_repeat(uint8_t *input, size_t size, size_t at)
{
    static uint8_t piece[64];
    size_t from = fuzz_random(size), length = 1 + fuzz_random(sizeof piece);
    uint64_t times = fuzz_random(16) ? 1 : fuzz_random(2000);
    if (length > size - from)
        length = size - from;
    memcpy(piece, input + from, length);
    for (; times; times--)
        size = fuzz_insert(input, size, at, piece, length);
    return size;
}

static size_t fuzz_mutate(uint8_t *input, size_t size)
{
    static const uint8_t odd[] = {0, 0xff, 0x7f, 0x80, '\n', '\r', '[', ']', '=', '#', ';', '"', ',', '-', '9', ' '};
    size_t at = fuzz_random(size);
    switch (fuzz_random(6)) {
    case 0:
        input[at] ^= (uint8_t)(1u << fuzz_random(8));
        return size;
    case 1:
        input[at] = odd[fuzz_random(sizeof odd)];
        return size;
    case 2:
        return fuzz_insert(input, size, at, &odd[fuzz_random(sizeof odd)], 1);
    case 3:
        return fuzz_remove(input, size, at);
    case 4:
        return fuzz_repeat(input, size, at);
    default:
        memset(input + at, (int)fuzz_random(256), fuzz_random(16) ? 1 : fuzz_random(size - at) + 1);
        return size;
    }
}

static void fuzz_run(uint64_t count, uint64_t seed)
{
    static uint8_t input[INPUT_MAX];
    size_t samples = 0;
    while (fuzz_sample(samples, input) > 0)
        samples++;
    fuzz_state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
    for (uint64_t i = 0; i < count; i++) {
        size_t size = fuzz_sample(i % samples, input);
        if (i >= samples) /* each sample once as it is */
            for (uint64_t edits = 1 + fuzz_random(12); edits && size; edits--)
                size = fuzz_mutate(input, size);
        LLVMFuzzerTestOneInput(input, size);
    }
}

static inline int fuzz_main(int count, char **arguments, uint64_t usual)
{
    uint64_t runs = count > 1 ? strtoull(arguments[1], NULL, 10) : usual;
    uint64_t seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    fuzz_run(runs, seed);
    printf("%s: %llu runs with seed %llu\n", arguments[0], (unsigned long long)runs, (unsigned long long)seed);
    return 0;
}

#endif

#endif
