/*
 * Reads the XML log of the Check library (CK_XML_LOG_FILE_NAME): what its tests are and how they went.
 */
#ifndef LISTENAS_CLI_TEST_CHECK_LOG_H
#define LISTENAS_CLI_TEST_CHECK_LOG_H

#include "points.h"

/*
 * Adds a point for each test of a log, "SUITE/TCASE/TEST" and ":N" for the N-th round of a loop test but the first.
 * Reads a log that ends in the middle, as that of a program that crashed, as far as it goes; a log that is not there
 * says nothing. `path` may be NULL.
 */
void check_log_read(struct points *points, const char *path);

#endif
