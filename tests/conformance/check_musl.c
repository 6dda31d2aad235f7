/*
 * All that check_conformance.c expects, of a program of musl's with the library that is built for musl: under the other
 * C library the answers are the same.
 */
#define OBSERVED "/musl"
#define CANNOT_OBSERVE() cannot_observe()

/* musl's accept4 before 1.2.4 leaves out flags that the kernel refuses. */
#define IS_LIBCS(key) ((key) == KEY_accept_accept4_unknown_flag)

static const char *cannot_observe(void);

#include "check_conformance.c" /* NOLINT(bugprone-suspicious-include): the same tests */

static const char *cannot_observe(void)
{
    char observer[PATH_MAX];
    snprintf(observer, sizeof observer, "%s" OBSERVED "/tests/conformance/conform", build_directory());
    return access(observer, X_OK) == 0 ? NULL : "musl-gcc is not installed here";
}
