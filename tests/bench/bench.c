/*
 * What the library costs, as ratios from one run. A process with the library and one without are started side by side
 * and work in turns, in small batches; both are started anew several times, since the place of a process in memory
 * makes a difference that lasts as long as the process.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "order.h"
#include "ratios.h"

/* How one side of a pair is run; `profile` NULL: without the library. */
struct side {
    const char *profile, *ring;
    const char *traced; /* the system call that strace is to stop at; NULL: without strace */
    unsigned int extra; /* enum order_extra */
    const char *set;    /* LISTENAS_SET; NULL for none */
};

struct worker {
    pid_t pid;
    int orders, answers;
};

/* What is timed, and how long. */
struct trial {
    const char *what, *goal;
    struct side without, with;
    enum order_kind kind;
    unsigned int batch, turns, generations;
};

static char directory[] = "/dev/shm/listenas-bench-XXXXXX";
static char acceptor[512], library[512], append[512], tracepoint[512], start[512], counted[512];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void set_side(const struct side *side)
{
    unsetenv("LD_PRELOAD");
    unsetenv("LISTENAS_SET");
    unsetenv("LISTENAS_PROVOKE");
    if (side->profile) {
        setenv("LD_PRELOAD", library, 1);
        setenv("LISTENAS_PROFILE", side->profile, 1);
        setenv("LISTENAS_RING", side->ring, 1);
        if (side->set)
            setenv("LISTENAS_SET", side->set, 1);
    }
}

