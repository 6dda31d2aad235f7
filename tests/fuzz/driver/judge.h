/*
 * What is wrong with one run, told from its trace and its records.
 */
#ifndef LISTENAS_FUZZ_JUDGE_H
#define LISTENAS_FUZZ_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "../../../shim/profile/loader/annotated_profile.h"
#include "run.h"

#define FAULT_ROOM 512

/*
 * Whether the run is as it must be under every profile; `annotated` is that profile, NULL without the library. If not,
 * `fault` says why:
 *
 * - the program ended by itself, in time, and so did each of its children;
 * - no call that succeeded changed errno, none left a descriptor open or closed one that was not its own, and none
 *   wrote behind the room that it was given;
 * - each errno is one that the kernel gives for this call (errors.def), or that a key of the profile names which acts
 *   at it;
 * - the records of bind, listen, accept and accept4 tell the results that the program got, in their order, and an
 *   errno that is not the kernel's has a key that names it.
 */
bool judge(const struct run *run, const struct annotated_profile *annotated, char fault[FAULT_ROOM]);

#endif
