#include "place.h"

#include <stdio.h>
#include <string.h>

#include "../lookup.h"

/* A return address is one past the call: the instruction before it belongs to the calling line. */
void place_find(const struct ring *ring, const struct record *record, const char *program, const char *root,
                struct place_in_program *place)
{
    (void)ring;
    (void)root;
    *place = (struct place_in_program){.offset = record->caller ? record->caller - 1 : 0};
    if (record->flags & RECORD_OWN_CALLER)
        snprintf(place->module, sizeof place->module, "%s", program);
}

void place_describe(const struct place_in_program *place, char *text, size_t size)
{
    if (place->file[0])
        snprintf(text, size, "%s:%d%s%s", place->file, place->line, place->function[0] ? " in " : "", place->function);
    else if (place->module[0])
        snprintf(text, size, "%s+%#llx%s%s%s", base_name(place->module), (unsigned long long)place->offset,
                 place->function[0] ? " in " : "", place->function, "");
    else if (place->offset)
        snprintf(text, size, "address %#llx", (unsigned long long)place->offset);
    else
        snprintf(text, size, "an unknown place");
}
