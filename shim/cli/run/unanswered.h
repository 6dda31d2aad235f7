/*
 * Whether clients can be left without an answer (connect.not_listening).
 */
#ifndef LISTENAS_CLI_RUN_UNANSWERED_H
#define LISTENAS_CLI_RUN_UNANSWERED_H

#include "../../profile/profile.h"

/*
 * Reports if the profile leaves a connect to a port that nobody listens at without an answer, and this process may not
 * attach the filter to its sockets that this takes. Returns how many promises that are, 0 or 1.
 */
int unanswered_check(const struct profile *profile);

#endif
