/*
 * The program to start, and the ELF file that finally runs: its own, or that of a script's interpreter.
 */
#ifndef LISTENAS_CLI_RUN_PROGRAM_H
#define LISTENAS_CLI_RUN_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

struct program {
    const char *name;          /* as the user wrote it */
    char path[PATH_MAX];       /* the file to execute */
    char binary[PATH_MAX];     /* the ELF file; the same unless the program is a script */
    char called[2 * PATH_MAX]; /* the ELF file's name in messages */
    bool is_script;
    bool address_sanitizer; /* of preflight: the ELF file needs the shared runtime of AddressSanitizer */
};

/*
 * Finds the program of this name and follows its #! line, also through env(1). Returns 0, or an exit status after a
 * message.
 */
int program_find(struct program *program, const char *name);

#endif
