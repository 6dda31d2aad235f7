/*
 * How `log` prints: one printer for people, one for programs.
 */
#ifndef LISTENAS_CLI_LOG_PRINTER_H
#define LISTENAS_CLI_LOG_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../ring/cursor.h"

struct printer {
    bool color;  /* for the text printer */
    bool caller; /* whether the text printer shows callers; the other one always does */
    void (*header)(const struct printer *printer, const struct ring_header *header);
    void (*record)(const struct printer *printer, const struct ring *ring, const struct told *told);
    /* of a record that was printed: it stands for more calls than it did then */
    void (*repeated)(const struct printer *printer, const struct ring *ring, const struct told *told);
    /* what became of a listener, with the call that made it listen */
    void (*listener)(const struct printer *printer, const struct ring_listener *listener, const struct record *listens);
    void (*gap)(const struct printer *printer, enum gap gap, const struct missing *missing);
    void (*listed)(const char *path, const struct ring *ring, const char *life); /* a row of the list of rings */
    void (*faulty)(const char *path, const char *fault);                         /* a row for a file that is no ring */
};

extern const struct printer text_printer, json_printer;

/* The name of a call or key as the ring's header has it; "?" for an index that it does not have. Static memory. */
const char *call_name(const struct ring *ring, unsigned int call);
const char *key_name(const struct ring *ring, unsigned int key);

/* The name of an error, "error N" for a number that has none, and what to say of a failure whose error is 0. Static
 * memory. */
const char *error_name(unsigned int error);

/* The name of an address family such as "AF_INET", or NULL for one that is not ours. */
const char *family_name(unsigned int family);

/* The socket option that a record of setsockopt or getsockopt is about. Static memory. */
const char *option_name(const struct record *record);

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
