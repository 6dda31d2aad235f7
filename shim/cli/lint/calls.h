/*
 * The calls of a program, as its ring has them.
 */
#ifndef LISTENAS_CLI_LINT_CALLS_H
#define LISTENAS_CLI_LINT_CALLS_H

#include "../../ring/ring.h"
#include "../judge/judge.h"

struct lint_calls {
    struct ring ring;
    struct judged_call *call;
    size_t count;
    bool is_full; /* the table of cases has hardly a place left: some may be missing */
};

/*
 * Opens the ring of a server, as choose_server understands its word, and reads the ring's cases. Returns 0, or
 * STATUS_USAGE after it has said what is wrong. lint_calls_drop frees them.
 */
int lint_calls_read(struct lint_calls *calls, const char *server);

/* The same, and a ring of a process that did not run natively is wrong: what Linux answers is not in it. */
int lint_calls_read_native(struct lint_calls *calls, const char *server);
void lint_calls_drop(struct lint_calls *calls);

/* Such as "listen"; "" for CALL_start. */
const char *lint_call_name(enum call call);

#endif
