/*
 * For LISTENAS_SOAK_SECONDS (default 600), in a network namespace of its own: storms of clients, while processes of the
 * refuser are killed and stopped, servers start anew, and hostile users and floods do what they can. Ends early on
 * SIGINT. The exit status is 1 if any promise was broken:
 *
 * - a client had no answer while a refuser lived;
 * - one was reset after it was connected, by a queue that refuses;
 * - a server was disturbed: it has gone, or has a child or a descriptor that is not its own, or lost its port;
 * - a process of the refuser did not come back, or has more descriptors than before.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../bench/flood.h"
#include "../refuser/ask.h"
#include "../refuser/client.h"
#include "../refuser/place.h"
#include "../refuser/storm.h"
#include "hostile.h"
#include "victim.h"

#define SECONDS 600
#define CLIENTS 2000
/* A SYN that no eye saw is sent again after 1, 3, 7 and 15 seconds: to be unlucky each time takes a kill each time. */
#define ANSWER_MS 20000
#define QUIET_CLIENTS 300
#define PROGRESS_MS 10000
#define RESTARTS 10
#define IDLE_CAPACITY 4
#define MISCHIEFS 6
#define MISCHIEF_MS 150
#define FLOOD_PER_SECOND 50000
#define FLOOD_MS 300

/* A server that is stormed, as its queue is. */
struct target {
    const char *overflow;
    int capacity;
    struct server server;
};

enum mischief {
    KILL_WORKER,
    STOP_WORKER,
    KILL_SUPERVISOR,
    RESTART,
    HOSTILE,
    FLOOD,
    MISCHIEF_KINDS,
};

/* What has happened so far. */
struct tally {
    int storms, clients, served, refused, reset, late, both, violations;
    int mischiefs[MISCHIEF_KINDS];
};

struct soak {
    struct victim victim;
    struct target targets[3];
    struct server idle;     /* it does what it is told, and is asked whether it is disturbed */
    struct target *stormed; /* NULL for none */
    struct tally tally;
    int64_t start_ms, end_ms, progress_ms;
    unsigned int seed;
};

static volatile sig_atomic_t is_told;

static void note_end(int number)
{
    (void)number;
    is_told = 1;
}

static unsigned int random_below(struct soak *soak, unsigned int end)
{
    soak->seed = soak->seed * 1664525u + 1013904223u;
    return (soak->seed >> 8) % end;
}

static __attribute__((format(printf, 2, 3))) void violation(struct soak *soak, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("VIOLATION after %.1f s: ", (double)(storm_now_ms() - soak->start_ms) / 1000);
    vprintf(format, arguments);
    puts("");
    fflush(stdout);
    va_end(arguments);
    soak->tally.violations++;
}

static void print_progress(struct soak *soak)
{
    const struct tally *tally = &soak->tally;
    printf("%4lld of %lld s: %d storms, %d clients (%d served, %d refused, %d reset, %d late), %d workers killed, "
           "%d stopped, %d supervisors, %d both, %d restarts, %d hostile, %d floods; %d violations\n",
           (long long)(storm_now_ms() - soak->start_ms) / 1000, (long long)(soak->end_ms - soak->start_ms) / 1000,
           tally->storms, tally->clients, tally->served, tally->refused, tally->reset, tally->late,
           tally->mischiefs[KILL_WORKER], tally->mischiefs[STOP_WORKER], tally->mischiefs[KILL_SUPERVISOR], tally->both,
           tally->mischiefs[RESTART], tally->mischiefs[HOSTILE], tally->mischiefs[FLOOD], tally->violations);
    fflush(stdout);
    soak->progress_ms = storm_now_ms() + PROGRESS_MS;
}

static bool is_over(const struct soak *soak)
{
    return is_told || storm_now_ms() >= soak->end_ms;
}

/* --- servers --- */

static void start_target(struct soak *soak, struct target *target, int port)
{
    char setting[64];
    snprintf(setting, sizeof setting, "listen.overflow_tcp=%s", target->overflow);
    setenv("LISTENAS_SET", setting, 1);
    target->server = server_start(port, target->capacity);
    if (target->server.port <= 0 || (port && target->server.port != port))
        violation(soak, "a server could not listen on port %d again: %s", port, strerror(-target->server.port));
    order(&target->server, 's');
}

static void start_idle(struct soak *soak)
{
    setenv("LISTENAS_SET", "listen.overflow_tcp=refuse", 1);
    soak->idle = server_start(0, IDLE_CAPACITY);
}

