/*
 * The command: what its verbs share.
 */
#ifndef LISTENAS_CLI_CLI_H
#define LISTENAS_CLI_CLI_H

#include "../profile/suggest.h"

/*
 * Exit statuses. Those from 125 on are those of env(1) and nohup(1): `run` ends as its program does, so it has no other
 * of its own, and returns STATUS_OWN for a wrong command line, too.
 */
enum {
    STATUS_USAGE = 2,       /* the command line is wrong, or names what is not there or cannot be read */
    STATUS_OWN = 125,       /* the command itself failed or refused */
    STATUS_CANNOT = 126,    /* the program was found but cannot be executed */
    STATUS_NOT_FOUND = 127, /* the program was not found */
};

/* Prints "listenas: " and the message, formatted as printf does, on stderr; visible, as print_visible does. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Prints a text on stdout that may come from a file, padded with blanks to `width` bytes. Writes out what a terminal
 * would obey (visible.h).
 */
void print_visible(const char *text, int width);

/* Prints one diagnostic of the profile loader like say; fits struct diagnostics. */
void say_diagnostic(const char *diagnostic);

/*
 * Reports an unknown word of this `kind`, the one that `nearest` was started with, and names the nearest known word,
 * or the command that lists all. Returns STATUS_USAGE.
 */
int say_unknown(const char *kind, const struct suggestion *nearest, const char *lister);

#endif
