/*
 * Texts in GitHub's workflow commands.
 */
#ifndef LISTENAS_CLI_TEST_GITHUB_H
#define LISTENAS_CLI_TEST_GITHUB_H

#include <stdio.h>

/* Writes the text of a message, or of a property such as a file's name, with what has a meaning there by its number. */
void github_put_data(FILE *out, const char *text);
void github_put_property(FILE *out, const char *text);

#endif
