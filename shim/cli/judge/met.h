/*
 * Which keys the recorded calls have met.
 */
#ifndef LISTENAS_CLI_JUDGE_MET_H
#define LISTENAS_CLI_JUDGE_MET_H

#include "judge.h"

/*
 * Sets `met` of each key that acts at one of these calls: before it or after it, or after it failed with an error that
 * the key is about. What the arguments were does not count.
 */
void keys_met(const struct judged_call *calls, size_t count, bool met[KEY_COUNT]);

#endif
