/*
 * `listenas lint`: what it works with.
 */
#ifndef LISTENAS_CLI_LINT_LINT_H
#define LISTENAS_CLI_LINT_LINT_H

#include "../judge/judge.h"
#include "../test/place.h"
#include "../test/plan.h"

/* What the command line asks for. */
struct lint_wish {
    const char *names;    /* the platforms, as they were asked for; NULL for all */
    const char *baseline; /* --against; NULL for none */
    const char *root;     /* frames in here are the program's own */
    const char *ring;     /* --ring; NULL: `words` are run */
    char **words;         /* the command; NULL-terminated */
    bool firm_only;       /* --min=firm */
    bool all;             /* --all */
    bool isolate;         /* --isolate */
    struct reports reports;
};

/* A call of the program, as the ring has it. */
struct lint_calls {
    struct ring ring;
    struct judged_call *call;
    size_t count;
    bool is_full; /* the table of cases has hardly a place left: some may be missing */
};

/* How one platform differs. */
struct lint_turn {
    const struct platform *platform;
    struct judgement judgement;
    bool firm; /* a primary source supports what the platform does */
};

/* One key at one place of the program. */
struct lint_finding {
    enum key key;
    const struct judged_call *call; /* the first one that is judged so */
    struct lint_turn *turn;
    size_t turns;
    size_t firm; /* of `turns` */
    enum consequence worst;
    double rank;
    struct place_in_program place;
    bool is_silenced; /* by a comment in the source */
    bool is_known;    /* from the baseline */
};

struct lint_findings {
    struct lint_finding *finding;
    size_t count;
    size_t platforms; /* that were asked for, native left out */
};

/*
 * Opens the ring of a server, as choose_server understands its word, and reads the ring's cases. Returns 0, or
 * STATUS_USAGE after it has said what is wrong. lint_calls_drop frees them.
 */
int lint_calls_read(struct lint_calls *calls, const char *server);

/* The same, and a ring of a process that did not run natively is wrong: what Linux answers is not in it. */
int lint_calls_read_native(struct lint_calls *calls, const char *server);
void lint_calls_drop(struct lint_calls *calls);

/* Judges every call as every platform but native, the worst first. lint_findings_drop frees them. */
struct lint_findings lint_findings_of(const struct lint_calls *calls, const struct platforms *platforms,
                                      const struct lint_wish *wish);
void lint_findings_drop(struct lint_findings *findings);

/* Whether the finding is told and counts. */
static inline bool lint_counts(const struct lint_finding *finding)
{
    return !finding->is_silenced && !finding->is_known;
}

/* Marks findings whose source line, or the one before it, has a comment such as "listenas: ok bind.long_address". */
void lint_silence(struct lint_findings *findings, const char *root);

/* The call in words, such as "bind, 128 bytes for AF_INET"; the caller's. */
char *lint_heading(const struct judged_call *call);

/* What the platforms do, such as "EINVAL on 16 of 27: freebsd macos solaris ..."; all names if `all`; the caller's. */
char *lint_message(const struct lint_finding *finding, size_t platforms, bool all);

/* Prints the findings: at most ten unless --all was asked for. */
void lint_print(const struct lint_findings *findings, const struct lint_wish *wish);

#endif
