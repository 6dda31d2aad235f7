/*
 * A chart over time: an inline SVG that stretches to the page's width, with its labels as text beside it, and the
 * numbers as a table below it.
 */
#ifndef LISTENAS_CLI_REPORT_CHART_H
#define LISTENAS_CLI_REPORT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* From one time to another; times are nanoseconds since 1970. */
struct chart_bar {
    uint64_t from_ns, to_ns;
    double value;
    double limit;    /* of the line above the bars; 0: none */
    bool is_at_most; /* drawn in the color of what is full */
    char told[120];  /* what it says to who points at it */
};

struct chart {
    unsigned int number; /* in the page, from 1 */
    const char *title, *unit;
    char summary[320]; /* one sentence that says what the chart shows */
    uint64_t from_ns, until_ns;
    const struct chart_bar *bars, *bands; /* bands are as high as the chart, and have no value */
    size_t bar_count, band_count;
    double limit;                        /* where the line begins; 0: there is none */
    uint64_t held_ns;                    /* a bar is drawn on, paler, to the next one if that is no later than this */
    const char *value_name, *limit_name; /* columns of the table; the second may be NULL */
};

void chart_write(FILE *page, const struct chart *chart);

#endif
