/*
 * How `log` prints: one printer for people, two for programs.
 */
#ifndef LISTENAS_CLI_LOG_PRINTER_H
#define LISTENAS_CLI_LOG_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../ring/cursor.h"
#include "../select/select.h"
#include "callers.h"
#include "explain.h"
#include "text_line.h"
#include "times.h"

/* A record, and what else is known of its call. */
struct shown {
    const struct ring *ring;
    struct callers *callers; /* of the ring */
    const char *server;      /* "legacyd[123]" where the records of several are mixed; else NULL */
    uint64_t number;
    const struct record *record;
    struct repeats repeats;
    const struct subject *subject;
    const struct explanation *explanation; /* NULL for none */
};

/* What the list says of a file. */
struct listed {
    const char *path;
    const char *state;                /* "live", "dead", "may be live", or "not readable" */
    const char *fault;                /* why it cannot be read, in words; NULL for a ring that can be */
    const struct ring_header *header; /* a copy: the file can be cut short at any time; NULL if it cannot be read */
    uint64_t calls;
    const char *owner;      /* the user's name or number, if it is not this one's; else NULL */
    uint64_t size;          /* in bytes of memory */
    uint64_t age_s, idle_s; /* since it was made, and since its last record; since it was changed if it is unreadable */
    const char *addresses;  /* where its listeners listen, or did; empty for none */
};

struct printer {
    bool color;                             /* for the text printer */
    bool caller;                            /* whether the text printer shows callers; the others always do */
    int width;                              /* of the text printer's lines; 0 for any */
    struct times times;                     /* for the text printer */
    struct text_line line;                  /* that the text printer is at */
    void (*begin)(struct printer *printer); /* before anything else; NULL for nothing */
    void (*header)(struct printer *printer, const struct ring_header *header);
    void (*record)(struct printer *printer, const struct shown *shown);
    /* of a record that was printed: it stands for more calls than it did then */
    void (*repeated)(struct printer *printer, const struct shown *shown);
    /* what became of a listener, with the call that made it listen; NULL for nothing */
    void (*listener)(struct printer *printer, const char *server, const struct ring_listener *listener,
                     const struct record *listens);
    /* listeners that are not told of: dead ones that gave way to newer ones, and those that never had a place; NULL for
     * nothing */
    void (*no_place)(struct printer *printer, const char *server, uint64_t gave_way, uint64_t missed);
    void (*gap)(struct printer *printer, const char *server, enum gap gap, const struct missing *missing);
    void (*listed)(const struct listed *listed); /* a row of the list of rings */
};

extern const struct printer text_printer, json_printer, csv_printer;

#endif
