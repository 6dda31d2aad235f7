/*
 * Programs and libraries that a test compiles for itself, in a directory of its own.
 */
#ifndef LISTENAS_TESTS_COMPILE_H
#define LISTENAS_TESTS_COMPILE_H

#include "job.h"

/* Where the sources of `name` are: beside the test's own file, seen from here or from the build. */
static inline const char *source_directory(const char *file, const char *name)
{
    static char path[PATH_MAX];
    const char *slash = strrchr(file, '/');
    int length = slash ? (int)(slash - file) : 1;
    snprintf(path, sizeof path, "%.*s/%s", length, slash ? file : ".", name);
    if (access(path, F_OK) != 0)
        snprintf(path, sizeof path, "%s/../%.*s/%s", build_directory(), length, slash ? file : ".", name);
    return path;
}

/* Runs the compiler and ends the test if it fails; $CC may be more than one word. */
static inline void compile(const char *options)
{
    char line[4 * PATH_MAX];
    struct job job = {.program = "/bin/sh", .words = {NULL, "-c", line}};
    snprintf(line, sizeof line, "${CC:-cc} -D_GNU_SOURCE -O1 -g -pthread %s -ldl", options);
    jobs_run(&job, 1, 1);
    if (job.status != 0) {
        fputs(job.text, stderr);
        exit(1);
    }
    free(job.text);
}

#endif
