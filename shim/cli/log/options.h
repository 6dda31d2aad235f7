/*
 * What the words after `listenas log` ask for.
 */
#ifndef LISTENAS_CLI_LOG_OPTIONS_H
#define LISTENAS_CLI_LOG_OPTIONS_H

#include "../verb.h"
#include "rings.h"
#include "source.h"
#include "view.h"

/* Letters of the options that have no short form. */
enum {
    OPTION_REMOVE_DEAD = OPTION_LONG,
    OPTION_OLDER,
    OPTION_FAILED,
    OPTION_CHANGED,
    OPTION_SINCE,
    OPTION_UNTIL,
    OPTION_EXPLAIN,
    OPTION_CSV,
    OPTION_TIME
};

struct log {
    struct view view;
    struct sources sources;
    bool follows, lists, removes, json, csv;
    bool is_old; /* --older was given */
    struct removal removal;
    const char *color;
    const char *server;  /* a name, a process or a file; NULL for none */
    const char *process; /* the value of --pid; NULL for none */
};

/* Reads the arguments. Returns -1 to go on, or an exit status, after the help or a report. */
int log_read_options(struct log *log, int count, char **arguments);

#endif
