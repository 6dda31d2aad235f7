/*
 * For tests: the command's own refuser, at a path that nobody else uses: an abstract name would not be seen from
 * another network.
 */
#ifndef LISTENAS_TESTS_DAEMON_H
#define LISTENAS_TESTS_DAEMON_H

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../shim/refuser/protocol.h"

static inline bool refuser_answers(const char *name)
{
    struct refuser_address address;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    refuser_address_read(&address, name);
    bool answers = connect(fd, (const struct sockaddr *)&address.name, address.length) == 0;
    close(fd);
    return answers;
}

/*
 * Whether it serves: it answers what is no request. Whoever can be connected to only listens, and may be before it
 * knows what to do with a signal.
 */
static inline bool refuser_serves(const char *name)
{
    struct refuser_address address;
    struct refuser_answer answer;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    refuser_address_read(&address, name);
    bool serves = connect(fd, (const struct sockaddr *)&address.name, address.length) == 0 &&
                  send(fd, "?", 1, MSG_NOSIGNAL) == 1 && recv(fd, &answer, sizeof answer, 0) == sizeof answer;
    close(fd);
    return serves;
}

/* The process of a refuser that begins at that path. `become` is called in it first, unless it is NULL. */
static inline pid_t refuser_daemon_launch(char *name, void (*become)(void))
{
    char program[4096];
    snprintf(program, sizeof program, "%s/listenas", getenv("LISTENAS_BUILD"));
    /* Opened before it becomes somebody else, who need not be able to enter the directory. */
    int opened = open(program, O_RDONLY | O_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) {
        char *words[] = {program, (char[]){"refuser"}, name, NULL};
        /* A test that fails has its group killed, but the refuser is to end in order. */
        setsid();
        if (become)
            become();
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        fexecve(opened, words, environ);
        perror(program);
        _exit(127);
    }
    close(opened);
    return pid;
}

/*
 * Starts one, puts it into LISTENAS_REFUSER and returns its process when it serves; 0, with a line that
 * says so, on a host where it may not. `become` as above.
 */
static inline pid_t refuser_daemon_start_as(void (*become)(void))
{
    char name[64];
    snprintf(name, sizeof name, "/tmp/listenas-refuser-%d", (int)getpid());
    pid_t pid = refuser_daemon_launch(name, become);
    while (!refuser_serves(name)) {
        if (waitpid(pid, NULL, WNOHANG) == pid) {
            puts("skipped: refusing at a full queue: no refuser can run here");
            return 0;
        }
        sched_yield();
    }
    setenv("LISTENAS_REFUSER", name, 1);
    return pid;
}

static inline pid_t refuser_daemon_start(void)
{
    return refuser_daemon_start_as(NULL);
}

/* The only child of a process, 0 for none: the supervisor's is the worker. */
static inline pid_t child_of(pid_t pid)
{
    char path[64];
    int child = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%d", &child) != 1)
        child = 0;
    fclose(file);
    return child;
}

static inline pid_t await_child_of(pid_t pid)
{
    pid_t child;
    while (!(child = child_of(pid)))
        sched_yield();
    return child;
}

/* How often a process has gone to sleep so far. */
static inline long sleeps_of(pid_t pid)
{
    static const char name[] = "voluntary_ctxt_switches:";
    char path[64], line[128];
    long count = -1;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, sizeof name - 1) == 0)
            count = strtol(line + sizeof name - 1, NULL, 10);
    if (file)
        fclose(file);
    return count;
}

/* How long something is awaited that must happen, on a machine however busy. */
#define REFUSER_AWAIT_MS 40000

static inline int64_t refuser_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether its worker wakes up and sleeps again, though nobody wakes it. */
static inline bool refuser_stirs(pid_t supervisor)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    pid_t worker = await_child_of(supervisor);
    long before = sleeps_of(worker);
    int64_t until = refuser_now_ms() + REFUSER_AWAIT_MS;
    while (sleeps_of(worker) == before && refuser_now_ms() < until)
        nanosleep(&pause, NULL);
    return sleeps_of(worker) != before;
}

/* Whether neither of a refuser's processes wakes up within that time. */
static inline bool refuser_rests(pid_t supervisor, int milliseconds)
{
    const struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
    pid_t worker = await_child_of(supervisor);
    long before = sleeps_of(supervisor), worker_before = sleeps_of(worker);
    nanosleep(&time, NULL);
    return before >= 0 && worker_before >= 0 && before == sleeps_of(supervisor) && worker_before == sleeps_of(worker);
}

/* Likewise at last: it may have something left to do. */
static inline bool refuser_comes_to_rest(pid_t supervisor, int milliseconds)
{
    for (int64_t until = refuser_now_ms() + REFUSER_AWAIT_MS; refuser_now_ms() < until;)
        if (refuser_rests(supervisor, milliseconds))
            return true;
    return false;
}

static inline void refuser_daemon_stop(pid_t pid)
{
    const char *name = getenv("LISTENAS_REFUSER");
    if (pid > 0 && kill(pid, SIGTERM) == 0)
        waitpid(pid, NULL, 0);
    if (name)
        unlink(name);
    unsetenv("LISTENAS_REFUSER");
}

#endif
