/*
 * Which keys a word of the command line means.
 */
#ifndef LISTENAS_CLI_PROFILES_SELECT_H
#define LISTENAS_CLI_PROFILES_SELECT_H

#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"

/*
 * The key of a full name, or of a name without its section where only one section has a key of that name; KEY_NONE
 * for any other word.
 */
enum key select_key(const char *word);

/* Reports a word that is no key, or (`sections`) no section either, with the nearest one. Returns STATUS_USAGE. */
int select_unknown(const char *word, bool sections);

/* What of a profile is shown. All zero: every key. */
struct selection {
    bool some, wanted[KEY_COUNT]; /* `some`: only those that are wanted */
    bool set_only;                /* only keys that a file sets */
    const char *grep; /* only keys of which the name, the value, the note or the help has this text, in any case */
};

/* Adds a key or all keys of a section; returns 0, or STATUS_USAGE after a message. */
int selection_add(struct selection *selection, const char *word);

/* Whether a key is shown that has this entry. */
bool selection_has(const struct selection *selection, enum key key, const struct entry *entry);

#endif
