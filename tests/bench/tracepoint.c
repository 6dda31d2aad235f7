/*
 * One append to the ring against one LTTng-UST tracepoint, and both with the clock, where LTTng-UST is installed. The
 * tracepoint is recorded only in a session, whose buffers must overwrite the oldest as the ring does: a full buffer
 * that keeps the oldest makes the rest cheap, because it is dropped.
 *
 *     lttng create bench --snapshot
 *     lttng enable-channel --userspace --overwrite --subbuf-size=256k --num-subbuf=4 ring
 *     lttng enable-event --userspace --channel=ring 'listenas_bench:*'
 *     lttng start
 */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "../../shim/ring/append.h"
#include "ratios.h"

#if __has_include(<lttng/tracepoint.h>)

/* Its macros are written for no warnings but the usual ones. */
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "tracepoint_row.h"

#define BATCH 2000
#define TURNS 400

static struct ring ring;
static struct ring_writer writer;

static double time_tracepoint(void)
{
    static const uint8_t address[48];
    uint64_t start = now_ns();
    for (int i = 0; i < BATCH; i++)
        lttng_ust_tracepoint(listenas_bench, call, 4, i, 0, address);
    return (double)(now_ns() - start) / BATCH;
}

static double time_append(void)
{
    struct record record = {.call = 3, .fd = 4, .pid = 5, .tid = 6, .address_length = 16};
    uint64_t start = now_ns();
    for (int i = 0; i < BATCH; i++) {
        record.time_ns++;
        __asm__ volatile("" : : "r"(&record) : "memory");
        ring_append_by(&ring, &writer, &record);
    }
    return (double)(now_ns() - start) / BATCH;
}

/* A tracepoint reads the clock itself. */
static double time_append_and_clock(void)
{
    struct record record = {.call = 3, .fd = 4, .pid = 5, .tid = 6, .address_length = 16};
    struct timespec now;
    uint64_t start = now_ns();
    for (int i = 0; i < BATCH; i++) {
        clock_gettime(CLOCK_REALTIME, &now);
        record.time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
        __asm__ volatile("" : : "r"(&record) : "memory");
        ring_append_by(&ring, &writer, &record);
    }
    return (double)(now_ns() - start) / BATCH;
}

static int make_ring(void)
{
    static const char *const names[] = {"start", "listen", "bind", "accept"};
    const struct ring_identity identity = {
        .slots = RING_SLOTS_USUAL, .profile = "linux", .diagnostic = "", .call_names = names, .calls = 4};
    char path[64];
    snprintf(path, sizeof path, "/dev/shm/listenas-bench-%d-t", (int)getpid());
    int error = ring_open(&ring, path, &identity);
    unlink(path);
    return error;
}

static void measure(const char *what, double (*time_ours)(void), const char *goal)
{
    static struct pairs pairs;
    pairs.count = 0;
    time_tracepoint(), time_ours();
    for (int i = 0; i < TURNS; i++) {
        double tracepoint = time_tracepoint();
        pairs_add(&pairs, tracepoint, time_ours());
    }
    row_print(what, &pairs, goal);
}

int main(void)
{
    if (!lttng_ust_tracepoint_enabled(listenas_bench, call)) {
        puts("ring append / LTTng-UST tracepoint: not measured, no session of LTTng records listenas_bench:call");
        return 0;
    }
    int error = make_ring();
    if (error) {
        printf("ring: %s\n", strerror(error));
        return 1;
    }
    measure("ring append / LTTng-UST tracepoint", time_append, "0.4");
    measure("ring append, clock read / LTTng-UST tracepoint", time_append_and_clock, "");
    return 0;
}

#else

int main(void)
{
    puts("ring append / LTTng-UST tracepoint: not measured; needs lttng-ust's headers (Debian: liblttng-ust-dev) at "
         "build time");
    return 0;
}

#endif
