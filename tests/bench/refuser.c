/*
 * How fast the refuser is, what a storm of clients meets, and what it costs, each in network namespaces of its own.
 * What is compared runs side by side: one namespace with a refuser, and one without or with another.
 */
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../refuser/ask.h"
#include "../refuser/place.h"
#include "ratios.h"
#include "side.h"
#include "storms.h"

#define REFUSALS 2000
#define REFUSALS_UNDER_LOAD 200
#define BUSY 20

/* Milliseconds or cycles that are timed at once: long enough for an eye to open and shut some times. */
#define SLICE_MS 1000
#define SLICE_CYCLES 30000
#define SLICES 12
#define FLOODS 8
#define SINGLES 500
#define SINGLES_TURNS 4
#define FLOOD_MS 1000
#define REST_MS 2000
#define MANY 1000

static double numbers[SIDE_NUMBERS];

/* --- refusals --- */

static void print_times(const char *what, double *times, size_t count, const char *goal)
{
    double middle = median(times, count);
    printf("%-44s median %9.0f   99 %% %9.0f   longest %9.0f us   goal %s\n", what, middle / 1000,
           times[count * 99 / 100] / 1000, times[count - 1] / 1000, goal);
    fflush(stdout);
}

static void start_busy(pid_t *pids)
{
    for (int i = 0; i < BUSY; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;)
                now_ns();
        }
    }
}

static void stop_busy(const pid_t *pids)
{
    for (int i = 0; i < BUSY; i++)
        kill(pids[i], SIGKILL);
    for (int i = 0; i < BUSY; i++)
        waitpid(pids[i], NULL, 0);
}

static void measure_refusals(const struct side *watched)
{
    pid_t busy[BUSY];
    puts("\nFrom a client's connect to ECONNREFUSED at a full queue:");
    size_t count = side_ask(watched, SIDE_REFUSALS, REFUSALS, numbers);
    print_times("machine at rest", numbers, count, "1000 us");
    start_busy(busy);
    count = side_ask(watched, SIDE_REFUSALS, REFUSALS_UNDER_LOAD, numbers);
    stop_busy(busy);
    print_times("20 busy processes", numbers, count, "50000 us");
}

/* --- ratios --- */

/* Two rows: the time, and the processor time of all who take part, which other programs disturb less. */
static void compare_slices(const char *what, const struct side *without, const struct side *with, enum side_kind kind,
                           uint32_t amount, const char *goal)
{
    static struct pairs times, used;
    double both[2][SIDE_NUMBERS];
    times.count = used.count = 0;
    for (int i = 0; i < SLICES; i++) {
        for (int j = 0; j < 2; j++) {
            bool is_with = j != (i & 1);
            side_ask(is_with ? with : without, kind, amount, both[is_with]);
        }
        pairs_add(&times, both[0][0], both[1][0]);
        pairs_add(&used, both[0][1], both[1][1]);
    }
    row_print(what, &times, goal);
    row_print("    processor time", &used, goal);
}

/* Of single events, each number a pair: the n-th of one side with the n-th of the other. */
static void compare_singles(const char *what, const struct side *without, const struct side *with, enum side_kind kind,
                            const char *goal)
{
    static struct pairs pairs;
    static double others[SIDE_NUMBERS];
    pairs.count = 0;
    for (int turn = 0; turn < SINGLES_TURNS; turn++) {
        side_ask(turn & 1 ? with : without, kind, SINGLES, numbers);
        side_ask(turn & 1 ? without : with, kind, SINGLES, others);
        for (int i = 0; i < SINGLES; i++)
            pairs_add(&pairs, turn & 1 ? others[i] : numbers[i], turn & 1 ? numbers[i] : others[i]);
    }
    row_print(what, &pairs, goal);
}

static double share_during(const struct side *side, enum side_kind kind, uint32_t amount)
{
    uint64_t start = now_ns();
    double before = side_ask_one(side, SIDE_USED, 0);
    side_ask_one(side, kind, amount);
    return 100 * (side_ask_one(side, SIDE_USED, 0) - before) / (double)(now_ns() - start);
}

