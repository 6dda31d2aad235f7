/*
 * The probe's source, as `make` joins it from the files of source/.
 */
#ifndef LISTENAS_CLI_PROBE_SOURCE_H
#define LISTENAS_CLI_PROBE_SOURCE_H

/* One string for each line, with its newline; NULL at the end. */
extern const char *const probe_source[];

#endif
