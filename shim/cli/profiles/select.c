#include "select.h"

#include <string.h>

#include "../cli.h"

enum key select_key(const char *word)
{
    enum key found = key_of_name(word);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT && !strchr(word, '.'); key++) {
        if (strcmp(key_short_name(key), word) != 0)
            continue;
        if (found != KEY_NONE)
            return KEY_NONE;
        found = key;
    }
    return found;
}

/* "timeout" alone may be ambiguous: the first key of that name is named whole. */
static enum key first_of_short_name(const char *word)
{
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (strcmp(key_short_name(key), word) == 0)
            return key;
    return KEY_NONE;
}

int select_unknown(const char *word, bool sections)
{
    char best[64];
    enum key first = first_of_short_name(word);
    struct suggestion nearest = suggest_start(word, best, sizeof best);
    if (first != KEY_NONE) {
        say("\"%s\" is a key of several sections; write one with its section, such as %s", word, key_rows[first].full);
        return STATUS_USAGE;
    }
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        suggest_try(&nearest, strchr(word, '.') ? key_rows[key].full : key_short_name(key));
        if (sections)
            suggest_try(&nearest, key_rows[key].section);
    }
    return say_unknown(sections ? "key or section" : "key", &nearest, "listenas profiles keys");
}

int selection_add(struct selection *selection, const char *word)
{
    enum key only = select_key(word);
    bool found = only != KEY_NONE;
    selection->some = true;
    selection->wanted[only] = true;
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        bool inside = strcmp(key_rows[key].section, word) == 0;
        selection->wanted[key] |= inside;
        found |= inside;
    }
    return found ? 0 : select_unknown(word, true);
}

bool selection_has(const struct selection *selection, enum key key, const struct entry *entry)
{
    const char *text = selection->grep;
    if ((selection->some && !selection->wanted[key]) || (selection->set_only && entry->standing == STANDING_INITIAL))
        return false;
    return !text || strcasestr(key_rows[key].full, text) || strcasestr(entry->text, text) ||
           strcasestr(entry->note, text) || strcasestr(key_help(key), text);
}
