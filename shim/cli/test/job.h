/*
 * The work on one unit: natively, or as one platform. Each job is a process of its own (pool.h) and hands its findings
 * over as JSON.
 */
#ifndef LISTENAS_CLI_TEST_JOB_H
#define LISTENAS_CLI_TEST_JOB_H

#include "document.h"
#include "plan.h"
#include "units.h"

/* What is known of a case after the native runs. */
struct known_case {
    char *name;
    size_t unit;         /* its index */
    unsigned int number; /* from 1, the same for the same command and cases: part of an ID */
    const char *verdict; /* VERDICT_PASSES, _FAILS, _FLAKY or _NOT_RUN */
};

struct known_unit {
    double seconds; /* of its native run; less than 0 if there was none */
    bool is_stable; /* native runs were repeated, and did not change */
};

/* All that jobs start from; grows between them. */
struct known {
    struct known_case *cases;
    size_t count;
    struct known_unit *units;
    json_t *causes; /* arrays of key names that were found already: tried first */
};

/*
 * Runs unit number `unit` natively, twice more if a case of it fails. Returns
 *   {"seconds", "busy" (seconds of processor time), "points": [{"name", "verdict", "ended", "output"...}], ...}
 */
json_t *job_native(const struct plan *plan, const struct units *units, size_t unit);

/*
 * Runs unit number `unit` as a platform, tells flakes from differences, and looks for the keys that cause them. Returns
 *   {"is_stable", "flaky": [case...], "results": [...]}
 */
json_t *job_platform(const struct plan *plan, const struct units *units, const struct known *known, size_t unit,
                     const struct platform *platform);

/* The time limit of a unit that took so long natively. */
double job_timeout(const struct plan *plan, double native_seconds);

#endif
