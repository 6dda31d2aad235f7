/*
 * What the library has to say to the person who started the program.
 */
#ifndef LISTENAS_GUEST_WARN_H
#define LISTENAS_GUEST_WARN_H

/*
 * Prints "listenas: ", the message, formatted as printf does, and a newline on stderr, in one write; what a terminal
 * would obey is written out (visible.h). Neither blocks
 * nor raises a signal: where nobody reads, nothing is said. Only for the constructor; may change errno.
 */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
