/*
 * `listenas profiles WORD ...`: a file for each word, and what they share.
 */
#ifndef LISTENAS_CLI_PROFILES_PROFILES_H
#define LISTENAS_CLI_PROFILES_PROFILES_H

#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"
#include "../line.h"

struct wishes {
    const char *program; /* NULL for none */
    char overrides[1024];
    const char *grep;    /* NULL for none */
    const char *used_by; /* a ring; NULL for none */
    bool help, json, set_only, quiet;
};

/* Each word gets the `count` arguments that follow it, and returns the exit status. */
int profiles_list(const struct wishes *wishes, int count, char **arguments);
int profiles_show(const struct wishes *wishes, int count, char **arguments);
int profiles_diff(const struct wishes *wishes, int count, char **arguments);
int profiles_explain(const struct wishes *wishes, int count, char **arguments);
int profiles_check(const struct wishes *wishes, int count, char **arguments);
int profiles_keys(const struct wishes *wishes, int count, char **arguments);

/*
 * Calls `visit` for every profile that a name can reach, with its directory, "" for a built-in one. A profile that
 * an earlier one of its name hides is left out.
 */
void each_profile(void (*visit)(const char *name, const char *directory, void *context), void *context);

/* Reports relative directories in LISTENAS_CONF_PATH, which the search ignores. */
void say_relative_directories(void);

/* Loads a profile and reports its mistakes; returns false if there are any. */
bool load_or_say(struct annotated_profile *annotated, const char *name, const struct wishes *wishes);

/* Columns for a profile's name in a list. */
#define NAME_WIDTH 12

/* Prints the line of a profile that cannot be loaded. */
void print_mistake(const char *name, const struct diagnostics *diagnostics);

#define WHERE_SIZE 192

/* Bytes of a note together with its place. */
#define NOTE_SIZE 512

/* The exit status of a check that found mistakes, and of a search that found nothing. */
enum { STATUS_MISTAKES = 1, STATUS_NOTHING = 1 };

/* Where an entry stands, "file:line", or "" if no file sets it. */
void entry_place(const struct annotated_profile *annotated, const struct entry *entry, char where[WHERE_SIZE]);

/* Prints "note  @ file:line", either part if it is there, wrapped to the column where it begins. */
void print_note(struct line *line, const char *note, const char *where, int indent);

/* "kept", "unverified", "not enforced" or "not promised". */
const char *standing_word(enum standing standing);

#endif
