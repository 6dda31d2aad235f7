#include "note.h"

#include "../guest/recorder.h"

#include "../kernel/async_safe.h"

bool note_append(unsigned int call, const char *text, const void *caller)
{
    struct record record = {.call = (uint16_t)call, .fd = -1};
    if (!guest_takes(-1))
        return false;
    record_address(&record, text, strlen(text));
    recorder_append(&record, caller);
    return atomic_load(&recorder.state) == RECORDER_OPEN;
}