static void pin_to(unsigned int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/* In the child. */
static void become_acceptor(const struct side *side)
{
    static char trace[64];
    if (!side->traced) {
        pin_to(0);
        set_side(side);
        execl(acceptor, acceptor, (char *)NULL);
    } else {
        snprintf(trace, sizeof trace, "trace=%s", side->traced);
        execlp("strace", "strace", "-f", "-e", trace, "-o", "/dev/null", acceptor, (char *)NULL);
    }
    _exit(127);
}

static struct worker start_worker(const struct side *side)
{
    int orders[2], answers[2];
    if (pipe2(orders, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0)
        die("bench: pipe");
    pid_t pid = fork();
    if (pid < 0)
        die("bench: fork");
    if (pid == 0) {
        dup2(orders[0], STDIN_FILENO);
        dup2(answers[1], STDOUT_FILENO);
        become_acceptor(side);
    }
    close(orders[0]);
    close(answers[1]);
    return (struct worker){.pid = pid, .orders = orders[1], .answers = answers[0]};
}

static void stop_worker(struct worker *worker)
{
    close(worker->orders);
    close(worker->answers);
    waitpid(worker->pid, NULL, 0);
}

/* Nanoseconds for one unit; 0 if the worker is gone. */
static double ask(const struct worker *worker, const struct order *order)
{
    struct answer answer;
    if (write(worker->orders, order, sizeof *order) != (ssize_t)sizeof *order ||
        read(worker->answers, &answer, sizeof answer) != (ssize_t)sizeof answer || answer.count == 0)
        return 0;
    return (double)answer.ns / (double)answer.count;
}

/* Every other turn the order of the two is reversed, so that neither always goes first. */
static bool take_turn(const struct trial *trial, struct worker *workers, unsigned int turn, struct pairs *pairs)
{
    double times[2];
    for (unsigned int i = 0; i < 2; i++) {
        unsigned int side = i ^ (turn & 1);
        const struct order order = {
            .kind = trial->kind, .count = trial->batch, .extra = (side ? &trial->with : &trial->without)->extra};
        times[side] = ask(&workers[side], &order);
        if (times[side] <= 0)
            return false;
    }
    if (turn > 1) /* the first two warm up */
        pairs_add(pairs, times[0], times[1]);
    return true;
}

static void run_trial(const struct trial *trial)
{
    static struct pairs pairs;
    pairs.count = 0;
    for (unsigned int generation = 0; generation < trial->generations; generation++) {
        struct worker workers[2] = {start_worker(&trial->without), start_worker(&trial->with)};
        for (unsigned int turn = 0; turn < trial->turns + 2; turn++)
            if (!take_turn(trial, workers, turn, &pairs))
                break;
        stop_worker(&workers[0]);
        stop_worker(&workers[1]);
    }
    row_print(trial->what, &pairs, trial->goal);
}

static void run_program(const char *path)
{
    pid_t pid = fork();
    if (pid == 0) {
        execl(path, path, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

/* Lines that strace writes of an acceptor that makes so many cycles: one for each system call. */
static long count_calls(const struct side *side, const char *cycles)
{
    char preload[600], profile[64], ring[512];
    snprintf(preload, sizeof preload, side->profile ? "LD_PRELOAD=%s" : "LISTENAS_UNUSED=%s", library);
    snprintf(profile, sizeof profile, "LISTENAS_PROFILE=%s", side->profile ? side->profile : "");
    snprintf(ring, sizeof ring, "LISTENAS_RING=%s", side->profile ? side->ring : "off");
    pid_t pid = fork();
    if (pid == 0) {
        execlp("strace", "strace", "-qq", "-o", counted, "-E", preload, "-E", profile, "-E", ring, acceptor, cycles,
               (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    FILE *file = fopen(counted, "re");
    long lines = 0;
    for (int byte; file && (byte = getc(file)) != EOF;)
        lines += byte == '\n';
    if (file)
        fclose(file);
    return lines;
}

/* What eighty cycles more cost is the steady state: start-up and first calls are in both runs. */
static void print_calls(const char *what, const struct side *side)
{
    long more = count_calls(side, "160") - count_calls(side, "80");
    printf("    %-20s %6.2f\n", what, (double)more / 80);
}

static bool has_strace(void)
{
    return system("strace -V >/dev/null 2>&1") == 0; /* NOLINT(cert-env33-c): a fixed command */
}

static const struct side plain = {0};
static const struct side as_linux = {.profile = "linux", .ring = directory};
static const struct side as_bsd = {.profile = "bsd", .ring = directory};
static const struct side as_mks = {.profile = "mks", .ring = directory};
static const struct side as_freebsd = {.profile = "freebsd", .ring = directory};
static const struct side as_native = {.profile = "native", .ring = "off"};
static const struct side with_facts = {.profile = "native", .ring = directory, .set = "record.facts=yes"};
static const struct side clocked = {.extra = EXTRA_CLOCK};
static const struct side flags_asked = {.extra = EXTRA_FLAGS};
static const struct side all_asked = {.extra = EXTRA_FLAGS | EXTRA_OWNER | EXTRA_PEER};
static const struct side traced = {.traced = "accept"};

static void measure_accepts(void)
{
    const struct trial trials[] = {
        {"accept, both without: the method's own error", "", plain, plain, ORDER_ACCEPTS, 64, 60, 8},
        {"accept and clock_gettime, both without: the least", "", plain, clocked, ORDER_ACCEPTS, 64, 100, 16},
        {"accept, F_GETFL: the least for mks", "", plain, flags_asked, ORDER_ACCEPTS, 64, 60, 8},
        {"F_GETOWN_EX, getpeername, too: for bsd and freebsd", "", plain, all_asked, ORDER_ACCEPTS, 64, 60, 8},
        {"accept, linux, ring on", "1.05", plain, as_linux, ORDER_ACCEPTS, 64, 100, 16},
        {"accept, bsd, ring on", "1.5", plain, as_bsd, ORDER_ACCEPTS, 64, 60, 8},
        {"accept, mks, ring on", "1.3", plain, as_mks, ORDER_ACCEPTS, 64, 60, 8},
        {"accept, freebsd, ring on", "1.3", plain, as_freebsd, ORDER_ACCEPTS, 64, 60, 8},
        {"accept, native, ring off", "", plain, as_native, ORDER_ACCEPTS, 64, 60, 8},
        {"accept that waits (processor time), both without", "", plain, plain, ORDER_WAITS, 16, 60, 8},
        {"accept that waits (processor time), linux, ring on", "", plain, as_linux, ORDER_WAITS, 16, 100, 16},
        {"connect + accept + close, linux, ring on", "", plain, as_linux, ORDER_CYCLES, 64, 60, 8},
    };
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
        run_trial(&trials[i]);
}

/* What the facts cost a connection: of each of the first thousand from one place, and later, when few are looked at. */
static void measure_facts(void)
{
    const struct trial trials[] = {
        {"accept, facts of each (at most 25 us more)", "", plain, with_facts, ORDER_ACCEPTS, 16, 50, 24},
        {"accept, facts of one in 64", "", plain, with_facts, ORDER_ACCEPTS, 64, 200, 8},
    };
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
        run_trial(&trials[i]);
}

static void measure_strace(void)
{
    const struct trial trials[] = {
        {"accept, strace -f -e trace=accept", "", plain, traced, ORDER_ACCEPTS, 16, 20, 2},
    };
    if (!has_strace()) {
        puts("strace: not installed");
        return;
    }
    run_trial(&trials[0]);
    puts("system calls of one cycle (socket, setsockopt, connect, accept, close, close) in the steady state:");
    print_calls("without", &plain);
    print_calls("linux, ring on", &as_linux);
    print_calls("native, ring off", &as_native);
    print_calls("bsd, ring on", &as_bsd);
    print_calls("mks, ring on", &as_mks);
    print_calls("freebsd, ring on", &as_freebsd);
}

static void remove_directory(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    if (system(command) != 0) /* NOLINT(cert-env33-c): a path of our own making */
        perror(directory);
}

int main(void)
{
    const char *build = getenv("LISTENAS_BUILD");
    if (!build || !mkdtemp(directory)) {
        fputs("bench: set LISTENAS_BUILD to the absolute path of build/\n", stderr);
        return 1;
    }
    snprintf(library, sizeof library, "%s/liblistenas.so", build);
    snprintf(acceptor, sizeof acceptor, "%s/tests/bench/acceptor", build);
    snprintf(append, sizeof append, "%s/tests/bench/append", build);
    snprintf(tracepoint, sizeof tracepoint, "%s/tests/bench/tracepoint", build);
    snprintf(start, sizeof start, "%s/tests/bench/start", build);
    snprintf(counted, sizeof counted, "%s/calls", directory);
    signal(SIGPIPE, SIG_IGN);
    puts("Loopback, client and server in one thread: 8 clients connect, then the 8 accept calls are timed.\n"
         "\"That waits\": accept sleeps until a client in another thread comes.\n"
         "\"Connect + accept + close\": the whole cycle is timed.\n");
    rows_heading();
    measure_accepts();
    measure_facts();
    run_program(append);
    run_program(tracepoint);
    run_program(start);
    measure_strace();
    remove_directory();
    return 0;
}
