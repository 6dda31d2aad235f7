/*
 * `listenas profiles WORD ...`: one file for each word, and what they share.
 */
#ifndef LISTENAS_CLI_PROFILES_PROFILES_H
#define LISTENAS_CLI_PROFILES_PROFILES_H

#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"

struct wishes {
    const char *program; /* NULL for none */
    char overrides[1024];
    bool man, help;
};

/* Each word gets the `count` arguments behind it; returns the exit status. */
int profiles_list(const struct wishes *wishes, int count, char **arguments);
int profiles_show(const struct wishes *wishes, int count, char **arguments);
int profiles_diff(const struct wishes *wishes, int count, char **arguments);
int profiles_explain(const struct wishes *wishes, int count, char **arguments);
int profiles_check(const struct wishes *wishes, int count, char **arguments);
int profiles_keys(const struct wishes *wishes, int count, char **arguments);

/*
 * Gives `visit` every profile that can be named, with the directory that holds it, "" for a built-in one. One
 * that stands behind another of its name is passed over.
 */
void each_profile(void (*visit)(const char *name, const char *directory, void *context), void *context);

/* Tells of relative directories in LISTENAS_CONF_PATH: they are passed over, and whoever wrote them wants to know. */
void say_relative_directories(void);

/* Loads a profile and tells what is wrong with it; false if anything is. */
bool load_or_say(struct annotated_profile *annotated, const char *name, const struct wishes *wishes);

/* Of a profile's name, in a list of them. */
#define NAME_WIDTH 12

/* Prints the line of a profile in such a list that cannot be loaded. */
void print_mistake(const char *name, const struct diagnostics *diagnostics);

#define WHERE_SIZE 192

/* Where an entry was written, "file:line", or "" for one of which no file speaks. */
void entry_place(const struct annotated_profile *annotated, const struct entry *entry, char where[WHERE_SIZE]);

/* "kept", "unverified", "not enforced" or "not promised". */
const char *standing_word(enum standing standing);

#endif
