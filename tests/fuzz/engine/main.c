/*
 * Drives a fuzz target without libFuzzer: `PROGRAM [COUNT [SEED]]` gives it each file of its corpus and each of its
 * samples, then COUNT inputs mutated from these. `PROGRAM --samples DIRECTORY` writes the samples as files.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../fuzz.h"
#include "mutate.h"

#define INPUTS_MOST 4096
#define EDITS_MOST 12

struct input {
    uint8_t *bytes;
    size_t size;
};

static struct input inputs[INPUTS_MOST];
static size_t count;

static void add(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size + 1);
    if (!copy || count == INPUTS_MOST)
        abort();
    memcpy(copy, bytes, size);
    inputs[count++] = (struct input){copy, size};
}

static void add_file(const char *directory, const char *name)
{
    static uint8_t bytes[INPUT_MAX];
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    if (size < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    close(fd);
    add(bytes, (size_t)size);
}

/* A test that has lost its corpus fails. The files have the order of their names. */
static void add_corpus(void)
{
    char directory[PATH_MAX];
    struct dirent **entries;
    size_t before = count;
    snprintf(directory, sizeof directory, "%s/%s", CORPUS, fuzz_name);
    int files = scandir(directory, &entries, NULL, alphasort);
    for (int i = 0; i < files; i++) {
        if (entries[i]->d_name[0] != '.')
            add_file(directory, entries[i]->d_name);
        free(entries[i]);
    }
    if (files >= 0)
        free(entries);
    if (count == before) {
        fprintf(stderr, "%s: there is no corpus\n", directory);
        exit(1);
    }
}

static void add_samples(void)
{
    static uint8_t bytes[INPUT_MAX];
    size_t size;
    for (size_t index = 0; (size = fuzz_sample(index, bytes)) > 0; index++)
        add(bytes, size);
}

static int write_samples(const char *directory)
{
    char path[2 * PATH_MAX];
    add_samples();
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/sample-%zu", directory, i);
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (fd < 0 || write(fd, inputs[i].bytes, inputs[i].size) != (ssize_t)inputs[i].size) {
            perror(path);
            return 1;
        }
        close(fd);
    }
    return 0;
}

static void run_mutated(uint64_t runs, uint64_t seed)
{
    static uint8_t bytes[INPUT_MAX];
    struct random random = {.state = seed};
    for (uint64_t i = 0; i < runs; i++) {
        const struct input *input = &inputs[random_below(&random, (uint32_t)count)];
        size_t size = input->size;
        memcpy(bytes, input->bytes, size);
        for (uint32_t edits = 1 + random_below(&random, EDITS_MOST); edits && size; edits--)
            size = mutate(&random, bytes, size);
        LLVMFuzzerTestOneInput(bytes, size);
    }
}

int main(int words, char **arguments)
{
    if (words > 2 && strcmp(arguments[1], "--samples") == 0)
        return write_samples(arguments[2]);
    uint64_t runs = words > 1 ? strtoull(arguments[1], NULL, 10) : fuzz_runs;
    uint64_t seed = words > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    add_corpus();
    add_samples();
    for (size_t i = 0; i < count; i++)
        LLVMFuzzerTestOneInput(inputs[i].bytes, inputs[i].size);
    run_mutated(runs, seed);
    fprintf(stderr, "%s: %zu inputs, %" PRIu64 " mutated with seed %" PRIu64 "\n", fuzz_name, count, runs, seed);
    while (count > 0)
        free(inputs[--count].bytes);
    return 0;
}
