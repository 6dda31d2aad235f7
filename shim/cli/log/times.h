/*
 * The time of a record, as the text printer writes it.
 */
#ifndef LISTENAS_CLI_LOG_TIMES_H
#define LISTENAS_CLI_LOG_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum times_style {
    TIMES_LOCAL,    /* 12:36:52.123456 */
    TIMES_UTC,      /* 12:36:52.123456Z */
    TIMES_RELATIVE, /* seconds since the server started: 1.234567 */
    TIMES_DELTA,    /* seconds since the record before: 0.001234 */
};

struct times {
    enum times_style style;
    uint64_t begin_ns; /* what TIMES_RELATIVE counts from */
    uint64_t last_ns;  /* of the record printed last; 0 for none */
    int year, day;     /* of it, the day of the year; 0 for none */
};

/* The style of this name: relative, delta, local or utc; -1 for any other. */
int times_style_of(const char *name);

/* Writes the time of a record. TIMES_DELTA counts from the record that times_next was told of last. */
void times_format(const struct times *times, uint64_t ns, char *text, size_t size);

/*
 * Writes a time in the past of a record that has been printed, with `digits` of the second's fraction: local time,
 * TIMES_UTC's, or seconds since the beginning.
 */
void times_format_other(const struct times *times, uint64_t ns, int digits, char *text, size_t size);

/* Writes "2026-11-21 12:36:52", or the same in UTC with a Z. */
void times_format_date(const struct times *times, uint64_t ns, char *text, size_t size);

/* The next record is of this time: true, and "2026-11-22" in `day`, if it is of another day than the last one. */
bool times_next(struct times *times, uint64_t ns, char *day, size_t size);

#endif
