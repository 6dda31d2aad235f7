#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"

void question(int domain, const char *name)
{
    printf("%s: %s =", domain_name(domain), name);
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
    answer(answer_of(result, "ok"));
}

void end_of_answers(void)
{
    putchar('\n');
    fflush(stdout);
}

void ask(int domain, const char *name, const char *word)
{
    question(domain, name);
    answer(word);
    end_of_answers();
}

const char *fate_of_client(int listener)
{
    return strcmp(nobody_is_left(listener), "yes") == 0 ? "lost" : "kept";
}
