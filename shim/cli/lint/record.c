#include "record.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cli.h"
#include "../test/memory.h"
#include "../test/tree.h"
#include "../verb.h"

static volatile sig_atomic_t told;

static void note(int number)
{
    (void)number;
    told++;
}

/* Not restarted: a wait must end. */
static void take_signals(void)
{
    struct sigaction action = {.sa_handler = note};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static void leave_signals(void)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
}

/* As `listenas run` does it: with all its checks, and becoming the program. */
static _Noreturn void become(const struct lint_wish *wish, const char *ring)
{
    const char *front[] = {"run", "-p", "native", "-o", "record.facts=yes", "-r", ring, wish->isolate ? "-i" : "--"};
    const size_t fixed = sizeof front / sizeof *front;
    size_t count = fixed, words = 0;
    while (wish->words[words])
        words++;
    char **arguments = memory_new((fixed + words + 2) * sizeof *arguments);
    memcpy(arguments, front, sizeof front);
    if (wish->isolate)
        arguments[count++] = (char *)"--";
    memcpy(arguments + count, wish->words, words * sizeof *arguments);
    optind = 0; /* getopt begins anew */
    exit(verb_run.run((int)(count + words), arguments));
}

/* Waits for every child, the adopted ones included. `status` becomes the program's own. */
static void wait_for_all(pid_t program, int *status)
{
    int ended;
    for (;;) {
        int before = told;
        pid_t pid = waitpid(-1, &ended, __WALL);
        if (pid == program)
            *status = ended;
        if (pid < 0 && errno == ECHILD)
            return;
        if (told > before || (pid == program && told))
            tree_signal(told > 1 ? SIGKILL : SIGTERM);
    }
}

int lint_record(const struct lint_wish *wish, const char *ring)
{
    int status = 0;
    tree_adopt();
    take_signals();
    fflush(stdout);
    pid_t program = fork();
    if (program == 0) {
        leave_signals();
        become(wish, ring);
    }
    if (program < 0) {
        say("the program cannot be started: %s", strerror(errno));
        return STATUS_OWN;
    }
    wait_for_all(program, &status);
    leave_signals();
    if (access(ring, F_OK) == 0)
        return -1;
    return WIFEXITED(status) && WEXITSTATUS(status) >= STATUS_OWN ? WEXITSTATUS(status) : STATUS_OWN;
}
