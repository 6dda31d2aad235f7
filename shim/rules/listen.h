/*
 * What a platform makes of listen. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_LISTEN_H
#define LISTENAS_RULES_LISTEN_H

#include "verdict.h"

struct listen_verdict {
    struct verdict
        verdict;          /* its `why`: the key that made `effective` differ from what was asked, or forbade the call */
    int effective;        /* the backlog as the platform takes it */
    int capacity;         /* connections that the queue then holds; 0 if the kernel decides */
    int backlog;          /* for the real call */
    enum key why_backlog; /* the key that made `backlog` differ from `effective` */
    bool limited;         /* somaxconn keeps the queue shorter than the platform's */
    bool keep_port; /* first bind the socket to the port that it had before its connect failed or it was shut down */
    bool watched;   /* a full queue refuses or resets: tell the refuser of this listener */
    bool resets;    /* a full queue resets */
    bool shortens;  /* reset the connections that are queued beyond `remaining` */
    int remaining;
};

/* `facts` of the socket; `backlog` as the program passed it. */
struct listen_verdict listen_verdict(const struct profile *profile, const struct facts *facts, int backlog);

/*
 * After the real call failed with `error`; `facts` from before it, all zero for a bad descriptor. DECIDE_FAIL
 * replaces the error.
 */
struct verdict listened_verdict(const struct profile *profile, const struct facts *facts, int error);

/* The connections that the formula gives for an effective backlog, 0..INT_MAX. */
int formula_capacity(const struct formula *formula, int backlog);

#endif
