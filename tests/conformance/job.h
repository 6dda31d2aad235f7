/*
 * Programs that are started under a profile, several at a time, and what they print.
 */
#ifndef LISTENAS_TESTS_JOB_H
#define LISTENAS_TESTS_JOB_H

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../servers/network.h"

#define JOB_WORDS 40

struct job {
    char program[PATH_MAX];
    const char *words[JOB_WORDS]; /* of the command line, the first is put in by job_start */
    const char *preload;          /* LD_PRELOAD, NULL for none */
    const char *profile, *set, *ring;
    bool own_network; /* what one job does to a port must not show in what another observes */
    pid_t pid;
    int out;    /* a file in memory */
    int status; /* as wait gives it */
    char *text; /* what it printed */
};

static inline const char *build_directory(void)
{
    const char *build = getenv("LISTENAS_BUILD");
    if (!build) {
        fputs("LISTENAS_BUILD is not set\n", stderr);
        exit(1);
    }
    return build;
}

static inline void job_environment(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static inline void job_exec(struct job *job)
{
    job->words[0] = job->program;
    if (job->own_network)
        enter_own_network();
    job_environment("LISTENAS_PROFILE", job->profile);
    job_environment("LISTENAS_SET", job->set);
    job_environment("LISTENAS_RING", job->ring);
    job_environment("LD_PRELOAD", job->preload);
    dup2(job->out, STDOUT_FILENO);
    dup2(job->out, STDERR_FILENO);
    execv(job->program, (char *const *)job->words);
    _exit(127);
}

static inline void job_start(struct job *job)
{
    job->out = memfd_create("output", MFD_CLOEXEC);
    job->pid = job->out < 0 ? -1 : fork();
    if (job->pid < 0) {
        perror("job");
        exit(1);
    }
    if (job->pid == 0)
        job_exec(job);
}

/* Takes what a job has printed, as a string. */
static inline void job_end(struct job *job, int status)
{
    off_t size = lseek(job->out, 0, SEEK_END);
    job->status = status;
    job->text = calloc((size_t)size + 1, 1);
    if (!job->text || pread(job->out, job->text, (size_t)size, 0) != size)
        abort();
    close(job->out);
}

/* Runs them all, `width` at a time. */
static inline void jobs_run(struct job *jobs, int count, int width)
{
    int started = 0, ended = 0, status;
    while (ended < count) {
        while (started < count && started - ended < width)
            job_start(&jobs[started++]);
        pid_t child = wait(&status);
        for (int i = 0; i < started; i++)
            if (jobs[i].pid == child && !jobs[i].text) {
                job_end(&jobs[i], status);
                ended++;
            }
    }
}

static inline int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* A directory with all that is in it. */
static inline void remove_directory(const char *directory)
{
    if (nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        perror(directory);
}

/* The user's own configuration must not reach the tests. */
static inline void forget_user(void)
{
    unsetenv("LISTENAS_PROFILE");
    unsetenv("LISTENAS_SET");
    unsetenv("LISTENAS_PROVOKE");
    unsetenv("LISTENAS_RING");
    unsetenv("LISTENAS_CONF_PATH");
    unsetenv("LD_PRELOAD");
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_RUNTIME_DIR");
    setenv("HOME", "/nonexistent", 1);
}

#endif
