/*
 * A profile's file, and those it inherits from, on their way into a book.
 */
#ifndef LISTENAS_PROFILE_READING_H
#define LISTENAS_PROFILE_READING_H

#include "book.h"

/* Reads the profile of this name or path into the book: what book_load does first. */
void read_profile(struct book *book, const char *name, const char *program, struct complaints *complaints);

/* Adds a name to the book's list of files, cut at its front if it is long; returns its index. */
int book_add_file(struct book *book, const char *path);

#endif
