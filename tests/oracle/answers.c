#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"

const char *outcome_of(long result)
{
    return result >= 0 ? "ok" : error_name(errno);
}

void print_answer(const char *kind, const char *state, const char *call, const char *text)
{
    printf("%s %s %s = %s\n", kind, state, call, text);
    fflush(stdout);
}

void question(const char *kind, const char *name)
{
    printf("%s %s =", kind, name);
}

void answer(const char *word)
{
    printf(" %s", word);
}

void answer_number(long number)
{
    printf(" %ld", number);
}

void answer_result(int result)
{
    answer(outcome_of(result));
}

void end_of_answers(void)
{
    putchar('\n');
    fflush(stdout);
}

const char *fate_of_client(int listener)
{
    return strcmp(nobody_is_left(listener), "yes") == 0 ? "lost" : "kept";
}
