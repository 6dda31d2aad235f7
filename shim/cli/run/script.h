/*
 * Reads the first line of a script as the kernel and env(1) do.
 */
#ifndef LISTENAS_CLI_RUN_SCRIPT_H
#define LISTENAS_CLI_RUN_SCRIPT_H

#include <stddef.h>

/* The kernel reads no more of a file. Source: BINPRM_BUF_SIZE, linux/binfmts.h. */
#define SCRIPT_HEAD 256

/* The interpreter may be a script again, up to this depth. Source: exec_binprm, fs/exec.c; tried on Linux 6.18. */
#define SCRIPT_LEVELS 5

struct script_line {
    char interpreter[SCRIPT_HEAD];
    char argument[SCRIPT_HEAD]; /* the rest of the line as one word; may be empty */
};

/*
 * Reads the line from a file's first `size` bytes, which begin with "#!". Returns NULL, or a description of what is
 * wrong.
 */
const char *script_parse(const char head[SCRIPT_HEAD], size_t size, struct script_line *line);

/*
 * Finds the program that env(1) starts when a #! line gives it this argument. Returns NULL, or a description of what
 * is wrong, also if env would remove LD_PRELOAD.
 */
const char *script_env(const char *argument, char name[SCRIPT_HEAD]);

#endif
