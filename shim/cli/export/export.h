/*
 * Where a record can go, beside the log.
 */
#ifndef LISTENAS_CLI_EXPORT_EXPORT_H
#define LISTENAS_CLI_EXPORT_EXPORT_H

/* Each returns an exit status, and has said what is wrong. `what` names a server; NULL: see each. */

/* Prints counters in the text format of Prometheus once, or serves them at `address`; `what` NULL: every server. */
int export_prometheus(const char *what, const char *address);

/* Sends calls that failed or were changed to journald, until the server ends; NULL: the server that was active last. */
int export_journald(const char *what, const char *socket_path);

/* Prints the record as a trace of Chrome, for Perfetto; NULL: of the server that was active last. */
int export_chrome(const char *what);

#endif