static void restart_target(struct soak *soak, struct target *target)
{
    int port = target->server.port;
    server_kill(&target->server);
    start_target(soak, target, port);
}

/* Kill and start anew at once, time after time, of one that is not stormed. */
static void restart_one(struct soak *soak)
{
    struct target *target = &soak->targets[random_below(soak, 3)];
    if (target == soak->stormed)
        return;
    for (int i = 0; i < RESTARTS; i++)
        restart_target(soak, target);
    soak->tally.mischiefs[RESTART] += RESTARTS;
}

static void check_servers(struct soak *soak)
{
    for (int i = 0; i < 3; i++)
        if (waitpid(soak->targets[i].server.pid, NULL, WNOHANG) != 0)
            violation(soak, "the server of port %d has ended", soak->targets[i].server.port);
    if (waitpid(soak->idle.pid, NULL, WNOHANG) != 0)
        violation(soak, "the idle server has ended");
    if (order(&soak->idle, 'w') != 'n')
        violation(soak, "a server has a child or a descriptor that is not its own");
}

/* As many as there is room for come in, and the next one is refused. */
static void check_capacity(struct soak *soak)
{
    int clients[IDLE_CAPACITY], met;
    for (int i = 0; i < IDLE_CAPACITY; i++)
        if ((clients[i] = arrive(soak->idle.port, ANSWER_MS)) < 0)
            violation(soak, "client %d of %d was turned away: %s", i + 1, IDLE_CAPACITY, strerror(-clients[i]));
    if ((met = arrive(soak->idle.port, ANSWER_MS)) != -ECONNREFUSED)
        violation(soak, "a client of a full queue was not refused: %s", strerror(met < 0 ? -met : 0));
    close(met);
    for (int i = 0; i < IDLE_CAPACITY; i++)
        if (clients[i] >= 0) {
            order(&soak->idle, 'a');
            close(clients[i]);
        }
}

/* --- storms --- */

static void judge_storm(struct soak *soak, const struct target *target, const struct storm *storm)
{
    bool refuses = strcmp(target->overflow, "refuse") == 0;
    if (storm->dropped > 0)
        violation(soak, "%d clients of a queue of %d had no answer to their SYN", storm->dropped, target->capacity);
    if (storm->lost > 0)
        violation(soak, "%d clients of a queue of %d were connected and then forgotten", storm->lost, target->capacity);
    if (refuses && storm->reset > 0)
        violation(soak, "%d clients of a queue of %d that refuses were reset", storm->reset, target->capacity);
    soak->tally.storms++;
    soak->tally.clients += storm->served + storm->refused + storm->reset + storm->dropped + storm->lost;
    soak->tally.served += storm->served;
    soak->tally.refused += storm->refused;
    soak->tally.reset += storm->reset;
    soak->tally.late += storm->late;
}

/* In a process of its own, that leaves the result in memory that it shares with this one. */
static pid_t start_storm(const struct target *target, int clients, int width, struct storm *result)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGINT, SIG_IGN);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        *result = storm_run(target->server.port, clients, width, ANSWER_MS);
        _exit(0);
    }
    return pid;
}

static void kill_and_wait(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* Waits for a process, whose status must be 0, if it is not told to end. Returns whether it ended by itself. */
static bool await(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) != pid)
        if (is_told) {
            kill_and_wait(pid);
            return false;
        }
    return status == 0;
}

/* --- mischief --- */

static void be_hostile(struct soak *soak)
{
    enum hostile_kind kind = random_below(soak, HOSTILE_KINDS);
    pid_t pid = hostile_start(kind, soak->idle.port, random_below(soak, 1u << 24));
    if (!await(pid) && !is_told)
        violation(soak, "another user was given what is not his");
}

static void do_flood(struct soak *soak)
{
    struct flood flood = flood_start(soak->targets[random_below(soak, 3)].server.port, FLOOD_PER_SECOND, FLOOD_MS);
    flood_end(&flood);
}

static void do_mischief(struct soak *soak, enum mischief mischief)
{
    bool is_back = true;
    soak->tally.mischiefs[mischief] += mischief != RESTART;
    if (mischief == KILL_WORKER)
        is_back = victim_kill_worker(&soak->victim);
    else if (mischief == STOP_WORKER)
        is_back = victim_stop_worker(&soak->victim);
    else if (mischief == KILL_SUPERVISOR)
        is_back = victim_kill_supervisor(&soak->victim);
    else if (mischief == RESTART)
        restart_one(soak);
    else if (mischief == HOSTILE)
        be_hostile(soak);
    else
        do_flood(soak);
    if (!is_back)
        violation(soak, "no worker is back %d ms after it was struck (%d)", VICTIM_MS, (int)mischief);
}