static void measure_cost(const struct side *bare, const struct side *same, const struct side *watched,
                         const struct side *many)
{
    puts("\nServers whose queue is never full, without a refuser and with one that watches them:");
    rows_heading();
    compare_slices("connect + accept + close, both without", bare, same, SIDE_CYCLES, SLICE_CYCLES, "");
    compare_slices("connect + accept + close, at full speed", bare, watched, SIDE_CYCLES, SLICE_CYCLES, "1.03");
    compare_slices("a request, keep-alive, both without", bare, same, SIDE_LOAD, SLICE_MS, "");
    compare_slices("a request, keep-alive, at full speed", bare, watched, SIDE_LOAD, SLICE_MS, "1.02");
    compare_singles("a refusal, 1000 watched against 3", watched, many, SIDE_REFUSALS, "1.0");
    compare_singles("connect + accept + close, 1.25 ms apart", bare, watched, SIDE_SINGLES, "");
    compare_slices("connect + accept + close, 1000 against 3", watched, many, SIDE_CYCLES, SLICE_CYCLES, "1.0");
    compare_slices("a request, keep-alive, 1000 against 3", watched, many, SIDE_LOAD, SLICE_MS, "1.0");
}

static void measure_cost_of_full(const struct side *bare, const struct side *watched)
{
    side_ask_one(watched, SIDE_FILL, 1);
    puts("\nWhile the queue of another server that is watched is full:");
    rows_heading();
    compare_slices("connect + accept + close, at full speed", bare, watched, SIDE_CYCLES, SLICE_CYCLES, "");
    compare_slices("a request, keep-alive, at full speed", bare, watched, SIDE_LOAD, SLICE_MS, "");
    side_ask_one(watched, SIDE_FILL, 0);
}

static void measure_share(const struct side *watched, const struct side *many)
{
    puts("\nShare of a processor that the refuser uses:");
    printf("%-52s %10.2f %%\n", "connect + accept + close, at full speed",
           share_during(watched, SIDE_CYCLES, 10 * SLICE_CYCLES));
    printf("%-52s %10.2f %%\n", "keep-alive, at full speed", share_during(watched, SIDE_LOAD, 10 * SLICE_MS));
    printf("%-52s %10.2f %%\n", "keep-alive, at full speed, 1000 watched",
           share_during(many, SIDE_LOAD, 10 * SLICE_MS));
    printf("%-52s %10.0f   goal 0\n", "wake-ups in 2 s of rest", side_ask_one(watched, SIDE_WAKEUPS, REST_MS));
    printf("%-52s %10.0f   goal 0\n", "wake-ups in 2 s of rest, 1000 watched",
           side_ask_one(many, SIDE_WAKEUPS, REST_MS));
}

/* --- a flood --- */

static void measure_flood(const struct side *bare, const struct side *watched)
{
    static struct pairs pairs;
    double rate = 0, share = 0;
    pairs.count = 0;
    puts("\nA flood of SYNs to a full queue, and a keep-alive server on the same machine:");
    for (int i = 0; i < FLOODS; i++) {
        double without = side_ask_one(bare, SIDE_FLOOD, FLOOD_MS), used = side_ask_one(watched, SIDE_USED, 0);
        uint64_t start = now_ns();
        side_ask(watched, SIDE_FLOOD, FLOOD_MS, numbers);
        share += (side_ask_one(watched, SIDE_USED, 0) - used) / (double)(now_ns() - start) / FLOODS;
        rate += numbers[2] / FLOODS;
        pairs_add(&pairs, without, numbers[0]);
    }
    rows_heading();
    row_print("a request, keep-alive, during the flood", &pairs, "");
    printf("%-52s %10.0f a second\n", "SYNs", rate);
    printf("%-52s %10.1f %%\n", "share of a processor that the refuser uses", 100 * share);
}

/* --- the storm --- */

static void measure_storms(void)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        enter_place();
        pid_t refuser = refuser_daemon_start();
        if (refuser)
            storms_print();
        refuser_daemon_stop(refuser);
        exit(0);
    }
    waitpid(pid, NULL, 0);
}

/* Without an argument everything, else what the letters stand for. */
int main(int count, char **arguments)
{
    const char *what = count > 1 ? arguments[1] : "crowfs";
    struct side bare = side_start(0), same = side_start(0), watched = side_start(3);
    struct side many = side_start(MANY);
    if (!watched.pid || !many.pid)
        return 0;
    if (strchr(what, 'r'))
        measure_refusals(&watched);
    if (strchr(what, 'c'))
        measure_cost(&bare, &same, &watched, &many);
    if (strchr(what, 'o'))
        measure_cost_of_full(&bare, &watched);
    if (strchr(what, 'w'))
        measure_share(&watched, &many);
    if (strchr(what, 'f'))
        measure_flood(&bare, &watched);
    side_stop(&many);
    side_stop(&watched);
    side_stop(&same);
    side_stop(&bare);
    if (strchr(what, 's'))
        measure_storms();
    return 0;
}
