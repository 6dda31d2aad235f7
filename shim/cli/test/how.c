#include "how.h"

#include <string.h>

static const struct {
    const char *word, *text;
} rows[] = {
#define HOW(constant, word, text) {word, text},
#include "how.def"
};

const char *how_word(enum how how)
{
    return rows[how].word;
}

const char *how_text(const char *word)
{
    for (enum how how = 0; how < HOW_COUNT; how++)
        if (strcmp(rows[how].word, word) == 0)
            return rows[how].text;
    return NULL;
}

void how_it_ran(json_t *words, const struct outcome *outcome)
{
    const bool is_so[HOW_COUNT] = {
        [HOW_HANGS] = outcome->ending.how == END_TIMEOUT,
        [HOW_LEAVES] = outcome->left > 0,
        [HOW_IS_LONG] = outcome->out.is_cut || outcome->all.is_cut,
    };
    for (enum how how = 0; how < HOW_COUNT; how++)
        if (is_so[how])
            json_array_append_new(words, json_string(how_word(how)));
}
