/*
 * What a platform reports of a listener's queue by getsockopt. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_QUEUE_OPTION_H
#define LISTENAS_RULES_QUEUE_OPTION_H

#include "verdict.h"

/* FreeBSD's numbers, from its <sys/socket.h>; Linux has none of these options. */
enum queue_option {
    SO_LISTENQLIMIT = 0x1011, /* the backlog */
    SO_LISTENQLEN,            /* connections that wait */
    SO_LISTENINCQLEN,         /* connections held back from accept */
};

struct queue_verdict {
    struct verdict verdict; /* DECIDE_ANSWER: getsockopt gives `number` */
    int number;
};

/* `facts` is NULL for a socket that does not listen. */
struct queue_verdict queue_verdict(const struct profile *profile, const struct queue_facts *facts,
                                   enum queue_option option);

/*
 * The effective backlog for which the formula gives this many connections; if none does, the smallest that gives
 * more.
 */
int formula_backlog(const struct formula *formula, int capacity);

#endif
