/*
 * Times and durations as people write them.
 */
#ifndef LISTENAS_CLI_VIEW_WHEN_H
#define LISTENAS_CLI_VIEW_WHEN_H

#include <stdint.h>

#define WHEN_TEXT 64

/*
 * Each writes a text of at most WHEN_TEXT bytes, and returns it. Times are nanoseconds since 1970, and written local.
 */

/* "2026-11-21 12:36:52 +0100" */
const char *when_date(char *text, uint64_t ns);

/* "12:36:52.120" */
const char *when_clock(char *text, uint64_t ns);

/* "12:36:52", or with milliseconds if `range_ns`, the time that is told of, is less than ten seconds. */
const char *when_clock_in(char *text, uint64_t ns, uint64_t range_ns);

/* "2026-11-21T12:36:52.120+01:00", for programs */
const char *when_machine(char *text, uint64_t ns);

/* "350 ms", "12.4 s", "7 min 3 s", "2 h 5 min", "3 d 4 h" */
const char *when_long(char *text, uint64_t duration_ns);

#endif
