/*
 * The program to start, and the ELF file that runs in the end: the program's own, or that of a script's
 * interpreter.
 */
#ifndef LISTENAS_CLI_RUN_PROGRAM_H
#define LISTENAS_CLI_RUN_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

struct program {
    const char *name;          /* as the user wrote it */
    char path[PATH_MAX];       /* what is executed */
    char binary[PATH_MAX];     /* the ELF file; the same if the program is no script */
    char called[2 * PATH_MAX]; /* what a message calls that file */
    bool is_script;
};

/*
 * Finds the program of this name and follows its #! line, also through env(1). Returns 0, or an exit status
 * after it has said what is wrong.
 */
int program_find(struct program *program, const char *name);

#endif
