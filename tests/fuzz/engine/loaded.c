#include "../loaded.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../../../shim/profile/loader/load.h"
#include "../../../shim/profile/value.h"
#include "../../../shim/rules/listen.h"
#include "../fuzz.h"

#define PROGRAM "legacyd"

static void check_texts(const struct annotated_profile *annotated)
{
    fuzz_check(memchr(annotated->name, 0, sizeof annotated->name) != NULL, "the name ends");
    fuzz_check(memchr(annotated->summary, 0, sizeof annotated->summary) != NULL, "the summary ends");
    fuzz_check(memchr(annotated->source, 0, sizeof annotated->source) != NULL, "the source ends");
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const struct entry *entry = &annotated->entries[key];
        fuzz_check(memchr(entry->text, 0, sizeof entry->text) != NULL, "a text ends");
        fuzz_check(memchr(entry->note, 0, sizeof entry->note) != NULL, "a note ends");
        fuzz_check(entry->file >= 0 && entry->file < ANNOTATED_FILES, "an entry's file is one of them");
    }
}

/* A number in force is the one that was written. */
static void check_numbers(const struct annotated_profile *annotated)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const struct entry *entry = &annotated->entries[key];
        struct value value;
        if (key_fields[key].kind != KIND_VALUE || strlen(entry->text) + 1 == sizeof entry->text ||
            (entry->standing != STANDING_KEPT && entry->standing != STANDING_UNVERIFIED))
            continue;
        memcpy(&value, (const char *)&annotated->profile + key_fields[key].offset, sizeof value);
        fuzz_check(value.word != WORD_NUMBER || strtoll(entry->text, NULL, 10) == value.number, "a number is kept");
    }
}

/* Whatever the profile says, rules can be asked, and a backlog that is given to the kernel is one. */
static void check_rules(const struct profile *profile)
{
    static const int backlogs[] = {INT_MIN, -1, 0, 1, 5, 128, 65536, INT_MAX};
    for (unsigned int i = 0; i < 8 * 8; i++) {
        const struct facts facts = {.domain = i & 8 ? AF_INET : AF_UNIX,
                                    .type = i & 16 ? SOCK_STREAM : SOCK_DGRAM,
                                    .bound = i & 32,
                                    .kernel_max = 4096};
        struct listen_verdict it = listen_verdict(profile, &facts, backlogs[i % 8]);
        fuzz_check(it.capacity >= 0, "a capacity is not negative");
        fuzz_check(it.verdict.decision != DECIDE_FAIL || it.verdict.error > 0, "a failure has an errno");
        fuzz_check(it.capacity == 0 || (it.backlog >= 0 && it.backlog <= facts.kernel_max), "a backlog is legal");
    }
}

/* The structures have padding, which may differ. */
static bool is_same(const struct profile *one, const struct profile *other, int key)
{
    const char *at = (const char *)one + key_fields[key].offset, *there = (const char *)other + key_fields[key].offset;
    struct formula left, right;
    if (key_fields[key].kind == KIND_VALUE)
        return memcmp(at, there, sizeof(struct value)) == 0;
    if (key_fields[key].kind == KIND_ERRORS)
        return memcmp(at, there, sizeof(struct errors)) == 0;
    memcpy(&left, at, sizeof left);
    memcpy(&right, there, sizeof right);
    return left.kernel == right.kernel &&
           (left.kernel || (left.times == right.times && left.over == right.over && left.plus == right.plus &&
                            left.min == right.min && left.max == right.max));
}

static void tell(const char *diagnostic)
{
    fuzz_check(diagnostic[0] != '\0' && strlen(diagnostic) < 1024, "a diagnostic is a sentence");
}

void check_load(const char *name, const char *overrides)
{
    static struct annotated_profile annotated;
    static struct profile alone;
    struct diagnostics all = {.tell = tell}, first = {0};
    bool good = annotated_profile_load(&annotated, name, PROGRAM, overrides, &all);
    fuzz_check(good == (all.count == 0), "a failure has a diagnostic");
    fuzz_check(memchr(all.first, 0, sizeof all.first) != NULL, "the first diagnostic ends");
    check_texts(&annotated);
    if (good)
        check_numbers(&annotated);
    check_rules(&annotated.profile);
    memset(&alone, 0, sizeof alone);
    fuzz_check(profile_load(&alone, name, PROGRAM, overrides, &first) == good, "both ways load, or neither does");
    fuzz_check(strcmp(all.first, first.first) == 0, "both ways tell the same first mistake");
    for (int key = KEY_NONE + 1; good && key < KEY_COUNT; key++)
        fuzz_check(is_same(&alone, &annotated.profile, key), "both ways load the same");
    fuzz_check(!good || memcmp(alone.needs.facts, annotated.profile.needs.facts, sizeof alone.needs.facts) == 0,
               "both ways need the same facts");
    check_rules(&alone);
}
