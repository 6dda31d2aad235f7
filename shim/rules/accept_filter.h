/*
 * What a platform makes of SO_ACCEPTFILTER: pure functions, under the same conditions as those of rules.h.
 */
#ifndef LISTENAS_RULES_ACCEPT_FILTER_H
#define LISTENAS_RULES_ACCEPT_FILTER_H

#include "../kernel/filter.h"
#include "verdict.h"

/* The argument of the option, identical in FreeBSD, DragonFly and NetBSD. */
struct filter_argument {
    char name[16]; /* ends with NUL */
    char argument[240];
};

struct filter_verdict {
    struct verdict verdict; /* DECIDE_CALL: the kernel is asked for its own answer */
    enum filter filter;     /* DECIDE_INSTALL: what is to be installed from now on */
    bool hold;              /* and whether connections are held, or (FILTER_NONE) were and are to be let go */
    bool resets;            /* the one that is held longest is reset when too many are held, so the refuser is asked */
    int most;               /* of those, if the kernel holds more */
};

/* The name of a filter as programs write it; empty for FILTER_NONE. */
const char *filter_name(enum filter filter);

/*
 * setsockopt. `length` as the program passed it; `argument` is what it passed, or NULL for a length that is
 * not enough.
 */
struct filter_verdict filter_set_verdict(const struct profile *profile, const struct filter_facts *facts,
                                         socklen_t length, const struct filter_argument *argument);

/* getsockopt. DECIDE_ANSWER: the answer is the installed filter's name, or an empty argument. */
struct verdict filter_get_verdict(const struct profile *profile, const struct filter_facts *facts);

/*
 * A listen that succeeded: the filter that the operator wants on it, or the one that is there, if the refuser is to
 * learn the new backlog. DECIDE_CALL: nothing is to be done.
 */
struct filter_verdict filter_listen_verdict(const struct profile *profile, const struct filter_facts *facts);

#endif
