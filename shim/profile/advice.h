/*
 * What is said of a key at length: the class of bug, what breaks, the portable way. The texts are in advice.def. Only
 * the command has them.
 */
#ifndef LISTENAS_PROFILE_ADVICE_H
#define LISTENAS_PROFILE_ADVICE_H

#include "profile.h"

struct advice_page {
    const char *bug;      /* the class of bug, in two sentences */
    const char *breaks;   /* what a user sees */
    const char *portable; /* lines of C, each ended by a newline */
    const char *links;    /* public reports and documents, separated by newlines; empty where none is known */
};

/* The page of a key; NULL for KEY_NONE. */
const struct advice_page *advice_page(enum key key);

/*
 * What a platform does where it neither fails nor succeeds otherwise than Linux, such as "O_NONBLOCK is inherited";
 * "" where a key only makes calls fail or succeed.
 */
const char *advice_otherwise(enum key key);

#endif
