#include "value.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "errno_name.h"
#include "suggest.h"

/* Arrays for the same reason as the texts of a row. */
static const char spellings[][12] = {
#define WORD(constant, spelling) [WORD_##constant] = spelling,
#include "words.def"
};

#define WORD(constant, spelling) static_assert(sizeof(spelling) <= sizeof *spellings, "does not fit: " spelling);
#include "words.def"

static bool number_parse(const char *text, int *number)
{
    char *end;
    errno = 0;
    long parsed = strtol(text, &end, 10);
    if (end == text || *end || errno || parsed < INT_MIN || parsed > INT_MAX || isspace((unsigned char)*text))
        return false;
    *number = (int)parsed;
    return true;
}

bool value_parse(const char *text, struct value *value)
{
    for (size_t word = 0; word < sizeof spellings / sizeof *spellings; word++) {
        if (text[0] == spellings[word][0] && strcmp(text, spellings[word]) == 0) {
            *value = (struct value){.word = (enum word)word};
            return true;
        }
    }
    if (number_parse(text, &value->number)) {
        value->word = WORD_NUMBER;
        return true;
    }
    value->number = errno_of_name(text);
    value->word = WORD_ERRNO;
    return value->number != 0;
}

/* Copies the next blank-separated token of *text; false at the end, or if it does not fit. */
static bool next_token(const char **text, char *token, size_t size)
{
    while (isspace((unsigned char)**text))
        (*text)++;
    size_t length = strcspn(*text, " \t");
    if (length == 0 || length >= size)
        return false;
    memcpy(token, *text, length);
    token[length] = '\0';
    *text += length;
    return true;
}

static bool fraction_parse(char *token, struct formula *formula)
{
    char *slash = strchr(token, '/');
    if (slash)
        *slash = '\0';
    return number_parse(token, &formula->times) && formula->times >= 0 &&
           (!slash || (number_parse(slash + 1, &formula->over) && formula->over > 0));
}

/* After the b come "+ N", "min N" and "max N", in any order and each at most once. */
static bool tail_parse(const char *text, struct formula *formula)
{
    char name[8], number[16];
    while (next_token(&text, name, sizeof name)) {
        int *field = strcmp(name, "+") == 0     ? &formula->plus
                     : strcmp(name, "min") == 0 ? &formula->min
                     : strcmp(name, "max") == 0 ? &formula->max
                                                : NULL;
        if (!field || !next_token(&text, number, sizeof number) || !number_parse(number, field) || *field < 0)
            return false;
    }
    return text[strspn(text, " \t")] == '\0';
}

bool formula_parse(const char *text, struct formula *formula)
{
    char token[24];
    *formula = (struct formula){.times = 1, .over = 1, .max = INT_MAX};
    if (strcmp(text, "kernel") == 0) {
        formula->kernel = true;
        return true;
    }
    if (strcmp(text, "unlimited") == 0) {
        formula->min = INT_MAX;
        return true;
    }
    if (!next_token(&text, token, sizeof token))
        return false;
    if (strcmp(token, "b") != 0) {
        if (!fraction_parse(token, formula) || !next_token(&text, token, sizeof token) || strcmp(token, "b") != 0)
            return false;
    }
    return tail_parse(text, formula) && formula->min <= formula->max;
}

static bool token_allows(char *token, struct value value)
{
    char *range = strstr(token, "..");
    if (range) {
        int low, high;
        *range = '\0';
        return value.word == WORD_NUMBER && number_parse(token, &low) && number_parse(range + 2, &high) &&
               value.number >= low && value.number <= high;
    }
    if (strcmp(token, "ERRNO") == 0)
        return value.word == WORD_ERRNO;
    return value.word < WORD_NUMBER && strcmp(token, spellings[value.word]) == 0;
}

bool value_is_legal(const char *legal, struct value value, bool *promise_only)
{
    char token[32];
    while (next_token(&legal, token, sizeof token)) {
        bool promise = token[0] == '!';
        if (token_allows(token + promise, value)) {
            *promise_only = promise;
            return true;
        }
    }
    return false;
}

bool value_nearest(const char *legal, const char *text, char *nearest, size_t size)
{
    char token[32];
    struct suggestion best = suggest_start(text, nearest, size);
    while (next_token(&legal, token, sizeof token)) {
        const char *word = token + (token[0] == '!');
        if (strcmp(word, "ERRNO") == 0)
            for (int error = 1; error < ERRNO_END; error++)
                suggest_try(&best, errno_name(error));
        else if (!strstr(word, ".."))
            suggest_try(&best, word);
    }
    return suggest_found(&best);
}
