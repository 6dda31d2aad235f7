#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "../../shim/profile/errno_name.h"
#include "conform.h"

void add_answer(struct answers *answers, const char *where, const char *what)
{
    if (answers->count == sizeof answers->of / sizeof *answers->of)
        give_up("too many observations of one key");
    answers->of[answers->count].where = where;
    snprintf(answers->of[answers->count].what, sizeof answers->of[0].what, "%s", what);
    answers->count++;
}

void print_answers(const char *key, const struct answers *answers)
{
    bool agree = true;
    for (int i = 1; i < answers->count; i++)
        agree = agree && strcmp(answers->of[i].what, answers->of[0].what) == 0;
    printf("%s =", key);
    for (int i = 0; i < (agree ? 1 : answers->count); i++) {
        printf("%s %s", i > 0 ? "," : "", answers->of[i].what);
        if (!agree)
            printf(" (%s)", answers->of[i].where);
    }
    putchar('\n');
    fflush(stdout);
}

const char *error_name(int error)
{
    const char *name = errno_name(error);
    return name ? name : "an unknown errno";
}

const char *answer_of(int result, const char *success)
{
    return result >= 0 ? success : error_name(errno);
}

const char *answer_of_child(pid_t child)
{
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        give_up("child");
    if (!WIFEXITED(status))
        return "death";
    return WEXITSTATUS(status) ? error_name(WEXITSTATUS(status)) : "ok";
}
