/*
 * What a fuzz target is: it is linked with engine/main.c, which replays the target's corpus and mutates it from a seed,
 * or by `make fuzz` with libFuzzer.
 */
#ifndef LISTENAS_FUZZ_FUZZ_H
#define LISTENAS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#define INPUT_MAX (128u * 1024)

/* The target's name: its corpus is the directory corpus/NAME beside this file. */
extern const char fuzz_name[];

/* How many inputs `make check` makes of it. */
extern const unsigned int fuzz_runs;

/* Takes one input, and aborts where something does not hold. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What there is to mutate beside the corpus: writes the index-th sample and returns its size, 0 past the last. */
size_t fuzz_sample(size_t index, uint8_t *input);

/* Ends the process by abort, with `what` on stderr, where it does not hold. */
void fuzz_check(int holds, const char *what);

#endif
