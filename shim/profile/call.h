/*
 * The calls that a key can act at, by the names that the record gives them.
 */
#ifndef LISTENAS_PROFILE_CALL_H
#define LISTENAS_PROFILE_CALL_H

/* CALL_start stands for the first record of a process. */
enum call {
    CALL_start,
#define HOOK(result, name, parameters, arguments, by_system_call) CALL_##name,
#include "calls.def"
    CALL_COUNT
};

#endif
