/* The documentation of the keys, made from their table. */
#include "keys.h"

#include <stdio.h>

void print_key(enum key key)
{
    const struct key_row *row = &key_rows[key];
    printf("%s = %s\n    %s.\n", row->full, row->legal, key_help(key));
    if (row->native[0])
        printf("    Linux itself: %s.\n", row->native);
    printf("    Portable: %s.\n\n", key_advice(key));
}

/* Text for troff: a backslash, and a dot or quote at the beginning of a line, would be its commands. */
static void print_troff(const char *text)
{
    for (; *text; text++)
        fputs(*text == '\\' ? "\\e" : *text == '-' ? "\\-" : (char[]){*text, '\0'}, stdout);
}

static void print_man_key(enum key key)
{
    const struct key_row *row = &key_rows[key];
    printf(".TP\n.B ");
    print_troff(row->full);
    printf(" = ");
    print_troff(row->legal);
    printf("\n\\&");
    print_troff(key_help(key));
    printf(".\n");
    if (row->native[0]) {
        printf("Linux itself: ");
        print_troff(row->native);
        printf(".\n");
    }
    printf("Portable: ");
    print_troff(key_advice(key));
    printf(".\n");
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
        "In the lists of values below a word behind ! can only be promised in that way, ERRNO is the name of any "
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
