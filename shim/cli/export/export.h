/*
 * Where a record can go, other than the log.
 */
#ifndef LISTENAS_CLI_EXPORT_EXPORT_H
#define LISTENAS_CLI_EXPORT_EXPORT_H

#include "../select/select.h"

/* What is exported. */
struct export_choice {
    const char *what; /* names a server; NULL: see each */
    struct selection selection;
};

/* Each returns an exit status, and has said what is wrong. */

/*
 * Prints counters in the text format of Prometheus once, or serves them at `address`, of the listeners that are
 * selected; `what` NULL: every server.
 */
int export_prometheus(const struct export_choice *choice, const char *address);

/*
 * Sends those of the selected calls that failed or were changed to journald, until the server ends; NULL: the server
 * that was active last.
 */
int export_journald(const struct export_choice *choice, const char *socket_path);

/* Prints the selected records as a trace of Chrome, for Perfetto; NULL: of the server that was active last. */
int export_chrome(const struct export_choice *choice);

#endif
