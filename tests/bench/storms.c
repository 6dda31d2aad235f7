#include "storms.h"

#include "../refuser/ask.h"
#include "../refuser/place.h"
#include "../refuser/storm.h"

#define CLIENTS 10000
/* Until all have an answer, or longest; those whose SYN is dropped again and again wait for minutes. */
#define LONGEST_MS 16000
#define DROP_MS 4500

static void print_storm(int capacity, const char *overflow)
{
    char setting[64];
    snprintf(setting, sizeof setting, "listen.overflow_tcp=%s", overflow);
    setenv("LISTENAS_SET", setting, 1);
    struct server server = server_start(0, capacity);
    order(&server, 's');
    int64_t start = storm_now_ms();
    struct storm storm =
        storm_run(server.port, CLIENTS, STORM_WIDEST, strcmp(overflow, "drop") == 0 ? DROP_MS : LONGEST_MS);
    int64_t took = storm_now_ms() - start;
    server_kill(&server);
    printf("  capacity %3d, %-10s %8d %8d %8d %10d %8d %8d %8lld ms %7.1f s\n", capacity, overflow, storm.served,
           storm.refused, storm.reset, storm.dropped, storm.lost, storm.late, (long long)storm.longest_ms,
           (double)took / 1000);
    fflush(stdout);
}

void storms_print(void)
{
    static const int capacities[] = {1, 5, 128};
    static const char *const overflows[] = {"refuse", "reset", "drop"};
    printf(
        "\n%d clients, %d at a time, of a server that accepts 500 a second at most. Late: the first SYN was dropped,\n"
        "and one sent again was answered. Longest: from a connect to its answer.\n",
        CLIENTS, STORM_WIDEST);
    printf("  %-24s %8s %8s %8s %10s %8s %8s %11s %9s\n", "", "admitted", "refused", "reset", "unanswered", "waiting",
           "late", "longest", "took");
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++)
        for (size_t j = 0; j < sizeof overflows / sizeof *overflows; j++)
            print_storm(capacities[i], overflows[j]);
}
