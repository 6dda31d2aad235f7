#ifndef LISTENAS_CLI_KEYS_H
#define LISTENAS_CLI_KEYS_H

#include <stdbool.h>

/* Prints what each key decides, on stdout: as text, or as the manual page listenas-profile(5). */
void print_keys(bool man);

#endif
