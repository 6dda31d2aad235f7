/*
 * The socket options that calls are made with, and their values as text that is the same each time.
 */
#ifndef LISTENAS_FUZZ_OPTION_H
#define LISTENAS_FUZZ_OPTION_H

#include <stddef.h>
#include <sys/socket.h>

#include "random.h"

#define OPTIONS 66u
#define OPTION_ROOM 512

/* What an option's value is made of. */
enum option_form {
    OPTION_INT,
    OPTION_LINGER,
    OPTION_TIME,
    OPTION_NAME,   /* of a filter, an algorithm, a device */
    OPTION_FILTER, /* struct accept_filter_arg of the BSDs */
    OPTION_PEER,   /* struct ucred */
    OPTION_STATE,  /* struct tcp_info: only its first byte is the same each time */
    OPTION_COOKIE  /* no byte of it is */
};

struct option {
    const char *label;
    int level, name;
    enum option_form form;
};

/* The index-th option. */
const struct option *option_at(unsigned int index);

/* The index of the option of this level and name, which must be one of them. */
unsigned int option_index(int level, int name);

/* A number to set some option to. */
int option_any_value(struct random *random);

/* Writes a value that is made from the number; returns its true length. */
socklen_t option_write(const struct option *option, int number, char value[OPTION_ROOM]);

/* Prints the value that getsockopt gave, `length` bytes of which `room` are there. */
void option_print(const struct option *option, const char *value, socklen_t length, size_t room);

#endif
