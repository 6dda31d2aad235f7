/*
 * Other names of built-in profiles: aliases.def.
 */
#ifndef LISTENAS_PROFILE_ALIAS_H
#define LISTENAS_PROFILE_ALIAS_H

/*
 * The name of the built-in profile that `name` is another name of, in whatever case its letters are; NULL for any other
 * word. May be called from a signal handler.
 */
const char *alias_find(const char *name);

/* The index-th of the other names; NULL after the last. */
const char *alias_name(int index);

#endif
