/*
 * The calls that a key can act at, as the record names them.
 */
#ifndef LISTENAS_PROFILE_CALL_H
#define LISTENAS_PROFILE_CALL_H

/* CALL_start is a process's own first record. */
enum call {
    CALL_start,
#define HOOK(result, name, parameters, arguments, by_system_call) CALL_##name,
#include "calls.def"
    CALL_COUNT
};

#endif
