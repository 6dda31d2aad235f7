/*
 * Random sequences of socket calls, each made without the library, as native, as linux, as linux with the facts of each
 * call on record, and under other profiles in turn; driver/ says what must hold. The first three promise what the
 * kernel does: every call then gives the same to the last byte.
 *
 * LISTENAS_SEED=N begins with the sequence N, which is printed where something is wrong; LISTENAS_SEQUENCES=N makes so
 * many. The sequences are the same in each run, so that a test fails only by what has changed. With LISTENAS_SOAK set
 * it begins with a random one, and goes on for LISTENAS_SOAK_SECONDS.
 */
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../shim/profile/builtin.h"
#include "../../shim/profile/loader/load.h"
#include "driver/compare.h"

#define SEQUENCES 1500
#define SEED UINT64_C(178900000000000)
#define SOAK_SECONDS 600
/* Under these the traces are equal to those without the library; each other profile has its turn. */
#define OTHERS_AT_ONCE 2
/* A report takes hundreds of runs. */
#define REPORTS_MOST 3
/* Of a thousand sequences, so many may not come out the same twice. */
#define UNSETTLED_MOST 5

static const char *const kernel_profiles[] = {"native", "linux"};

/* Under this one, too: it asks for facts and promises nothing. */
static char facts_profile[] = "/tmp/sequences-facts-XXXXXX.conf";

/* Shared by the processes that work. */
struct tally {
    atomic_uint sequences, bad, unsettled;
};

struct work {
    uint64_t seed;                       /* of the first sequence */
    uint64_t sequences;                  /* how many, if there is no time at which to end */
    time_t end;                          /* by the monotonic clock, 0 for none */
    struct annotated_profile *annotated; /* one for each built-in profile, then that of facts_profile */
    int profiles;
    struct tally *tally;
};

static time_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

static uint64_t number_from(const char *name, uint64_t usual)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : usual;
}

static uint64_t usual_seed(void)
{
    return getenv("LISTENAS_SOAK") ? (uint64_t)time(NULL) * 100000 + (uint64_t)getpid() % 100000 : SEED;
}

static bool is_kernel_profile(const char *name)
{
    return strcmp(name, kernel_profiles[0]) == 0 || strcmp(name, kernel_profiles[1]) == 0;
}

static void count_outcome(const struct work *work, const struct trial *trial, enum outcome outcome, const char *fault)
{
    if (outcome == OUTCOME_UNSETTLED) {
        atomic_fetch_add(&work->tally->unsettled, 1);
        printf("unsettled: LISTENAS_SEED=%" PRIu64 ", %s: %s\n", trial->seed, trial->profile, fault);
    }
    if (outcome == OUTCOME_BAD && atomic_fetch_add(&work->tally->bad, 1) < REPORTS_MOST)
        trial_report(trial, fault);
}

static void try_profile(const struct work *work, uint64_t seed, int profile, const struct run *plain)
{
    char fault[FAULT_ROOM];
    const struct trial trial = {.seed = seed,
                                .profile = builtins[profile].name,
                                .annotated = &work->annotated[profile],
                                .is_kernel = is_kernel_profile(builtins[profile].name)};
    count_outcome(work, &trial, trial_run(&trial, "", plain, fault), fault);
}

static void try_facts(const struct work *work, uint64_t seed, const struct run *plain)
{
    char fault[FAULT_ROOM];
    const struct trial trial = {
        .seed = seed, .profile = facts_profile, .annotated = &work->annotated[work->profiles], .is_kernel = true};
    count_outcome(work, &trial, trial_run(&trial, "", plain, fault), fault);
}

static void try_sequence(const struct work *work, uint64_t seed)
{
    char fault[FAULT_ROOM];
    struct run plain = run_once(seed, "", NULL);
    const struct trial without = {.seed = seed};
    atomic_fetch_add(&work->tally->sequences, 1);
    if (!judge(&plain, NULL, fault))
        count_outcome(work, &without, OUTCOME_BAD, fault);
    for (int profile = 0; profile < work->profiles; profile++)
        if (is_kernel_profile(builtins[profile].name) ||
            ((uint64_t)profile + seed * OTHERS_AT_ONCE) % (uint64_t)work->profiles < OTHERS_AT_ONCE)
            try_profile(work, seed, profile, &plain);
    try_facts(work, seed, &plain);
    run_free(&plain);
}

