/*
 * What a platform makes of listen. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_LISTEN_H
#define LISTENAS_RULES_LISTEN_H

#include "verdict.h"

struct listen_verdict {
    struct verdict verdict; /* its `why`: what made `effective` differ from what was asked, or forbade the call */
    int effective;          /* the backlog that the platform makes of the one that was asked */
    int capacity;           /* connections that its queue then holds; 0 if that is left to the kernel */
    int backlog;            /* what the real call is given */
    enum key why_backlog;   /* the key that made `backlog` differ from `effective` */
    bool limited;           /* the kernel's own limit keeps the queue shorter than the platform's */
    bool keep_port;         /* first bind the socket to the port that it had before its connect failed or it was shut */
    bool watched;           /* a full queue refuses or resets, so the refuser is told of this listener */
    bool resets;            /* it resets */
    bool shortens;          /* connections that are queued beyond `remaining` are reset */
    int remaining;
};

/* `facts` of the socket, `backlog` as the program passed it. */
struct listen_verdict listen_verdict(const struct profile *profile, const struct facts *facts, int backlog);

/* After a real call that failed with `error`; `facts` from before it, zero of a bad descriptor. DECIDE_FAIL gives
 * another error in its place. */
struct verdict listened_verdict(const struct profile *profile, const struct facts *facts, int error);

/* Connections that the formula gives for a effective backlog, 0..INT_MAX. */
int formula_capacity(const struct formula *formula, int backlog);

#endif
