/*
 * Names of code that a program has made while it ran, from the map that it writes for perf: /tmp/perf-PID.map. Source:
 * Linux, tools/perf/Documentation/jit-interface.txt.
 */
#ifndef LISTENAS_CLI_SYMBOLS_PERFMAP_H
#define LISTENAS_CLI_SYMBOLS_PERFMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "symbols.h"

/*
 * Finds what the map of a process says of an address: function, file and line as far as the name holds them, as those
 * of python3 -X perf ("py::serve:/srv/app.py") and of node --perf-basic-prof ("JS:*serve file:///srv/app.js:12:5") do.
 * Believes only a map of this user's or root's. False if there is none, or it does not name the address.
 */
bool perf_map_of(uint32_t pid, uint64_t address, struct symbol *out);

#endif
