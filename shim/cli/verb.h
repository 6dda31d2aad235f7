/*
 * A verb of the command as data: what reads its options, --help, its manual page and the shells' completions are made
 * from the same rows, so they cannot differ.
 *
 * Texts are plain: paragraphs are separated by an empty line, and are wrapped to the reader's width. A line that begins
 * with a blank is printed as it is.
 */
#ifndef LISTENAS_CLI_VERB_H
#define LISTENAS_CLI_VERB_H

#include <stdbool.h>

/*
 * One letter means the same in every verb, where it is shown: -p a platform, -o a key that is set, -r the record, -a
 * all that there is, -n how many. Letters of earlier versions that mean something else stay as OLD_LETTER.
 */
struct verb_option {
    const char *name;  /* without its dashes; NULL ends the table */
    int letter;        /* what next_option returns; OPTION_LONG or more for an option that has no short form */
    const char *value; /* what stands for its value: PROFILE, KEY, FILE, DIR, RING and SERVER are completed; NULL: it
                          has none */
    const char *text; /* without a full stop at its end; NULL for another name of an option of the same letter, which is
                          taken and not shown */
};

/* A word or a command with what it means, or the title of a section with its text. NULL ends a table. */
struct verb_text {
    const char *title, *text;
};

struct verb {
    const char *name;
    const char *summary;               /* for the list of verbs, and NAME */
    const char *usage;                 /* what follows the name; one line for each form */
    const char *about;                 /* what it does */
    const struct verb_text *words;     /* what its first argument may be, such as "show PROFILE"; NULL for none */
    const struct verb_option *options; /* all but --help, which every verb has; NULL for none */
    const struct verb_text *more;      /* further sections: "exit status" ...; NULL for none */
    const struct verb_text *examples;  /* commands, and what each is for; NULL for none */
    const char *see;   /* SEE ALSO, such as "listen(2)", in addition to the pages of the command; NULL for none */
    bool runs_command; /* its options end at the first word: the rest is a command with its own */
    int (*run)(int count, char **arguments); /* gets the arguments from the verb on; returns the exit status */
};

/* The letter of --help. */
#define OPTION_HELP 'h'

/* The first letter beyond those that a short option can have. */
#define OPTION_LONG 256

/* The letter of an option that is taken and not shown; next_option returns it without the mark. */
#define OLD_LETTER(letter) (OPTION_LETTER_IS_OLD | (letter))
#define OPTION_LETTER_IS_OLD 0x10000

#define VERB(name) extern const struct verb verb_##name;
#include "verbs.def"

/* All of them, in the order of the table; NULL at the end. */
extern const struct verb *const verbs[];

/* The verb of this name, or NULL. */
const struct verb *verb_find(const char *name);

/* Reports a word that is no verb, and names the nearest one. Returns STATUS_USAGE. */
int verb_say_unknown(const char *name);

#endif
