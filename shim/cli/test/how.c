#include "how.h"

static const char *const how_words[] = {
#define HOW(constant, word, text) word,
#include "how.def"
};

void how_it_ran(json_t *words, const struct outcome *outcome)
{
    const bool is_so[HOW_COUNT] = {
        [HOW_HANGS] = outcome->ending.how == END_TIMEOUT,
        [HOW_LEAVES] = outcome->left > 0,
        [HOW_IS_LONG] = outcome->out.is_cut || outcome->all.is_cut,
    };
    for (enum how how = 0; how < HOW_COUNT; how++)
        if (is_so[how])
            json_array_append_new(words, json_string(how_words[how]));
}
