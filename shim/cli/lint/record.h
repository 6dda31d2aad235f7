/*
 * One native run of the program, recorded with facts.
 */
#ifndef LISTENAS_CLI_LINT_RECORD_H
#define LISTENAS_CLI_LINT_RECORD_H

#include "wish.h"

/*
 * Runs the command and waits for it and what it leaves running. SIGINT, SIGTERM and SIGHUP end it, and not the lint of
 * what it did until then; a second one kills it. `ring` is where the record is to be made. Returns -1 if it ran,
 * or the exit status of a program that could not be started. A program that makes no call leaves no record.
 */
int lint_record(const struct lint_wish *wish, const char *ring);

#endif
