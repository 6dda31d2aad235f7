/* One key on all platforms: each one's promise, how firm it is, and its source. */
#include <stdio.h>
#include <string.h>

#include "../../profile/advice.h"
#include "../../profile/loader/load.h"
#include "../cli.h"
#include "../terminal.h"
#include "../wrap.h"
#include "keys.h"
#include "profiles.h"

#define TEXT_WIDTH 22

/* "backlog_max" means listen.backlog_max if no other section has a key of that name. */
static enum key key_of_word(const char *word)
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

static int unknown(const char *word)
{
    char best[64];
    struct suggestion nearest = suggest_start(word, best, sizeof best);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        suggest_try(&nearest, strchr(word, '.') ? key_rows[key].full : key_short_name(key));
    return say_unknown("key", &nearest, "listenas profiles keys");
}

static void print_promise(const char *name, const char *directory, void *context)
{
    enum key key = *(const enum key *)context;
    struct diagnostics diagnostics = {0};
    static struct annotated_profile annotated;
    char where[WHERE_SIZE];
    (void)directory;
    if (!annotated_profile_load(&annotated, name, NULL, NULL, &diagnostics)) {
        print_mistake(name, &diagnostics);
        return;
    }
    const struct entry *entry = &annotated.entries[key];
    entry_place(&annotated, entry, where);
    /* Notes of unverified keys and of those that are not enforced begin with these words already. */
    bool bare = !entry->note[0] || entry->standing == STANDING_INITIAL;
    print_visible(name, NAME_WIDTH);
    putchar(' ');
    print_visible(entry->text, TEXT_WIDTH);
    putchar(' ');
    print_visible(bare ? standing_word(entry->standing) : entry->note, 0);
    fputs(where[0] ? "  @ " : "", stdout);
    print_visible(where, 0);
    putchar('\n');
}

#define INDENT 4

static void print_paragraph(const char *title, const char *text)
{
    char paragraph[1024];
    snprintf(paragraph, sizeof paragraph, "%s %s", title, text);
    printf("%*s", INDENT, "");
    print_wrapped(paragraph, INDENT, terminal_columns());
}

/* The lines of a text, each indented. */
static void print_lines(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        printf("%*s%.*s\n", 2 * INDENT, "", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void print_page(const struct advice_page *page)
{
    print_paragraph("The bug:", page->bug);
    print_paragraph("What breaks:", page->breaks);
    printf("%*sThe portable way:\n", INDENT, "");
    print_lines(page->portable);
    if (page->links[0]) {
        printf("%*sSeen in the wild:\n", INDENT, "");
        print_lines(page->links);
    }
    putchar('\n');
}

int profiles_explain(const struct wishes *wishes, int count, char **arguments)
{
    (void)wishes;
    if (count != 1) {
        say("explain: expected one key");
        return STATUS_OWN;
    }
    enum key key = key_of_word(arguments[0]);
    if (key == KEY_NONE)
        return unknown(arguments[0]);
    print_key(key);
    const struct advice_page *page = advice_page(key);
    if (page)
        print_page(page);
    each_profile(print_promise, &key);
    return 0;
}
