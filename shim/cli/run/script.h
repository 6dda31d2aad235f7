/*
 * The first line of a script, read as the kernel and env(1) read it.
 */
#ifndef LISTENAS_CLI_RUN_SCRIPT_H
#define LISTENAS_CLI_RUN_SCRIPT_H

#include <stddef.h>

/* The kernel looks at no more of a file. Source: BINPRM_BUF_SIZE, linux/binfmts.h. */
#define SCRIPT_HEAD 256

/* A script's interpreter can be a script, so deep. Source: exec_binprm, fs/exec.c; tried on Linux 6.18. */
#define SCRIPT_LEVELS 5

struct script_line {
    char interpreter[SCRIPT_HEAD];
    char argument[SCRIPT_HEAD]; /* all that follows, as one word; empty if there is nothing */
};

/* Reads the line from a file's first `size` bytes, which begin with "#!". Returns NULL, or what is wrong, in words. */
const char *script_parse(const char head[SCRIPT_HEAD], size_t size, struct script_line *line);

/*
 * Finds the program that env(1) starts when a #! line gives it this argument. Returns NULL, or what is wrong,
 * in words: also where env takes LD_PRELOAD out of the environment.
 */
const char *script_env(const char *argument, char name[SCRIPT_HEAD]);

#endif
