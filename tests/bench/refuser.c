/*
 * What the gate does to a storm of clients, how fast it closes and opens, and what it costs, in a network
 * namespace of its own.
 */
#include <limits.h>

#include "../gate/ask.h"
#include "../gate/place.h"
#include "../gate/storm.h"
#include "ratios.h"

#define STORM_CLIENTS 10000
/* Until all have an answer, or longest; those whose SYN is dropped again and again wait for minutes. */
#define STORM_MS 16000
#define DROP_MS 4500
#define LATENCIES 2000
#define BATCH 64
#define TURNS 200

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

static pid_t refuser;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void print_storm(int capacity, const char *overflow)
{
    char setting[64];
    snprintf(setting, sizeof setting, "listen.overflow_tcp=%s", overflow);
    setenv("LISTENAS_SET", setting, 1);
    struct server server = server_start(0, capacity);
    order(&server, 's');
    int64_t start = storm_now_ms();
    struct storm storm =
        storm_run(server.port, STORM_CLIENTS, STORM_WIDEST, strcmp(overflow, "drop") == 0 ? DROP_MS : STORM_MS);
    int64_t took = storm_now_ms() - start;
    server_kill(&server);
    printf("  capacity %3d, %-12s %8d %8d %8d %8d %8d %8d %8.1f s\n", capacity, overflow, storm.served, storm.refused,
           storm.reset, storm.dropped, storm.lost, storm.late, (double)took / 1000);
    fflush(stdout);
}

static int make_listener(struct sockaddr_in *where)
{
    socklen_t length = sizeof *where;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *where = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || bind(fd, (struct sockaddr *)where, length) != 0 || listen(fd, 0) != 0 ||
        getsockname(fd, (struct sockaddr *)where, &length) != 0)
        die("gate: listen");
    return fd;
}

static int make_client(const struct sockaddr_in *where)
{
    const struct linger at_once = {.l_onoff = 1};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0 ||
        connect(fd, (const struct sockaddr *)where, sizeof *where) != 0)
        die("gate: connect");
    return fd;
}

/* The refuser goes to sleep between two events; each time it has slept for another while. */
static void let_it_sleep(int turn)
{
    uint64_t until = now_ns() + (uint64_t)(turn % 500) * 1000;
    while (now_ns() < until)
        continue;
}

/* Waits, awake, until the gate is as it should be; returns how long that took, in microseconds. */
static double await_gate(int listener, bool closed, uint64_t start)
{
    int interface;
    socklen_t length = sizeof interface;
    do
        getsockopt(listener, SOL_SOCKET, SO_BINDTOIFINDEX, &interface, &length);
    while ((interface == INT_MAX) != closed);
    return (double)(now_ns() - start) / 1000;
}

static void print_latency(const char *what, double *times)
{
    double middle = median(times, LATENCIES);
    printf("  %-26s median %8.1f   99 %% %8.1f microseconds\n", what, middle, times[LATENCIES * 99 / 100]);
}

static void measure_latencies(void)
{
    static double closing[LATENCIES], opening[LATENCIES];
    struct sockaddr_in where;
    int listener = make_listener(&where);
    if (ask_watch(listener, REFUSER_REFUSE) != 0)
        die("gate: keep");
    for (int i = 0; i < LATENCIES; i++) {
        int client = make_client(&where);
        closing[i] = await_gate(listener, true, now_ns());
        let_it_sleep(i);
        int server = accept(listener, NULL, NULL);
        opening[i] = await_gate(listener, false, now_ns());
        let_it_sleep(i);
        close(client);
        close(server);
    }
    close(listener);
    print_latency("queue full -> gate closed", closing);
    print_latency("accept -> gate open", opening);
}

static double time_cycles(int listener, const struct sockaddr_in *where)
{
    uint64_t start = now_ns();
    for (int i = 0; i < BATCH; i++) {
        int client = make_client(where), server = accept(listener, NULL, NULL);
        close(client);
        close(server);
    }
    return (double)(now_ns() - start) / BATCH;
}

/* A queue that is never full: what is paid is that each arrival wakes the refuser. */
static void measure_cost(void)
{
    static struct pairs pairs;
    struct sockaddr_in where[2];
    int listeners[2] = {make_listener(&where[0]), make_listener(&where[1])};
    for (int i = 0; i < 2; i++)
        listen(listeners[i], 128);
    if (ask_watch(listeners[1], REFUSER_REFUSE) != 0)
        die("gate: keep");
    for (int i = 0; i < TURNS; i++) {
        double first = time_cycles(listeners[i & 1], &where[i & 1]);
        double second = time_cycles(listeners[!(i & 1)], &where[!(i & 1)]);
        pairs_add(&pairs, i & 1 ? second : first, i & 1 ? first : second);
    }
    rows_heading();
    row_print("connect + accept + close, gate kept", &pairs, "");
}

int main(void)
{
    static const int capacities[] = {1, 5, 128};
    static const char *const overflows[] = {"refuse", "reset", "drop"};
    enter_place();
    refuser = refuser_daemon_start();
    if (!refuser)
        return 0;
    printf("\n%d clients, %d at a time, of a server that accepts 500 a second at most. Late are those\n"
           "whose first SYN was dropped, and a later one was answered; dropped, those without an answer in the end:\n",
           STORM_CLIENTS, STORM_WIDEST);
    printf("  %-26s %8s %8s %8s %8s %8s %8s %8s\n", "", "admitted", "refused", "reset", "dropped", "waiting", "late",
           "took");
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++)
        for (size_t j = 0; j < sizeof overflows / sizeof *overflows; j++)
            print_storm(capacities[i], overflows[j]);
    measure_latencies();
    refuser_daemon_stop(refuser); /* a fresh one has seen no full queue, and is not in a hurry */
    refuser = refuser_daemon_start();
    measure_cost();
    refuser_daemon_stop(refuser);
    return 0;
}