static void pause_some(struct soak *soak)
{
    const struct timespec pause = {.tv_nsec = (long)random_below(soak, MISCHIEF_MS) * 1000000};
    nanosleep(&pause, NULL);
}

/* A storm, and what happens to the refuser and to others meanwhile. */
static void do_storm(struct soak *soak, struct storm *result, int mischiefs)
{
    static const int widths[] = {1, 16, 64, STORM_WIDEST};
    soak->stormed = &soak->targets[random_below(soak, 3)];
    pid_t pid = start_storm(soak->stormed, mischiefs ? CLIENTS : QUIET_CLIENTS, widths[random_below(soak, 4)], result);
    for (int i = 0; i < mischiefs && !is_told; i++) {
        pause_some(soak);
        do_mischief(soak, random_below(soak, MISCHIEF_KINDS));
    }
    if (await(pid))
        judge_storm(soak, soak->stormed, result);
    soak->stormed = NULL;
}

/* Nobody knows the listeners any more, until they listen again. */
static void kill_both(struct soak *soak)
{
    victim_kill_both(&soak->victim);
    soak->tally.both++;
    check_servers(soak);
    for (int i = 0; i < 3; i++)
        restart_target(soak, &soak->targets[i]);
    server_kill(&soak->idle);
    start_idle(soak);
    victim_note_descriptors(&soak->victim);
}

static void do_round(struct soak *soak, struct storm *result)
{
    do_storm(soak, result, MISCHIEFS);
    if (!is_over(soak))
        do_storm(soak, result, 0);
    check_servers(soak);
    if (!is_over(soak))
        check_capacity(soak);
    if (!victim_has_no_leak(&soak->victim))
        violation(soak, "the refuser has more than %d descriptors", soak->victim.descriptors);
    if (!is_over(soak) && random_below(soak, 4) == 0)
        kill_both(soak);
    if (storm_now_ms() >= soak->progress_ms)
        print_progress(soak);
}

/* --- begin and end --- */

static void begin(struct soak *soak)
{
    const char *seconds = getenv("LISTENAS_SOAK_SECONDS"), *seed = getenv("LISTENAS_SOAK_SEED");
    const struct sigaction end = {.sa_handler = note_end};
    struct rlimit limit;
    sigaction(SIGINT, &end, NULL);
    sigaction(SIGTERM, &end, NULL);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    soak->start_ms = soak->progress_ms = storm_now_ms();
    soak->end_ms = soak->start_ms + 1000 * (seconds ? strtol(seconds, NULL, 10) : SECONDS);
    soak->seed = seed ? (unsigned int)strtoul(seed, NULL, 10) : (unsigned int)getpid();
    printf("soak: LISTENAS_SOAK_SEED=%u\n", soak->seed);
    enter_place();
}

static void start_all(struct soak *soak)
{
    for (int i = 0; i < 3; i++)
        start_target(soak, &soak->targets[i], 0);
    start_idle(soak);
    victim_note_descriptors(&soak->victim);
}

static void end_all(struct soak *soak)
{
    for (int i = 0; i < 3; i++)
        server_kill(&soak->targets[i].server);
    server_kill(&soak->idle);
    if (!victim_stop(&soak->victim))
        violation(soak, "the refuser does not end when it is told to");
    while (waitpid(-1, NULL, WNOHANG) > 0)
        continue;
    if (waitpid(-1, NULL, WNOHANG) == 0)
        violation(soak, "a process is left");
}

int main(void)
{
    static struct soak soak = {.targets = {{.overflow = "refuse", .capacity = 1},
                                           {.overflow = "refuse", .capacity = 16},
                                           {.overflow = "reset", .capacity = 5}}};
    struct storm *result = mmap(NULL, sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    begin(&soak);
    soak.victim = victim_start();
    if (!soak.victim.supervisor || result == MAP_FAILED)
        return result == MAP_FAILED;
    start_all(&soak);
    while (!is_over(&soak))
        do_round(&soak, result);
    end_all(&soak);
    print_progress(&soak);
    return soak.tally.violations > 0;
}
