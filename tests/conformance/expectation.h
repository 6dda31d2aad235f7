/*
 * What is to be seen of a platform: its profile's text with the exceptions of seen.def, and the numbers of queues.def.
 * The rules that are tested are not asked, and none is repeated here.
 */
#ifndef LISTENAS_TESTS_EXPECTATION_H
#define LISTENAS_TESTS_EXPECTATION_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../../shim/profile/loader/annotated_profile.h"

/* The text of a key that is in force, else the one that says nothing. */
static inline const char *said(const struct annotated_profile *annotated, enum key key)
{
    return annotated->entries[key].standing == STANDING_NOT_ENFORCED ? key_rows[key].initial
                                                                     : annotated->entries[key].text;
}

/* A key's number, else `otherwise`. */
static inline int64_t said_number(const struct annotated_profile *annotated, enum key key, int64_t otherwise)
{
    struct value value;
    return value_parse(said(annotated, key), &value) && value.word == WORD_NUMBER ? value.number : otherwise;
}

static inline bool is_errno(const char *text)
{
    struct value value;
    return value_parse(text, &value) && value.word == WORD_ERRNO;
}

/* --- answers --- */

static const struct seen_row {
    enum key key;
    const char *conditions, *answer;
} seen_rows[] = {
#define SEEN(key, conditions, answer) {KEY_##key, conditions, answer},
#include "seen.def"
};

/* A key by the name in a row of seen.def: a mistake in that file ends the test. */
static inline enum key seen_key(const char *name, size_t length)
{
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (strlen(key_rows[key].full) == length && strncmp(key_rows[key].full, name, length) == 0)
            return key;
    fprintf(stderr, "seen.def: \"%.*s\" is no key\n", (int)length, name);
    abort();
}

/* Whether the text is one of "word|word", which ends at a blank. */
static inline bool is_one_of(const char *text, const char *words)
{
    for (;; words++) {
        size_t length = strcspn(words, "| ");
        if ((length == strlen(text) && strncmp(words, text, length) == 0) ||
            (length == 5 && strncmp(words, "ERRNO", 5) == 0 && is_errno(text)))
            return true;
        words += length;
        if (*words != '|')
            return false;
    }
}

static inline bool condition_holds(const struct annotated_profile *annotated, const char *condition, const char *native)
{
    size_t length = strcspn(condition, "!=");
    bool negative = condition[length] == '!';
    const char *words = condition + length + negative + 1;
    const char *text =
        length == 4 && strncmp(condition, "host", 4) == 0 ? native : said(annotated, seen_key(condition, length));
    return is_one_of(text, words) != negative;
}

static inline bool conditions_hold(const struct annotated_profile *annotated, const char *conditions,
                                   const char *native)
{
    while (*conditions) {
        if (!condition_holds(annotated, conditions, native))
            return false;
        conditions += strcspn(conditions, " ");
        conditions += strspn(conditions, " ");
    }
    return true;
}

/* The answer to expect where this host says `native`. */
static inline const char *expected_answer(const struct annotated_profile *annotated, enum key key, const char *native)
{
    const char *text = said(annotated, key);
    for (size_t i = 0; i < sizeof seen_rows / sizeof *seen_rows; i++) {
        const struct seen_row *row = &seen_rows[i];
        if (row->key != key || !conditions_hold(annotated, row->conditions, native))
            continue;
        text = row->answer;
        break;
    }
    if (strcmp(text, "@host") == 0)
        return native;
    if (text[0] == '@')
        text = said(annotated, seen_key(text + 1, strlen(text + 1)));
    return strcmp(text, "kernel") == 0 ? native : text;
}

/* --- queues --- */

static const struct queues_row {
    const char *of, *numbers;
} queues_rows[] = {
#define QUEUES(of, numbers) {of, numbers},
#include "queues.def"
};

/* Whether `word` is one of those that blanks separate. */
static inline bool is_word_of(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

/* "EFFECTIVE/CAPACITY" or an errno, up to a blank. A queue that queues.def lacks ends the test. */
static inline const char *queue_numbers(const char *profile, const char *set, int domain, int64_t backlog)
{
    char of[160], number[32];
    const char *slash = strrchr(profile, '/');
    snprintf(of, sizeof of, "%s/%s%s%s", slash ? slash + 1 : profile, domain == AF_UNIX ? "unix" : "tcp",
             set ? "/" : "", set ? set : "");
    snprintf(number, sizeof number, "%jd:", (intmax_t)backlog);
    for (size_t i = 0; i < sizeof queues_rows / sizeof *queues_rows; i++) {
        if (!is_word_of(queues_rows[i].of, of))
            continue;
        for (const char *at = queues_rows[i].numbers; (at = strstr(at, number)); at++)
            if (at == queues_rows[i].numbers || at[-1] == ' ')
                return at + strlen(number);
    }
    fprintf(stderr, "queues.def: no listen(fd, %jd) of %s\n", (intmax_t)backlog, of);
    abort();
}

/* A number of queues.def, `host` where that stands there. */
static inline int64_t queue_number(const char *text, int64_t host)
{
    return strncmp(text, "host", 4) == 0 ? host : strtoll(text, NULL, 10);
}

/* Copies the errno with which listen fails because of the number, or returns false. */
static inline bool expected_refusal(const char *profile, const char *set, int domain, int64_t backlog, char name[32])
{
    const char *numbers = queue_numbers(profile, set, domain, backlog);
    snprintf(name, 32, "%.*s", (int)strcspn(numbers, " "), numbers);
    return numbers[0] == 'E';
}

/* The backlog as the platform takes it. */
static inline int64_t expected_effective(const char *profile, const char *set, int domain, int64_t backlog,
                                         int64_t kernel_max)
{
    return queue_number(queue_numbers(profile, set, domain, backlog), kernel_max);
}

/* How many clients get in: no more than one above the limit of this host's kernel. */
static inline int64_t expected_capacity(const char *profile, const char *set, int domain, int64_t backlog,
                                        int64_t kernel_max)
{
    int64_t capacity = queue_number(strchr(queue_numbers(profile, set, domain, backlog), '/') + 1, kernel_max + 1);
    return capacity > kernel_max + 1 ? kernel_max + 1 : capacity;
}

#endif
