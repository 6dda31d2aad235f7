/*
 * The calls that a key can act at, by the names that the record gives them.
 */
#ifndef LISTENAS_PROFILE_CALL_H
#define LISTENAS_PROFILE_CALL_H

/* CALL_start stands for the first record of a process, CALL_use and CALL_mark for those of listenas_use and
 * listenas_mark; no key acts at these two. */
enum call {
    CALL_start,
#define HOOK(result, name, parameters, arguments, by_system_call) CALL_##name,
#include "calls.def"
    CALL_use,
    CALL_mark,
    CALL_COUNT
};

#endif
