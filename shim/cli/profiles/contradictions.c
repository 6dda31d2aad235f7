#include "contradictions.h"

#include <stdio.h>

#include "../cli.h"
#include "profiles.h"

enum rule { RULE_ABOVE, RULE_IDLE };

static const struct contradiction {
    enum rule rule;
    enum key key, other;
    enum word word;
} contradictions[] = {
#define ABOVE(lower, upper) {RULE_ABOVE, KEY_##lower, KEY_##upper, WORD_KERNEL},
#define IDLE(key, reason, word) {RULE_IDLE, KEY_##key, KEY_##reason, WORD_##word},
#include "contradictions.def"
};

static struct value value_of(const struct annotated_profile *annotated, enum key key)
{
    return *(const struct value *)(const void *)((const char *)&annotated->profile + key_fields[key].offset);
}

static bool holds(const struct annotated_profile *annotated, const struct contradiction *row)
{
    struct value one = value_of(annotated, row->key), other = value_of(annotated, row->other);
    if (row->rule == RULE_ABOVE)
        return one.word == WORD_NUMBER && other.word == WORD_NUMBER && one.number > other.number;
    return other.word == row->word && profile_asks_key(&annotated->profile, row->key);
}

/* "listen.backlog_min = 9 (x.conf:3)" */
static void compose(const struct annotated_profile *annotated, enum key key, char *text, size_t size)
{
    const struct entry *entry = &annotated->entries[key];
    char where[WHERE_SIZE];
    entry_place(annotated, entry, where);
    snprintf(text, size, "%s = %s%s%s%s", key_rows[key].full, entry->text, where[0] ? " (" : "", where,
             where[0] ? ")" : "");
}

int contradictions_say(const struct annotated_profile *annotated, bool quiet)
{
    int count = 0;
    for (size_t i = 0; i < sizeof contradictions / sizeof *contradictions; i++) {
        const struct contradiction *row = &contradictions[i];
        char one[NOTE_SIZE], other[NOTE_SIZE], note[3 * NOTE_SIZE];
        if (!holds(annotated, row))
            continue;
        compose(annotated, row->key, one, sizeof one);
        compose(annotated, row->other, other, sizeof other);
        if (row->rule == RULE_ABOVE) {
            say("%s: %s is above %s; expected it to be at most that", annotated->name, one, other);
            count++;
        } else if (!quiet) {
            snprintf(note, sizeof note, "%s: note: %s has no effect beside %s", annotated->name, one, other);
            print_visible(note, 0);
            putchar('\n');
        }
    }
    return count;
}
