#include "outcome.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_log.h"
#include "memory.h"
#include "tap.h"

static const char *signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } rows[] = {
        {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},   {SIGTRAP, "SIGTRAP"},
        {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},   {SIGKILL, "SIGKILL"}, {SIGSEGV, "SIGSEGV"},
        {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"},
        {SIGIO, "SIGIO"},     {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == number)
            return rows[i].name;
    return NULL;
}

void ending_describe(struct ending ending, double seconds, char *text, size_t size)
{
    const char *name = ending.how == END_SIGNAL ? signal_name(ending.number) : NULL;
    if (ending.how == END_EXIT)
        snprintf(text, size, "exit status %d", ending.number);
    else if (ending.how == END_SIGNAL && name)
        snprintf(text, size, "killed by %s", name);
    else if (ending.how == END_SIGNAL)
        snprintf(text, size, "killed by signal %d", ending.number);
    else if (ending.how == END_TIMEOUT)
        snprintf(text, size, "hangs: killed after %.1f s", seconds);
    else
        snprintf(text, size, "%s", ending.how == END_STOPPED ? "interrupted" : "not started");
}

/* Of a name that comes more than once, one that failed counts. */
static void keep_own_point(struct points *points, const char *name)
{
    struct point *own = points_find(points, name);
    enum mark mark = own ? own->mark : MARK_MISSING;
    for (size_t i = 0; i < points->count; i++)
        if (strcmp(points->point[i].name, name) == 0 && points->point[i].mark == MARK_FAIL)
            mark = MARK_FAIL;
    points->count = 0;
    points_add(points, name, strlen(name), mark, NULL);
}

void outcome_read_points(struct outcome *outcome, const struct unit *unit, const char *log)
{
    bool is_good = outcome->ending.how == END_EXIT && outcome->ending.number == 0;
    struct points *points = &outcome->points;
    if (unit->reading == READ_TAP)
        tap_read(points, outcome->out.text);
    else if (unit->reading == READ_CHECK)
        check_log_read(points, log);
    if (unit->reading == READ_TAP && unit->only_own_point)
        keep_own_point(points, unit->name);
    if (points->count == 0) /* no framework spoke: the exit status does */
        points_add(points, unit->name, strlen(unit->name), is_good ? MARK_PASS : MARK_FAIL, NULL);
}

void outcome_drop(struct outcome *outcome)
{
    points_drop(&outcome->points);
    if (outcome->ring)
        unlink(outcome->ring);
    free(outcome->out.text);
    free(outcome->all.text);
    free(outcome->first_left);
    free(outcome->ring);
    free(outcome->acts.act);
    *outcome = (struct outcome){0};
}
