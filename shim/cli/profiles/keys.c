/* The documentation of the keys, made from their table. */
#include "keys.h"

#include <stdio.h>
#include <string.h>

#include "../troff.h"

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

void print_key(enum key key)
{
    const struct key_row *row = &key_rows[key];
    char text[TEXT_SIZE];
    printf("%s = %s\n    %s.\n", row->full, row->legal, key_help(key));
    if (format_acts(row, text, sizeof text))
        printf("    Acts at: %s.\n", text);
    if (format_promises(row, text, sizeof text))
        printf("    Not enforced: %s.\n", text);
    if (row->native[0])
        printf("    Linux itself: %s.\n", row->native);
    printf("    Portable: %s.\n\n", key_advice(key));
}

static void print_man_line(const char *head, const char *text)
{
    char line[8 * TEXT_SIZE];
    snprintf(line, sizeof line, "%s%s.", head, text);
    troff_line(line);
}

static void print_man_key(enum key key)
{
    const struct key_row *row = &key_rows[key];
    char text[TEXT_SIZE];
    snprintf(text, sizeof text, "%s = %s", row->full, row->legal);
    troff_item(text);
    print_man_line("", key_help(key));
    if (format_acts(row, text, sizeof text))
        print_man_line("Acts at: ", text);
    if (format_promises(row, text, sizeof text))
        print_man_line("Not enforced: ", text);
    if (row->native[0])
        print_man_line("Linux itself: ", row->native);
    print_man_line("Portable: ", key_advice(key));
}

static void print_man_frame(void)
{
    troff_begin("listenas-profile", 5, "what a platform promises about listen, bind and accept");
    troff_section("description");
    troff_text(
        "A profile is a text file of sections and \"key = value # note\" lines. The section [profile] may have "
        "inherits, "
        "summary and source. A section [program \"NAME\"] holds keys by their full names, for that program alone. A "
        "note "
        "that begins with \"unverified\" marks a value that no primary source supports; one that begins with \"not "
        "enforced:\" states a promise that Linux cannot keep, and why.\n\n"
        "In the lists of values below a word after ! is a promise that Linux cannot keep, ERRNO is the name of any "
        "error, "
        "and FORMULA is a number of connections as a function of the backlog b, such as \"3/2 b + 1 min 1 max 128\".");
    troff_section("keys");
}

void print_keys(bool man)
{
    if (man)
        print_man_frame();
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        (man ? print_man_key : print_key)((enum key)key);
    if (man) {
        troff_section("see also");
        troff_pages("listenas(1), listenas-profiles(1), liblistenas(7)");
    }
}
