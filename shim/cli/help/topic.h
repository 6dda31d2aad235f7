/*
 * What is explained in addition to the verbs: a text file each in topics/, embedded in the command, printed to a
 * reader's width or as a manual page.
 *
 * The first line is the page, such as "liblistenas(7): summary". After that
 *
 *     # Title           begins a section
 *     - tag: text       is an item of a list; lines that follow it belong to it, up to an empty one
 *     @environment      stands for what a table of the code says: environment, keys, fields or ring
 *      a line that begins with a blank is printed as it is
 *
 * and all else is paragraphs, separated by empty lines.
 */
#ifndef LISTENAS_CLI_HELP_TOPIC_H
#define LISTENAS_CLI_HELP_TOPIC_H

#include <stdbool.h>

struct topic {
    const char *name, *text;
};

/* All of them, in order of their names; a name of NULL at the end. Made when the command is built. */
extern const struct topic topics[];

/* The topic of this name, or NULL. */
const struct topic *topic_find(const char *name);

/* Prints a topic on stdout, as text or as a manual page. */
void topic_print(const struct topic *topic, bool man);

/* Prints a line for each topic. */
void topic_print_all(void);

/* Prints "page(7)" of each topic for SEE ALSO, with a comma after each. */
void topic_print_pages(void);

#endif
