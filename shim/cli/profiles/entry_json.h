/*
 * An entry of a profile for programs.
 */
#ifndef LISTENAS_CLI_PROFILES_ENTRY_JSON_H
#define LISTENAS_CLI_PROFILES_ENTRY_JSON_H

#include "../../profile/loader/annotated_profile.h"
#include "../json.h"

/*
 * {"value", "standing", "note", "file", "line"} of an entry; `standing` is kept, unverified, not enforced or not
 * promised. "note", "file" and "line" are left out where there is none.
 */
json_t *json_of_entry(const struct annotated_profile *annotated, const struct entry *entry);

#endif
