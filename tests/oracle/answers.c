#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

void catch_signal(void)
{
    struct sigaction action = {.sa_handler = count_signal};
    sigaction(SIGPIPE, &action, NULL);
}

const char *answer_of(long result)
{
    const char *name = result >= 0 ? "ok" : strerrorname_np(errno);
    int seen = signals;
    signals = 0;
    if (!name)
        return "an unknown errno";
    if (seen == 0)
        return name;
    return strcmp(name, "EPIPE") == 0 ? "EPIPE+SIGPIPE" : "SIGPIPE without EPIPE";
}

void print_answer(const char *kind, const char *state, const char *call, const char *answer)
{
    printf("%s %s %s = %s\n", kind, state, call, answer);
    fflush(stdout);
}
