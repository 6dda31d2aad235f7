#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cli.h"
#include "../clock.h"
#include "file.h"
#include "keep.h"
#include "memory.h"
#include "tree.h"

/* Bytes that are kept of standard output, which may have test points, and of both streams together, to be shown. */
#define OUT_MOST (8u << 20)
#define ALL_MOST (64u << 10)

static int stop = -1; /* a signalfd for SIGTERM */
static bool is_stopped;

enum { WATCH_STOP, WATCH_END, WATCH_OUT, WATCH_ERR, WATCHES };

struct running {
    pid_t pid;
    struct pollfd watch[WATCHES];
    struct keep out, all;
    int started; /* read end of a pipe that closes when the program is executed */
    double begun;
};

bool run_is_stopped(void)
{
    return is_stopped;
}

/* The parent may have died before the wish was known. */
void run_prepare(void)
{
    sigset_t mask;
    pid_t parent = getppid();
    setpgid(0, 0);
    tree_adopt();
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    stop = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    is_stopped = getppid() != parent;
}

struct pipes {
    int out[2], err[2], started[2];
};

static int make_pipes(struct pipes *pipes)
{
    if (pipe2(pipes->out, O_CLOEXEC) != 0 || pipe2(pipes->err, O_CLOEXEC) != 0 || pipe2(pipes->started, O_CLOEXEC) != 0)
        return errno;
    fcntl(pipes->out[0], F_SETFL, O_NONBLOCK);
    fcntl(pipes->err[0], F_SETFL, O_NONBLOCK);
    return 0;
}

static _Noreturn void become(const struct launch *launching, const struct pipes *pipes)
{
    static const char failed = 'x';
    dup2(pipes->out[1], STDOUT_FILENO);
    dup2(pipes->err[1], STDERR_FILENO);
    launch(launching);
    ssize_t told = write(pipes->started[1], &failed, 1);
    _exit(told == 1 ? STATUS_OWN : STATUS_CANNOT);
}

static int begin(struct running *running, const struct launch *launching)
{
    struct pipes pipes;
    int error = make_pipes(&pipes);
    if (error)
        return error;
    running->begun = clock_seconds();
    running->pid = fork();
    if (running->pid == 0)
        become(launching, &pipes);
    error = running->pid < 0 ? errno : 0;
    close(pipes.out[1]);
    close(pipes.err[1]);
    close(pipes.started[1]);
    running->started = pipes.started[0];
    int end = error ? -1 : (int)syscall(SYS_pidfd_open, running->pid, 0);
    running->watch[WATCH_STOP] = (struct pollfd){.fd = stop, .events = POLLIN};
    running->watch[WATCH_END] = (struct pollfd){.fd = end, .events = POLLIN};
    running->watch[WATCH_OUT] = (struct pollfd){.fd = pipes.out[0], .events = POLLIN};
    running->watch[WATCH_ERR] = (struct pollfd){.fd = pipes.err[0], .events = POLLIN};
    return error;
}

/* Takes what there is to read; a stream at its end is watched no more. */
static void take_output(struct running *running, int watch)
{
    char text[16384];
    ssize_t length;
    while ((length = read(running->watch[watch].fd, text, sizeof text)) > 0) {
        if (watch == WATCH_OUT)
            keep_add(&running->out, text, (size_t)length);
        keep_add(&running->all, text, (size_t)length);
    }
    if (length < 0 && errno == EAGAIN)
        return;
    close(running->watch[watch].fd);
    running->watch[watch].fd = -1;
}

/* Waits for the program's own end, whatever it leaves running. */
static enum end wait_for_end(struct running *running, double timeout)
{
    for (;;) {
        double left = running->begun + timeout - clock_seconds();
        if (left <= 0)
            return END_TIMEOUT;
        if (poll(running->watch, WATCHES, left > 3600 ? 3600000 : (int)(left * 1000) + 1) < 0 && errno != EINTR)
            return END_TIMEOUT;
        is_stopped |= running->watch[WATCH_STOP].revents != 0;
        for (int i = WATCH_OUT; i <= WATCH_ERR; i++)
            if (running->watch[i].fd >= 0 && running->watch[i].revents)
                take_output(running, i);
        if (is_stopped)
            return END_STOPPED;
        if (running->watch[WATCH_END].revents)
            return END_EXIT;
    }
}

