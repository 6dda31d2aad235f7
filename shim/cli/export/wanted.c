#include "wanted.h"

#include <errno.h>
#include <string.h>

#include "../log/printer.h"
#include "../view/view.h"

bool is_wanted(const struct ring *ring, const struct record *record)
{
    const char *name = call_name(ring, record->call);
    if (strcmp(name, "queue") == 0)
        return true;
    if (strcmp(name, "start") == 0)
        return record->flags & RECORD_MISTAKE;
    if (is_note(name))
        return false;
    if (is_accept(name) && record->given_error == EAGAIN && record->kernel_error == EAGAIN)
        return false;
    return record->result < 0 || record->key[0] || record->key[1] || (record->flags & RECORD_SKIPPED);
}
