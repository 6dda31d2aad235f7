/*
 * Records of what the program itself has to say.
 */
#ifndef LISTENAS_API_NOTE_H
#define LISTENAS_API_NOTE_H

#include <stdbool.h>

/*
 * Appends a record of this pseudo-call (CALL_USE or CALL_MARK of ring_names.h) with as much of the text as it has room
 * for. `caller` is where the program calls from. Returns whether it is in the ring. May be called from a signal
 * handler; keeps errno.
 */
bool note_append(unsigned int call, const char *text, const void *caller);

#endif
