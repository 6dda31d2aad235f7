#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../sequences/plan.h"

/* How often a sequence that differs is run again, and how often it must differ then. */
#define RUNS_TO_SETTLE 4
#define DIFFERENT_LEAST 3
/* How many smaller sequences one report tries. */
#define SHRINK_TRIES 300

/* Writes the first line in which the traces differ; false where none does. */
static bool differ(const char *plain, const char *given, char fault[FAULT_ROOM])
{
    while (*plain || *given) {
        int length = (int)strcspn(plain, "\n"), other = (int)strcspn(given, "\n");
        if (length != other || strncmp(plain, given, (size_t)length) != 0) {
            snprintf(fault, FAULT_ROOM, "the first call that differs\n  without: %.*s\n  with:    %.*s", length, plain,
                     other, given);
            return true;
        }
        plain += length + (plain[length] != '\0');
        given += length + (given[length] != '\0');
    }
    return false;
}

/*
 * Whether it is the library that makes the difference, and not the kernel, which chooses ports by chance: two sockets
 * get the same one in one of some thousand sequences. Nor is it the machine, which may keep a call waiting until its
 * time-out and a signal have both come. Without the library every run is then the same, and with it the difference
 * comes again and again.
 */
static bool is_settled(const struct trial *trial, const char *kept, const struct run *plain)
{
    int same = 0, different = 0;
    for (int i = 0; i < RUNS_TO_SETTLE; i++) {
        struct run again = run_once(trial->seed, kept, NULL), with = run_once(trial->seed, kept, trial->profile);
        same += strcmp(again.trace, plain->trace) == 0;
        different += strcmp(with.trace, plain->trace) != 0;
        run_free(&again);
        run_free(&with);
    }
    return same == RUNS_TO_SETTLE && different >= DIFFERENT_LEAST;
}

enum outcome trial_run(const struct trial *trial, const char *kept, const struct run *plain, char fault[FAULT_ROOM])
{
    struct run run = run_once(trial->seed, kept, trial->profile);
    enum outcome outcome = judge(&run, trial->annotated, fault) ? OUTCOME_GOOD : OUTCOME_BAD;
    if (outcome == OUTCOME_GOOD && trial->is_kernel && differ(plain->trace, run.trace, fault))
        outcome = is_settled(trial, kept, plain) ? OUTCOME_BAD : OUTCOME_UNSETTLED;
    run_free(&run);
    return outcome;
}

static bool is_bad(const struct trial *trial, const char *kept, char fault[FAULT_ROOM])
{
    struct run plain = run_once(trial->seed, kept, NULL);
    enum outcome outcome = trial_run(trial, kept, &plain, fault);
    run_free(&plain);
    return outcome == OUTCOME_BAD;
}

/* Leaves out `size` steps at a time, wherever the trial stays bad without them. */
static void leave_out(const struct trial *trial, char kept[KEPT_ROOM], int count, int size, int *tries)
{
    char without[KEPT_ROOM], fault[FAULT_ROOM];
    for (int at = 0; at<count && * tries> 0; at += size) {
        memcpy(without, kept, KEPT_ROOM);
        memset(without + at, '0', (size_t)(at + size < count ? size : count - at));
        if (strcmp(without, kept) == 0)
            continue;
        --*tries;
        if (is_bad(trial, without, fault))
            memcpy(kept, without, KEPT_ROOM);
    }
}

static void shrink(const struct trial *trial, char kept[KEPT_ROOM])
{
    static struct plan plan;
    int tries = SHRINK_TRIES;
    plan_make(&plan, trial->seed);
    memset(kept, 0, KEPT_ROOM);
    memset(kept, '1', (size_t)plan.count);
    for (int size = plan.count / 2; size > 0; size /= 2)
        leave_out(trial, kept, plan.count, size, &tries);
}

static void print_run(const char *title, const struct trial *trial, const char *kept, const char *profile)
{
    struct run run = run_once(trial->seed, kept, profile);
    printf("--- %s\n%s%s", title, run.trace, run.errors);
    if (profile)
        printf("%s", run.records);
    run_free(&run);
}

void trial_report(const struct trial *trial, const char *fault)
{
    const char *profile = trial->profile ? trial->profile : "without the library";
    char kept[KEPT_ROOM], smallest[FAULT_ROOM] = "";
    printf("LISTENAS_SEED=%" PRIu64 " LISTENAS_SEQUENCES=1, %s: %s\n", trial->seed, profile, fault);
    shrink(trial, kept);
    if (is_bad(trial, kept, smallest))
        printf("as few calls as show it (sequences %" PRIu64 " %s): %s\n", trial->seed, kept, smallest);
    else
        printf("it does not show each time\n");
    print_run("without the library", trial, kept, NULL);
    if (trial->profile)
        print_run(profile, trial, kept, trial->profile);
    fflush(stdout);
}