static struct ending reap(struct running *running, enum end how)
{
    siginfo_t ended = {0};
    char failed;
    if (how != END_EXIT)
        kill(running->pid, SIGKILL);
    waitid(P_PID, (id_t)running->pid, &ended, WEXITED);
    if (how == END_EXIT && read(running->started, &failed, 1) == 1)
        how = END_NOT_STARTED;
    else if (how == END_EXIT && ended.si_code != CLD_EXITED)
        how = END_SIGNAL;
    return (struct ending){.how = how, .number = ended.si_status};
}

static void finish(struct running *running, struct outcome *outcome)
{
    for (int i = WATCH_OUT; i <= WATCH_ERR; i++)
        if (running->watch[i].fd >= 0)
            take_output(running, i);
    for (int i = WATCH_END; i < WATCHES; i++)
        if (running->watch[i].fd >= 0)
            close(running->watch[i].fd);
    close(running->started);
    outcome->out = keep_end(&running->out);
    outcome->all = keep_end(&running->all);
}

static void supervise(struct running *running, double timeout, struct outcome *outcome)
{
    outcome->ending = reap(running, wait_for_end(running, timeout));
    outcome->seconds = clock_seconds() - running->begun;
    unsigned int left = tree_kill(&outcome->first_left);
    if (outcome->ending.how == END_EXIT || outcome->ending.how == END_SIGNAL)
        outcome->left = left;
    finish(running, outcome);
}

static void not_started(struct outcome *outcome, const char *what, int error)
{
    char *text = memory_format("listenas: %s: %s\n", what, strerror(error));
    outcome->ending = (struct ending){.how = END_NOT_STARTED};
    outcome->out = (struct output){.text = memory_text("")};
    outcome->all = (struct output){.text = text, .size = strlen(text)};
}

static void read_acts(const struct request *request, struct outcome *outcome, const char *root)
{
    const struct acts_wish wish = {
        .annotated = &request->platform->annotated, .program = request->plan->program, .root = root};
    if (outcome->ending.how != END_NOT_STARTED && outcome->ring)
        acts_read(&outcome->acts, outcome->ring, &wish);
}

void run_find_places(const struct request *request, struct outcome *outcome)
{
    free(outcome->acts.act);
    outcome->acts.act = NULL;
    read_acts(request, outcome, request->plan->root);
}

void run(const struct request *request, struct outcome *outcome)
{
    static unsigned int turn;
    const struct plan *plan = request->plan;
    struct running running = {.out = {.most = OUT_MOST}, .all = {.most = ALL_MOST}};
    char *stem = memory_format("%s/%d-%u", plan->work, (int)getpid(), turn++);
    char *log = request->unit->reading == READ_CHECK ? memory_format("%s.xml", stem) : NULL;
    char *tmp = plan->is_isolated ? NULL : memory_format("%s.tmp", stem);
    *outcome = (struct outcome){.ring = memory_format("%s.ring", stem)};
    const struct launch launching = {.plan = plan,
                                     .unit = request->unit,
                                     .platform = request->platform,
                                     .way = request->way,
                                     .ring = outcome->ring,
                                     .log = log,
                                     .tmp = tmp};
    int error = tmp ? directory_make(tmp) : 0;
    if (!error)
        error = begin(&running, &launching);
    if (error)
        not_started(outcome, "the run cannot be started", error);
    else
        supervise(&running, request->timeout, outcome);
    outcome_read_points(outcome, request->unit, log);
    read_acts(request, outcome, NULL);
    if (tmp)
        directory_remove(tmp);
    if (log)
        unlink(log);
    free(tmp);
    free(log);
    free(stem);
}
