#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

/* Not faster than this, if one worker after the other dies. */
#define RESTART_NS 10000000L

static volatile sig_atomic_t worker_pid, asked_to_end;

/* A worker that has just died does not hear it. */
static void pass_on(int number)
{
    asked_to_end = 1;
    if (worker_pid > 0)
        kill(worker_pid, number);
}

/* A child that shares the table of descriptors with its parent, but no memory of its own. */
static pid_t fork_worker(void)
{
    return (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* Of the signals that end us: the worker hears of them in its sleep, the guardian while it waits. */
static void hold_signals(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(how, &set, NULL);
}

static int wait_for_worker(pid_t worker)
{
    const struct sigaction action = {.sa_handler = pass_on};
    int status;
    for (size_t i = 0; i < 3; i++)
        sigaction((const int[]){SIGTERM, SIGINT, SIGHUP}[i], &action, NULL);
    worker_pid = worker;
    hold_signals(SIG_UNBLOCK);
    while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
        continue;
    hold_signals(SIG_BLOCK);
    return status;
}

/* Returns when the gatekeeper is to end; in the process that was the worker too, if it has become the guardian. */
static void guard(struct keeper *keeper)
{
    const struct timespec pause = {.tv_nsec = RESTART_NS};
    for (;;) {
        pid_t guardian = getpid(), worker = fork_worker();
        if (worker == 0) {
            if (worker_run(keeper, guardian)) {
                listeners_open_all(&keeper->listeners);
                _exit(EXIT_SUCCESS);
            }
            continue;
        }
        if (worker < 0)
            listeners_open_all(&keeper->listeners);
        else if (wait_for_worker(worker) == 0)
            return;
        else
            listeners_open_all(&keeper->listeners);
        if (asked_to_end)
            return;
        nanosleep(&pause, NULL);
    }
}

static void raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int keeper_bind(const struct gate_address *address)
{
    const int yes = 1;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) == 0 &&
        bind(fd, (const struct sockaddr *)&address->name, address->length) == 0)
        return fd;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

int keeper_run(int requests, int program, const char *setting)
{
    struct keeper *keeper = mmap(NULL, sizeof *keeper, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (keeper == MAP_FAILED)
        return errno;
    keeper->requests = requests;
    keeper->program = program;
    snprintf(keeper->setting, sizeof keeper->setting, "%s", setting);
    keeper->listeners.events = epoll_create1(EPOLL_CLOEXEC);
    if (keeper->listeners.events < 0)
        return errno;
    raise_limit();
    hold_signals(SIG_BLOCK);
    guard(keeper);
    return 0;
}

/* A name that nobody can guess and take first. */
static int name_gate(char *setting, size_t size)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return errno;
    snprintf(setting, size, "LISTENAS_GATE=@listenas-gate-%d-%016llx", (int)getpid(), (unsigned long long)number);
    return 0;
}

/* Leaves standard streams that lead nowhere, and the two descriptors behind them. */
static void keep_only(int *requests, int *program)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    int high = fcntl(*requests, F_DUPFD_CLOEXEC, 16), higher = fcntl(*program, F_DUPFD_CLOEXEC, 16);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(nowhere, fd);
    *requests = dup3(high, 3, O_CLOEXEC);
    *program = dup3(higher, 4, O_CLOEXEC);
    close_range(5, ~0U, 0);
}

static void become_keeper(int requests, int program, const char *setting)
{
    setsid();
    prctl(PR_SET_NAME, "listenas-gate");
    keep_only(&requests, &program);
    if (chdir("/") == 0)
        keeper_run(requests, program, setting);
    _exit(EXIT_SUCCESS);
}

int keeper_start(char *setting, size_t size)
{
    struct gate_address address;
    int error = name_gate(setting, size), requests = -1, program = -1;
    if (error)
        return error;
    gate_address_read(&address, strchr(setting, '=') + 1);
    requests = keeper_bind(&address);
    program = (int)syscall(SYS_pidfd_open, getpid(), 0);
    pid_t child = requests < 0 || program < 0 ? -1 : fork();
    error = child < 0 ? errno : 0;
    if (child == 0) {
        if (fork() == 0)
            become_keeper(requests, program, setting);
        _exit(EXIT_SUCCESS);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
    if (requests >= 0)
        close(requests);
    if (program >= 0)
        close(program);
    return error;
}
