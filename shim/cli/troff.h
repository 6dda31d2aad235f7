/*
 * Manual pages in the language of man(7).
 */
#ifndef LISTENAS_CLI_TROFF_H
#define LISTENAS_CLI_TROFF_H

/* Prints a page's title, and its NAME section: "name - summary". */
void troff_begin(const char *name, int section, const char *summary);

/* Begins a section; its title is printed in capitals. */
void troff_section(const char *title);

/* Prints a text of the verbs' tables: paragraphs, and lines that stay as they are. Ends the line. */
void troff_text(const char *text);

/* Begins an item of a list: the tag in bold. Its text follows by troff_text. */
void troff_item(const char *tag);

/* Prints a line, with no character of it taken for a command. */
void troff_line(const char *line);

/* Prints the pages of a list such as "listen(2), socket(7)". */
void troff_pages(const char *list);

#endif
