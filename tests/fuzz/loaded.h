/*
 * For targets that load profiles: what a load must keep to, whatever it is given.
 */
#ifndef LISTENAS_FUZZ_LOADED_H
#define LISTENAS_FUZZ_LOADED_H

/*
 * Loads a profile with its texts, as annotated_profile_load does, and without, and checks both: a failure comes with a
 * diagnostic, every text ends, rules can be asked, and both ways load the same.
 */
void check_load(const char *name, const char *overrides);

#endif
