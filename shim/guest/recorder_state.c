#include "recorder_state.h"

/* What own_pid points to where the process has no page of its own. */
static _Atomic uint32_t nobody;

struct recorder recorder = {.own_pid = &nobody, .sample_ns = UINT64_MAX};
__thread struct recorder_self recorder_self = {.pid = UINT32_MAX};
