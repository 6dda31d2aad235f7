#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "run.h"
#include "tree.h"

#define TICK_MS 500

static int signals = -1, signal_seen;

struct worker {
    pid_t pid; /* 0: free */
    size_t job;
    int pipe;
    char *text;
    size_t used;
};

struct pooling {
    const struct pool *pool;
    struct worker *worker;
    struct pollfd *watch; /* of the workers, then of the signals */
    size_t next, count, ended;
};

int pool_signal(void)
{
    return signal_seen;
}

void pool_prepare(void)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGHUP);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    signal(SIGPIPE,
           SIG_IGN); /* whoever reads the table may have seen enough: the runs must be tidied up all the same */
    tree_adopt();
}

static _Noreturn void work(const struct pooling *pooling, size_t job, int out)
{
    run_prepare();
    json_t *result = run_is_stopped() ? NULL : pooling->pool->work(job, pooling->pool->context);
    _exit(result && json_dumpfd(result, out, JSON_COMPACT) == 0 ? 0 : 1);
}

/* Returns whether the job has begun; if not, it has ended: without a process there is no result. */
static bool begin(struct pooling *pooling, struct worker *worker)
{
    int ends[2];
    size_t job = pooling->next++;
    if (pipe2(ends, O_CLOEXEC) == 0) {
        *worker = (struct worker){.job = job, .pipe = ends[0], .pid = fork()};
        if (worker->pid == 0)
            work(pooling, job, ends[1]);
        close(ends[1]);
        if (worker->pid > 0)
            return true;
        close(ends[0]);
        worker->pid = 0;
    }
    pooling->ended++;
    pooling->pool->done(job, NULL, pooling->pool->context);
    return false;
}

static void begin_all(struct pooling *pooling)
{
    for (unsigned int i = 0; i < pooling->pool->most; i++)
        while (!signal_seen && pooling->worker[i].pid == 0 && pooling->next < pooling->count &&
               !begin(pooling, &pooling->worker[i]))
            continue;
}

/* A job that died may have left runs: they are ours now. */
static void end(struct pooling *pooling, struct worker *worker)
{
    int status = 0;
    close(worker->pipe);
    waitpid(worker->pid, &status, 0);
    json_t *result = status == 0 ? json_loadb(worker->text ? worker->text : "", worker->used, 0, NULL) : NULL;
    free(worker->text);
    worker->pid = 0;
    pooling->ended++;
    pooling->pool->done(worker->job, result, pooling->pool->context);
    json_decref(result);
}

static void take(struct pooling *pooling, struct worker *worker)
{
    worker->text = memory_more(worker->text, worker->used + 65536, 1);
    ssize_t length = read(worker->pipe, worker->text + worker->used, 65536);
    if (length > 0)
        worker->used += (size_t)length;
    else if (length == 0 || errno != EINTR)
        end(pooling, worker);
}

static void take_signal(const struct pooling *pooling)
{
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    signal_seen = (int)info.ssi_signo;
    for (unsigned int i = 0; i < pooling->pool->most; i++)
        if (pooling->worker[i].pid)
            kill(pooling->worker[i].pid, SIGTERM);
}

static bool is_busy(struct pooling *pooling)
{
    bool is = false;
    for (unsigned int i = 0; i < pooling->pool->most; i++) {
        const struct worker *worker = &pooling->worker[i];
        pooling->watch[i] = (struct pollfd){.fd = worker->pid ? worker->pipe : -1, .events = POLLIN};
        is |= worker->pid != 0;
    }
    pooling->watch[pooling->pool->most] = (struct pollfd){.fd = signals, .events = POLLIN};
    return is;
}

static void attend(struct pooling *pooling)
{
    const struct pool *pool = pooling->pool;
    poll(pooling->watch, pool->most + 1, TICK_MS);
    if (pooling->watch[pool->most].revents)
        take_signal(pooling);
    for (unsigned int i = 0; i < pool->most; i++)
        if (pooling->watch[i].revents)
            take(pooling, &pooling->worker[i]);
    if (pool->tick)
        pool->tick(pooling->ended, pool->context);
}

bool pool_run(const struct pool *pool, size_t count)
{
    struct pooling pooling = {.pool = pool,
                              .count = count,
                              .worker = memory_new(pool->most * sizeof *pooling.worker),
                              .watch = memory_new((pool->most + 1) * sizeof *pooling.watch)};
    for (begin_all(&pooling); is_busy(&pooling); begin_all(&pooling))
        attend(&pooling);
    tree_kill(NULL);
    free(pooling.worker);
    free(pooling.watch);
    return signal_seen == 0;
}
