/*
 * What a platform makes of SO_ACCEPTFILTER. Pure, as all rules.
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
    struct verdict verdict; /* DECIDE_CALL: the kernel gives its own answer */
    enum filter filter;     /* DECIDE_INSTALL: the filter to install */
    bool hold; /* whether the kernel is to hold connections back; with FILTER_NONE: whether it did, and must let them go
                */
    bool resets; /* tell the refuser, which resets the longest held connection when the kernel holds more than `most` */
    int most;    /* connections held at most */
};

/* The name of a filter as programs write it; empty for FILTER_NONE. */
const char *filter_name(enum filter filter);

/* setsockopt. `length` as the program passed it; `argument` is NULL if the length is too short for it. */
struct filter_verdict filter_set_verdict(const struct profile *profile, const struct filter_facts *facts,
                                         socklen_t length, const struct filter_argument *argument);

/* getsockopt. DECIDE_ANSWER: give the installed filter's name, or an empty argument. */
struct verdict filter_get_verdict(const struct profile *profile, const struct filter_facts *facts);

/*
 * After a successful listen: the operator's filter, or the installed one if the refuser must learn the new backlog.
 * DECIDE_CALL: do nothing.
 */
struct filter_verdict filter_listen_verdict(const struct profile *profile, const struct filter_facts *facts);

#endif
