#include "early.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "../kernel/facts.h"
#include "../libc/libdl.h"

#ifndef __GLIBC__
/* musl has it for programs that were built with glibc, and names it in no header. */
const unsigned short **__ctype_b_loc(void);
#endif

/* More words than execve takes. */
#define WORDS_MOST 0x7fffff

/*
 * What a process begins with, from its lowest address on: the number of its arguments, these, NULL, the environment,
 * NULL, the auxiliary vector. Source: the System V ABI, Initial Process Stack.
 */
static char **first_argument(void)
{
    /* glibc's; musl needs none of this */
    void *const *end = libdl_is_there() ? dlsym(RTLD_DEFAULT, "__libc_stack_end") : NULL;
    const uintptr_t *count = end ? *end : NULL;
    if (!count || !facts_readable(count, sizeof *count) || *count == 0 || *count > WORDS_MOST)
        return NULL;
    char **arguments = (char **)(count + 1);
    return facts_readable(&arguments[*count], sizeof *arguments) && !arguments[*count] ? arguments : NULL;
}

/* Whether an auxiliary vector with the program's path follows these strings: then they are the environment. */
static bool are_followed_by_vector(char *const *strings)
{
    while (*strings)
        strings++;
    const uintptr_t *entry = (const uintptr_t *)(strings + 1);
    for (; entry[0] != AT_NULL; entry += 2)
        if (entry[0] == AT_EXECFN)
            return entry[1] == getauxval(AT_EXECFN);
    return false;
}

static bool is_given;

static bool give_environment(void)
{
    char **arguments = first_argument();
    if (!arguments || !arguments[0])
        return false;
    char **strings = arguments;
    while (*strings)
        strings++;
    if (!are_followed_by_vector(++strings))
        return false;
    char *slash = strrchr(arguments[0], '/');
    program_invocation_name = arguments[0];
    program_invocation_short_name = slash ? slash + 1 : arguments[0];
    environ = strings;
    is_given = true;
    return true;
}

/* A program that is known by its name and has no environment has given that up itself. */
bool early_libc_is_ready(void)
{
    return *__ctype_b_loc() && (environ || program_invocation_name[0] || give_environment());
}

bool early_environment_is_ours(void)
{
    return is_given;
}
