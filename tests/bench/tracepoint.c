/* An LTTng-UST tracepoint against one reading of the clock, where LTTng-UST is installed. */
#include <stdint.h>

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

static double time_tracepoint(void)
{
    static const uint8_t address[48];
    uint64_t start = now_ns();
    for (int i = 0; i < BATCH; i++)
        lttng_ust_tracepoint(listenas_bench, call, 4, i, 0, address);
    return (double)(now_ns() - start) / BATCH;
}

int main(void)
{
    static struct pairs pairs;
    const char *what = lttng_ust_tracepoint_enabled(listenas_bench, call)
                           ? "LTTng-UST tracepoint / clock_gettime, recorded"
                           : "LTTng-UST tracepoint / clock_gettime, no session";
    for (int i = 0; i < TURNS; i++) {
        double clock = time_clock();
        pairs_add(&pairs, clock, time_tracepoint());
    }
    row_print(what, &pairs, "");
    return 0;
}

#else

int main(void)
{
    puts("LTTng-UST tracepoint: not there; needs lttng-ust's headers (Debian: liblttng-ust-dev) at build time");
    return 0;
}

#endif
