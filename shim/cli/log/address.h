/*
 * What a record holds in the place of its address: an address, the names of a start, or the text of a note.
 */
#ifndef LISTENAS_CLI_LOG_ADDRESS_H
#define LISTENAS_CLI_LOG_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "../../ring/ring.h"

/* The address in a record; 0 if it has none. */
unsigned int record_family(const struct record *record);

/* The names in a start record. The profile's is empty if the library did not record it. */
struct start_names {
    const char *program, *profile; /* not ended by a NUL */
    size_t program_length, profile_length;
};

struct start_names start_names(const struct record *record);

/* Whether the record is of a call that only the program's tests make: listenas_use or listenas_mark. */
bool is_note(const char *name);

/* What such a call said; `length` gets how long it is. Not ended by a NUL. */
const char *note_text(const struct record *record, size_t *length);

/*
 * Writes the address of a record as people write it: 127.0.0.1:80, [::1]:80, /run/socket, @abstract. Bytes that are
 * not printable become \xNN. `text` holds `size` bytes and is cut to fit; empty where there is no address.
 */
void format_address(const struct record *record, char *text, size_t size);

#endif
