/*
 * From what rings tell to what is printed: selects, keeps the last ones, adds what else is known of them.
 */
#ifndef LISTENAS_CLI_LOG_VIEW_H
#define LISTENAS_CLI_LOG_VIEW_H

#include "printer.h"
#include "source.h"
#include "tail.h"

struct view {
    struct printer printer;
    struct selection selection;
    bool explain;
    bool all;                 /* the records of several servers are mixed, and each names its own */
    struct tail tail;         /* `most` 0: all that is selected is printed at once */
    uint64_t seen, selected;  /* records */
    struct subject_room room; /* of the record that is looked at */
};

/* Takes what a source tells: prints it if it is selected, or keeps it for view_flush. */
void view_take(struct view *view, struct source *source);

/* Prints what is kept; from now on everything is printed at once. */
void view_flush(struct view *view);

/* Prints the ring's header, once; of several rings, that of each is printed before its first record. */
void view_header(struct view *view, struct source *source);

/* Prints what became of the selected listeners of a ring. */
void view_listeners(struct view *view, struct source *source);

#endif
