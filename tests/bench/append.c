/* One append to the ring against one reading of the clock, on one thread and on two at once. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../shim/ring/append.h"
#include "ratios.h"

#define BATCH 2000
#define TURNS 400

static struct ring ring;
static struct pairs pairs;
static _Atomic int rival_goes_on;

static double time_clock(void)
{
    struct timespec now;
    uint64_t start = now_ns();
    for (int i = 0; i < BATCH; i++) {
        clock_gettime(CLOCK_REALTIME, &now);
        __asm__ volatile("" : : "r"(&now) : "memory");
    }
    return (double)(now_ns() - start) / BATCH;
}

static double time_append(void)
{
    struct record record = {.call = 3, .fd = 4, .pid = 5, .tid = 6, .address_length = 16};
    uint64_t start = now_ns();
    for (int i = 0; i < BATCH; i++) {
        record.time_ns++;
        __asm__ volatile("" : : "r"(&record) : "memory");
        ring_append(&ring, &record);
    }
    return (double)(now_ns() - start) / BATCH;
}

static void measure(const char *what, const char *goal)
{
    pairs.count = 0;
    time_clock(), time_append();
    for (int i = 0; i < TURNS; i++) {
        double clock = time_clock();
        pairs_add(&pairs, clock, time_append());
    }
    row_print(what, &pairs, goal);
}

static void *rival(void *unused)
{
    const struct record record = {.call = 2};
    while (atomic_load_explicit(&rival_goes_on, memory_order_relaxed))
        ring_append(&ring, &record);
    return unused;
}

int main(void)
{
    static const char *const names[] = {"start", "listen", "bind", "accept"};
    const struct ring_identity identity = {
        .slots = RING_SLOTS_USUAL, .profile = "linux", .diagnostic = "", .call_names = names, .calls = 4};
    char path[64];
    pthread_t thread;
    snprintf(path, sizeof path, "/dev/shm/listenas-bench-%d", (int)getpid());
    int error = ring_open(&ring, path, &identity);
    unlink(path);
    if (error) {
        printf("ring: %s\n", strerror(error));
        return 1;
    }
    measure("ring append / clock_gettime, one thread", "2");
    atomic_store(&rival_goes_on, 1);
    if (pthread_create(&thread, NULL, rival, NULL) != 0)
        return 1;
    measure("ring append / clock_gettime, another thread appends", "");
    atomic_store(&rival_goes_on, 0);
    pthread_join(thread, NULL);
    ring_close(&ring);
    return 0;
}
