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

/* What this process waits for while the program runs. Blocked, so that none is missed. */
static sigset_t waited_for(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
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
    optind = 0; /* getopt starts over */
    exit(verb_run.run((int)(count + words), arguments));
}

/* Reaps those that have ended; `status` becomes the program's own. Returns whether any child is left. */
static bool reap(pid_t program, int *status)
{
    int ended;
    pid_t pid;
    while ((pid = waitpid(-1, &ended, WNOHANG | __WALL)) > 0)
        if (pid == program)
            *status = ended;
    return pid == 0;
}

/* Only says so: the calls that it made are judged anyway. */
static void say_end(int status)
{
    if (WIFSIGNALED(status))
        say("the program was ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status))
        say("the program ended with exit status %d", WEXITSTATUS(status));
}

/*
 * Waits for every child, the adopted ones included. A signal to this process ends them, and then the processes that
 * they leave. Returns whether a signal came.
 */
static bool wait_for_all(pid_t program, int *status)
{
    const sigset_t set = waited_for();
    int told = 0;
    while (reap(program, status)) {
        int number = sigwaitinfo(&set, NULL);
        told += number > 0 && number != SIGCHLD;
        if (told)
            tree_signal(told > 1 ? SIGKILL : SIGTERM);
    }
    return told;
}

int lint_record(const struct lint_wish *wish, const char *ring)
{
    const sigset_t set = waited_for();
    sigset_t before;
    int status = 0;
    tree_adopt();
    sigprocmask(SIG_BLOCK, &set, &before);
    fflush(stdout);
    pid_t program = fork();
    if (program == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        become(wish, ring);
    }
    if (program < 0) {
        say("the program cannot be started: %s", strerror(errno));
        return STATUS_OWN;
    }
    bool told = wait_for_all(program, &status);
    sigprocmask(SIG_SETMASK, &before, NULL);
    /* Without a record it may never have been the program; one that makes no call leaves none. */
    if (access(ring, F_OK) != 0 && WIFEXITED(status) && WEXITSTATUS(status) >= STATUS_OWN)
        return WEXITSTATUS(status);
    if (!told)
        say_end(status);
    return -1;
}
