/*
 * Reads the Test Anything Protocol, versions 12 to 14.
 */
#ifndef LISTENAS_CLI_TEST_TAP_H
#define LISTENAS_CLI_TEST_TAP_H

#include "points.h"

/*
 * Adds each test point of a text. A point with subtests is left out where they are listed before it, as version 14 has
 * them: they are added, their names after its own and " > ". TODO points and SKIP points pass; "Bail out!" and a plan
 * that was not fulfilled are a failed point of that name. A point without a description is called by its number.
 */
void tap_read(struct points *points, const char *text);

#endif
