/*
 * What the library adds to the start of a process, beside what an empty preload adds: the dynamic linker's share. The
 * sides take turns; what counts is the processor time of the process and its children, so that others on the machine
 * make no difference.
 */
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ratios.h"

#define STARTS 600
#define SCRIPTS 12
#define EXECS "500"

/* How a program is started; `profile` NULL: without the library. */
struct side {
    const char *what, *profile;
    bool empty; /* with the empty preload */
};

static const struct side sides[] = {
    {"without", NULL, false}, {"an empty preload", NULL, true}, {"native", "native", false}, {"linux", "linux", false},
    {"bsd", "bsd", false},    {"freebsd", "freebsd", false},    {"mks", "mks", false},
};

enum { WITHOUT, EMPTY, SIDES = sizeof sides / sizeof *sides };

static char *const trivial[] = {(char[]){"/bin/true"}, NULL};
static char *const script[] = {(char[]){"/bin/sh"}, (char[]){"-c"},
                               (char[]){"i=0; while [ $i -lt " EXECS " ]; do /bin/true; i=$((i + 1)); done"}, NULL};

static double times[SIDES][STARTS];
static char preloads[SIDES][600], profiles[SIDES][64];

static void name_sides(const char *build)
{
    for (int i = 0; i < SIDES; i++) {
        snprintf(preloads[i], sizeof preloads[i], "LD_PRELOAD=%s/%s", build,
                 sides[i].empty ? "tests/bench/empty.so" : "liblistenas.so");
        snprintf(profiles[i], sizeof profiles[i], "LISTENAS_PROFILE=%s", sides[i].profile ? sides[i].profile : "");
    }
}

/* Microseconds of processor time of one run. */
static double time_run(int side, char *const *words)
{
    char *environment[] = {preloads[side], profiles[side], NULL};
    struct rusage usage;
    pid_t pid;
    int status;
    bool plain = !sides[side].profile && !sides[side].empty;
    if (posix_spawn(&pid, words[0], NULL, NULL, words, plain ? environment + 2 : environment) != 0 ||
        wait4(pid, &status, 0, &usage) != pid || status != 0) {
        fprintf(stderr, "start: %s does not run\n", words[0]);
        exit(1);
    }
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Each round begins with another side, so that none always goes first; the first rounds warm up. */
static void time_all(char *const *words, int rounds)
{
    for (int round = -2; round < rounds; round++)
        for (int i = 0; i < SIDES; i++) {
            int side = (i + round + 2) % SIDES;
            double taken = time_run(side, words);
            if (round >= 0)
                times[side][round] = taken;
        }
}

/* The lower quartile: what disturbs a run only ever adds to it. */
static double undisturbed(double *runs, size_t count)
{
    qsort(runs, count, sizeof *runs, double_order);
    return runs[count / 4];
}

static void print_starts(void)
{
    double taken[SIDES];
    printf("\n%-34s %12s %12s %16s %6s\n", "start of /bin/true, processor time", "microseconds", "added",
           "empty preloads", "goal");
    for (int i = 0; i < SIDES; i++)
        taken[i] = undisturbed(times[i], STARTS);
    for (int i = 0; i < SIDES; i++)
        printf("  %-32s %12.0f %12.0f %16.2f %6s\n", sides[i].what, taken[i], taken[i] - taken[WITHOUT],
               (taken[i] - taken[WITHOUT]) / (taken[EMPTY] - taken[WITHOUT]), sides[i].profile ? "2" : "");
}

static void print_scripts(void)
{
    double taken[SIDES];
    printf("\n%-34s %12s %12s %16s %6s\n", "sh that runs /bin/true " EXECS " times", "milliseconds", "of without",
           "of empty preload", "goal");
    for (int i = 0; i < SIDES; i++)
        taken[i] = undisturbed(times[i], SCRIPTS);
    for (int i = 0; i < SIDES; i++)
        printf("  %-32s %12.1f %12.3f %16.3f %6s\n", sides[i].what, taken[i] / 1000, taken[i] / taken[WITHOUT],
               taken[i] / taken[EMPTY], sides[i].profile ? "1.05" : "");
}

int main(void)
{
    const char *build = getenv("LISTENAS_BUILD");
    if (!build) {
        fputs("start: set LISTENAS_BUILD to the absolute path of build/\n", stderr);
        return 1;
    }
    name_sides(build);
    time_all(trivial, STARTS);
    print_starts();
    time_all(script, SCRIPTS);
    print_scripts();
    return 0;
}
