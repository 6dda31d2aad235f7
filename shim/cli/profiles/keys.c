/* The documentation of the keys, made from their table. */
#include "keys.h"

#include <stdio.h>
#include <string.h>

#include "../line.h"

/* Bytes of a list of calls or values. */
#define TEXT_SIZE 256

static const char *const call_names[CALL_COUNT] = {
    [CALL_start] = "the start, under run --isolate",
#define HOOK(result, name, parameters, arguments, by_system_call) [CALL_##name] = #name,
#include "../../profile/calls.def"
};

static const char *phase_word(unsigned int phases)
{
    return phases & 1u << PHASE_FAILED ? "after it failed" : phases & 1u << PHASE_DONE ? "after it" : "before it";
}

/* "listen (before it), accept (after it failed)"; returns false and writes nothing for a key that acts nowhere. */
static bool format_acts(const struct key_row *row, char *text, size_t size)
{
    size_t used = 0;
    for (int i = 0; i < KEY_ACTS && row->at[i].phases && used < size; i++) {
        const struct key_act *act = &row->at[i];
        bool start = act->call == CALL_start;
        used += (size_t)snprintf(text + used, size - used, "%s%s%s%s%s", i ? ", " : "", call_names[act->call],
                                 start ? "" : " (", start ? "" : phase_word(act->phases), start ? "" : ")");
    }
    return used > 0;
}

/* The values after '!'; returns false and writes nothing if there are none. */
static bool format_promises(const struct key_row *row, char *text, size_t size)
{
    size_t used = 0;
    for (const char *word = row->legal; word && *word; word += *word == ' ') {
        size_t length = strcspn(word, " ");
        if (*word == '!' && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%.*s", used ? " " : "", (int)length - 1, word + 1);
        word += length;
    }
    return used > 0;
}

#define INDENT 4

/* "    Portable: always bind before you listen." */
static void print_sentence(const char *front, const char *text)
{
    struct line line = {.width = line_width()};
    line_tab(&line, INDENT);
    line_put(&line, front, INDENT);
    line_put(&line, text, INDENT);
    line_put(&line, ".", INDENT);
    line_end(&line);
}

void print_key(enum key key)
{
    const struct key_row *row = &key_rows[key];
    char text[TEXT_SIZE];
    printf("%s = %s\n", row->full, row->legal);
    print_sentence("", key_help(key));
    if (format_acts(row, text, sizeof text))
        print_sentence("Acts at: ", text);
    if (format_promises(row, text, sizeof text))
        print_sentence("Not enforced: ", text);
    if (row->native[0])
        print_sentence("Linux itself: ", row->native);
    print_sentence("Portable: ", key_advice(key));
    putchar('\n');
}

void keys_each(void (*visit)(const char *tag, const char *text))
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const struct key_row *row = &key_rows[key];
        char tag[TEXT_SIZE], acts[TEXT_SIZE] = "", promises[TEXT_SIZE] = "", text[8 * TEXT_SIZE];
        bool has_acts = format_acts(row, acts, sizeof acts),
             has_promises = format_promises(row, promises, sizeof promises);
        snprintf(tag, sizeof tag, "%s = %s", row->full, row->legal);
        snprintf(text, sizeof text, "%s.\n%s%s%s%s%s%s%s%s%sPortable: %s.", key_help((enum key)key),
                 has_acts ? "Acts at: " : "", acts, has_acts ? ".\n" : "", has_promises ? "Not enforced: " : "",
                 promises, has_promises ? ".\n" : "", row->native[0] ? "Linux itself: " : "", row->native,
                 row->native[0] ? ".\n" : "", key_advice((enum key)key));
        visit(tag, text);
    }
}

void print_keys(void)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        print_key((enum key)key);
}
