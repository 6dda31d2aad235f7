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

/* Escapes what troff would take for a command: a backslash, and a dot or quote at the beginning of a line. */
static void print_troff(const char *text)
{
    for (; *text; text++)
        fputs(*text == '\\' ? "\\e" : *text == '-' ? "\\-" : (char[]){*text, '\0'}, stdout);
}

static void print_man_line(const char *head, const char *text)
{
    printf("%s", head);
    print_troff(text);
    printf(".\n");
}

static void print_man_key(enum key key)
{
    const struct key_row *row = &key_rows[key];
    char text[TEXT_SIZE];
    printf(".TP\n.B ");
    print_troff(row->full);
    printf(" = ");
    print_troff(row->legal);
    printf("\n\\&");
    print_troff(key_help(key));
    printf(".\n");
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
    puts(
        ".TH LISTENAS-PROFILE 5\n.SH NAME\nlistenas-profile \\- what a platform promises about listen, bind and "
        "accept\n.SH DESCRIPTION\nA profile is a text file of sections and\n.I key = value # note\nlines. The section\n"
        ".B [profile]\nmay have\n.BR inherits ,\n.B summary\nand\n.BR source .\nA section\n.B [program "
        "\\(dqNAME\\(dq]\n"
        "holds keys by their full names, for that program alone.\nA note that begins with\n.B unverified\nmarks a "
        "value that no primary source supports; one that begins with\n.B not enforced:\nstates a promise that Linux "
        "cannot keep, and why.\n.PP\n"
        "In the lists of values below a word after ! is a promise that Linux cannot keep, ERRNO is the name of any "
        "error, and FORMULA is a number of connections as a function of the backlog b, such as\n"
        ".BR \"3/2 b + 1 min 1 max 128\" .\n.SH KEYS");
}

void print_keys(bool man)
{
    if (man)
        print_man_frame();
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        (man ? print_man_key : print_key)((enum key)key);
}
