#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* 0: there is none. */
static pid_t pager;

static const char *chosen(void)
{
    const char *said = getenv("PAGER");
    return said ? said : "less";
}

static bool is_wanted(void)
{
    const char *words = chosen();
    return isatty(STDOUT_FILENO) && *words && strcmp(words, "cat") != 0;
}

/* If less is missing, this process copies its input. */
static void become_pager(int input)
{
    char bytes[4096];
    ssize_t size;
    dup2(input, STDIN_FILENO);
    setenv("LESS", "FRX", 0);
    if (getenv("PAGER"))
        execl("/bin/sh", "sh", "-c", chosen(), (char *)NULL);
    else
        execlp(chosen(), chosen(), (char *)NULL);
    while ((size = read(STDIN_FILENO, bytes, sizeof bytes)) > 0)
        if (write(STDOUT_FILENO, bytes, (size_t)size) != size)
            break;
    _exit(EXIT_SUCCESS);
}

void pager_start(void)
{
    int ends[2];
    if (!is_wanted() || pipe2(ends, O_CLOEXEC) != 0)
        return;
    fflush(stdout);
    pager = fork();
    if (pager == 0)
        become_pager(ends[0]);
    if (pager > 0)
        dup2(ends[1], STDOUT_FILENO);
    else
        pager = 0;
    close(ends[0]);
    close(ends[1]);
}

void pager_end(void)
{
    if (!pager)
        return;
    /* Who leaves the pager early has seen enough: that is no lost output. */
    signal(SIGPIPE, SIG_IGN);
    if (fflush(stdout) != 0)
        clearerr(stdout);
    close(STDOUT_FILENO);
    if (open("/dev/null", O_WRONLY | O_CLOEXEC) < 0)
        perror("listenas: /dev/null");
    while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
        ;
    pager = 0;
}
