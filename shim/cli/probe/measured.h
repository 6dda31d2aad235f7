/*
 * What a report says of each key, in the words of keys.def.
 */
#ifndef LISTENAS_CLI_PROBE_MEASURED_H
#define LISTENAS_CLI_PROBE_MEASURED_H

#include "report.h"

#define REMARK_SIZE 200

struct measured {
    struct {
        char text[96];            /* empty: not measured */
        char remark[REMARK_SIZE]; /* why not, or which family answered otherwise; may be empty */
    } of[KEY_COUNT];
};

/* Derives every key from the report. */
void measure(struct measured *measured, const struct report *report);

/* Sets a key, whose remark then goes unless the text is empty; and a remark. Both are cut to fit. */
void measured_set(struct measured *measured, enum key key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void measured_remark(struct measured *measured, enum key key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A file for each group of keys that no single answer tells. */
void measure_queues(struct measured *measured, const struct report *report);
void measure_sharing(struct measured *measured, const struct report *report);
void measure_ports(struct measured *measured, const struct report *report);

#endif
