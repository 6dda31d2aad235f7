/*
 * What is run: a unit is one start of the user's command. It has one case, or, where its framework tells the result of
 * each, several.
 */
#ifndef LISTENAS_CLI_TEST_UNITS_H
#define LISTENAS_CLI_TEST_UNITS_H

#include <stdbool.h>
#include <stddef.h>

/* Where the results of a unit's cases are found after a run. */
enum reading {
    READ_STATUS, /* its exit status: one case, with the name of the unit */
    READ_TAP,    /* test points on its standard output */
    READ_CHECK,  /* the XML log of the Check library */
};

struct unit {
    char *name;
    char **words;       /* the program and its arguments, NULL at the end */
    char **environment; /* "NAME=value" in addition to what is there, NULL at the end; NULL for none */
    enum reading reading;
    bool only_own_point; /* READ_TAP: of all points, the one with the unit's name */
};

struct units {
    struct unit *unit;
    size_t count;
};

/*
 * Adds a unit; what it is given becomes its own. Returns it until the next is added. Ends the process with a message
 * where memory ends, as everything here does.
 */
struct unit *units_add(struct units *units, char *name, char **words, enum reading reading);

/* A copy of words with each "{}" replaced by `name`, which is appended if `append` and no word holds one. */
char **words_for(char *const *words, const char *name, bool append);

/* A copy of words without those that are "{}". */
char **words_without_place(char *const *words);

/* A copy with one word put in after the first that equals `after`; NULL if none does. */
char **words_insert(char *const *words, const char *after, const char *word);

/* A copy with one or two words more at its end; `second` may be NULL. */
char **words_append(char *const *words, const char *first, const char *second);

/* Whether any word holds "{}". */
bool words_have_place(char *const *words);

#endif
