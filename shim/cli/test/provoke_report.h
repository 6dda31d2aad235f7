/*
 * What is told of provoked errors.
 */
#ifndef LISTENAS_CLI_TEST_PROVOKE_REPORT_H
#define LISTENAS_CLI_TEST_PROVOKE_REPORT_H

#include "provoke_session.h"

/* Prints each run that did not pass, and what was not tried. Returns the exit status. */
int provoke_report(const struct provoke_session *session);

#endif
