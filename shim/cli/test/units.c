#include "units.h"

#include <string.h>

#include "memory.h"

#define PLACE "{}"

struct unit *units_add(struct units *units, char *name, char **words, enum reading reading)
{
    units->unit = memory_more(units->unit, units->count + 1, sizeof *units->unit);
    units->unit[units->count] = (struct unit){.name = name, .words = words, .reading = reading};
    return &units->unit[units->count++];
}

static size_t count_of(char *const *words)
{
    size_t count = 0;
    while (words[count])
        count++;
    return count;
}

/* Makes room for `more` words after those that are there, and for the NULL. */
static char **copy(char *const *words, size_t more)
{
    size_t count = count_of(words);
    char **copied = memory_new((count + more + 1) * sizeof *copied);
    for (size_t i = 0; i < count; i++)
        copied[i] = memory_text(words[i]);
    return copied;
}

bool words_have_place(char *const *words)
{
    for (; *words; words++)
        if (strstr(*words, PLACE))
            return true;
    return false;
}

static char *replace(const char *word, const char *name)
{
    char *text = memory_text("");
    for (const char *at; (at = strstr(word, PLACE)); word = at + strlen(PLACE))
        text = memory_format("%s%.*s%s", text, (int)(at - word), word, name);
    return memory_format("%s%s", text, word);
}

char **words_for(char *const *words, const char *name, bool append)
{
    if (append && !words_have_place(words))
        return words_append(words, name, NULL);
    char **copied = copy(words, 0);
    for (char **word = copied; *word; word++)
        *word = replace(*word, name);
    return copied;
}

char **words_without_place(char *const *words)
{
    char **copied = copy(words, 0), **kept = copied;
    for (char **word = copied; *word; word++)
        if (strcmp(*word, PLACE) != 0)
            *kept++ = *word;
    *kept = NULL;
    return copied;
}

char **words_insert(char *const *words, const char *after, const char *word)
{
    char **copied = copy(words, 1);
    for (size_t i = 0, count = count_of(words); i < count; i++) {
        if (strcmp(copied[i], after) != 0)
            continue;
        memmove(copied + i + 2, copied + i + 1, (count - i) * sizeof *copied);
        copied[i + 1] = memory_text(word);
        return copied;
    }
    return NULL;
}

char **words_append(char *const *words, const char *first, const char *second)
{
    char **copied = copy(words, 2);
    size_t count = count_of(words);
    copied[count] = memory_text(first);
    copied[count + 1] = second ? memory_text(second) : NULL;
    return copied;
}
