/*
 * What a platform tells of a listener's queue by getsockopt. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_QUEUE_OPTION_H
#define LISTENAS_RULES_QUEUE_OPTION_H

#include "verdict.h"

/* Their numbers in <sys/socket.h> of FreeBSD; Linux knows none of them. */
enum queue_option {
    SO_LISTENQLIMIT = 0x1011, /* the backlog */
    SO_LISTENQLEN,            /* connections that wait */
    SO_LISTENINCQLEN,         /* connections that are held back from accept */
};

struct queue_verdict {
    struct verdict verdict; /* DECIDE_ANSWER: getsockopt gives `number` */
    int number;
};

/* `facts` are NULL of what does not listen. */
struct queue_verdict queue_verdict(const struct profile *profile, const struct queue_facts *facts,
                                   enum queue_option option);

/* The effective backlog of which the formula makes this many connections, or the smallest that makes more. */
int formula_backlog(const struct formula *formula, int capacity);

#endif
