#include "wanted.h"

#include <errno.h>
#include <string.h>

#include "../log/address.h"
#include "../log/names.h"

/* A call that does not block has nothing yet: no failure of anybody. */
static bool is_waiting(const struct record *record)
{
    return record->given_error == record->kernel_error &&
           (record->given_error == EAGAIN || record->given_error == EINPROGRESS);
}

bool is_wanted(const struct ring *ring, const struct record *record)
{
    const char *name = call_name(ring, record->call);
    if (strcmp(name, "queue") == 0)
        return true;
    if (strcmp(name, "start") == 0)
        return record->flags & RECORD_MISTAKE;
    if (is_note(name))
        return false;
    if (is_waiting(record))
        return false;
    return record->result < 0 || record->key[0] || record->key[1] || (record->flags & RECORD_SKIPPED);
}