/* What process number `part` of `parts` does. */
static void do_part(const struct work *work, int part, int parts)
{
    for (uint64_t i = (uint64_t)part; work->end ? now() < work->end : i < work->sequences; i += (uint64_t)parts)
        try_sequence(work, work->seed + i);
}

static volatile sig_atomic_t is_told;

static void note_end(int signal)
{
    (void)signal;
    is_told = 1;
}

/* On SIGINT and SIGTERM the parent ends its parts, and removes the directory of the runs. */
static void be_told(void (*handler)(int))
{
    const struct sigaction action = {.sa_handler = handler};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void start_part(const struct work *work, int part, int parts, pid_t *pid)
{
    *pid = fork();
    if (*pid != 0)
        return;
    be_told(SIG_DFL);
    do_part(work, part, parts);
    fflush(stdout);
    _exit(0);
}

/* Returns whether every part went to its end. */
static bool do_all(const struct work *work)
{
    const int parts = (int)sysconf(_SC_NPROCESSORS_ONLN);
    pid_t *pids = calloc((size_t)parts, sizeof *pids);
    int status, good = 0;
    if (!pids)
        abort();
    be_told(note_end);
    fflush(stdout);
    for (int part = 0; part < parts; part++)
        start_part(work, part, parts, &pids[part]);
    for (int ended = 0; ended < parts;) {
        for (int part = 0; is_told && part < parts; part++)
            if (pids[part] > 0)
                kill(pids[part], SIGTERM);
        pid_t pid = wait(&status);
        for (int part = 0; part < parts; part++)
            if (pid > 0 && pids[part] == pid) {
                pids[part] = 0;
                good += status == 0;
                ended++;
            }
    }
    free(pids);
    return good == parts;
}

/* Each run needs ports that nobody else has. */
static bool has_own_network(void)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) != 0);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void write_facts_profile(void)
{
    static const char text[] = "[profile]\ninherits = linux\n\n[record]\nfacts = yes\n";
    int fd = mkstemps(facts_profile, (int)strlen(".conf"));
    if (fd < 0 || write(fd, text, sizeof text - 1) != sizeof text - 1)
        abort();
    close(fd);
}

static void load_profiles(struct work *work)
{
    while (builtins[work->profiles].name)
        work->profiles++;
    work->annotated = calloc((size_t)work->profiles + 1, sizeof *work->annotated);
    for (int i = 0; i <= work->profiles; i++) {
        struct diagnostics diagnostics = {0};
        const char *name = i < work->profiles ? builtins[i].name : facts_profile;
        if (!work->annotated || !annotated_profile_load(&work->annotated[i], name, NULL, NULL, &diagnostics))
            abort();
    }
}

int main(void)
{
    struct work work = {.seed = number_from("LISTENAS_SEED", usual_seed()),
                        .sequences = number_from("LISTENAS_SEQUENCES", SEQUENCES),
                        .tally =
                            mmap(NULL, sizeof *work.tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)};
    if (getenv("LISTENAS_SOAK"))
        work.end = now() + (time_t)number_from("LISTENAS_SOAK_SECONDS", SOAK_SECONDS);
    if (work.tally == MAP_FAILED)
        abort();
    if (!has_own_network()) {
        puts("skipped: no network namespace can be made here");
        return 0;
    }
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    run_begin();
    write_facts_profile();
    load_profiles(&work);
    printf("sequences: LISTENAS_SEED=%" PRIu64 "\n", work.seed);
    bool good = do_all(&work);
    run_end();
    unlink(facts_profile);
    unsigned int sequences = work.tally->sequences, bad = work.tally->bad, unsettled = work.tally->unsettled;
    printf("%u sequences, %u bad, %u unsettled\n", sequences, bad, unsettled);
    if (unsettled > 2 + sequences * UNSETTLED_MOST / 1000)
        printf("too many do not come out the same twice\n");
    free(work.annotated);
    return !good || bad || sequences == 0 || unsettled > 2 + sequences * UNSETTLED_MOST / 1000;
}
