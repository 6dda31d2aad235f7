/*
 * A directory for each test, and records that show whether they are whole.
 */
#ifndef LISTENAS_UNIT_RING_FIXTURE_H
#define LISTENAS_UNIT_RING_FIXTURE_H

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../shim/ring/append.h"

static char directory[64], path[128];

static inline void make_directory(void)
{
    strcpy(directory, "/tmp/listenas-ring-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/a.ring", directory);
}

static inline void remove_directory(void)
{
    DIR *stream = opendir(directory);
    ck_assert_ptr_nonnull(stream);
    for (const struct dirent *entry; (entry = readdir(stream));)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(stream), entry->d_name, entry->d_type == DT_DIR ? AT_REMOVEDIR : 0);
    closedir(stream);
    rmdir(directory);
}

static inline int files_in_directory(void)
{
    int count = 0;
    DIR *stream = opendir(directory);
    ck_assert_ptr_nonnull(stream);
    for (const struct dirent *entry; (entry = readdir(stream));)
        count += entry->d_name[0] != '.';
    closedir(stream);
    return count;
}

static inline struct ring_identity identity_of(uint32_t slots)
{
    static const char *const calls[] = {"start", "listen"};
    static const char *const keys[] = {"", "listen.backlog_max"};
    return (struct ring_identity){.slots = slots,
                                  .profile = "bsd",
                                  .diagnostic = "",
                                  .call_names = calls,
                                  .key_names = keys,
                                  .calls = 2,
                                  .keys = 2};
}

static inline struct ring ring_made(uint32_t slots)
{
    struct ring ring;
    const struct ring_identity identity = identity_of(slots);
    ck_assert_int_eq(ring_open(&ring, path, &identity), 0);
    return ring;
}

/* A well-mixed function of its argument (the finaliser of splitmix64). */
static inline uint64_t mixed(uint64_t number)
{
    number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
    return number ^ (number >> 31);
}

/* The record that `writer` makes as its `turn`-th: both are in the first two words, and all others follow from them. */
static inline struct record pattern(uint64_t writer, uint64_t turn)
{
    uint64_t words[RECORD_WORDS] = {writer, turn};
    struct record record;
    for (unsigned int i = 2; i < RECORD_WORDS; i++)
        words[i] = mixed(writer * UINT64_C(1000003) + turn * 16 + i);
    memcpy(&record, words, sizeof record);
    return record;
}

static inline uint64_t writer_of(const struct record *record)
{
    return record->time_ns;
}

static inline uint64_t turn_of(const struct record *record)
{
    uint64_t word;
    static_assert(offsetof(struct record, pid) == sizeof word, "it is the second word");
    memcpy(&word, (const char *)record + sizeof word, sizeof word);
    return word;
}

static inline bool is_whole(const struct record *record)
{
    const struct record expected = pattern(writer_of(record), turn_of(record));
    return memcmp(&expected, record, sizeof expected) == 0;
}

static inline void append_pattern(struct ring *ring, uint64_t writer, uint64_t turn)
{
    const struct record record = pattern(writer, turn);
    ring_append(ring, &record);
}

/* A sequence of numbers that is the same in every run. */
static inline uint64_t next_random(uint64_t *state)
{
    return mixed(*state += UINT64_C(0x9e3779b97f4a7c15));
}

#endif
