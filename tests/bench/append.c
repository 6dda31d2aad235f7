/*
 * One append to the ring against one reading of the clock; and what it costs that another thread or process appends to
 * the same ring at the same time, against one that appends to another ring.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../shim/ring/append.h"
#include "ratios.h"

#define BATCH 2000
#define TURNS 1000
/* Two that write at once do so for at least this much of the time that the first one takes. */
#define OVERLAP_LEAST 0.7

enum { OWN_OF_FIRST, OWN_OF_SECOND, SHARED, RINGS };

static struct ring rings[RINGS];
static struct pairs pairs;

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

static void append_batch(const struct ring *ring, struct ring_writer *writer)
{
    struct record record = {.call = 3, .fd = 4, .pid = 5, .tid = 6, .address_length = 16};
    for (int i = 0; i < BATCH; i++) {
        record.time_ns++;
        __asm__ volatile("" : : "r"(&record) : "memory");
        ring_append_by(ring, writer, &record);
    }
}

static double time_append(struct ring_writer *writer)
{
    uint64_t start = now_ns();
    append_batch(&rings[SHARED], writer);
    return (double)(now_ns() - start) / BATCH;
}

static void measure_alone(void)
{
    struct ring_writer writer = {0};
    pairs.count = 0;
    time_clock(), time_append(&writer);
    for (int i = 0; i < TURNS; i++) {
        double clock = time_clock();
        pairs_add(&pairs, clock, time_append(&writer));
    }
    row_print("ring append / clock_gettime, one thread", &pairs, "0.5");
}

/* --- two at once --- */

/* What one of the two says, in memory that both have. */
struct side {
    _Alignas(256) _Atomic int turn; /* that it is ready for, plus 1 */
    struct {
        uint64_t begin, end;
    } times[2 * TURNS];
};

static struct side *sides;

/* The processors that this program may use. */
static cpu_set_t processors;

/* To the first or the second of them. */
static void pin(int side)
{
    cpu_set_t one;
    size_t cpu = 0;
    for (int skip = side; !CPU_ISSET(cpu, &processors) || skip-- > 0; cpu++)
        ;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

/* Both begin each turn together; every other turn both have the same ring. */
static void write_turns(int side)
{
    struct ring_writer writers[RINGS] = {0};
    for (int turn = 0; turn < 2 * TURNS; turn++) {
        int ring = turn % 2 ? SHARED : side;
        atomic_store(&sides[side].turn, turn + 1);
        while (atomic_load(&sides[!side].turn) <= turn)
            ;
        sides[side].times[turn].begin = now_ns();
        append_batch(&rings[ring], &writers[ring]);
        sides[side].times[turn].end = now_ns();
    }
}

/* How long an append of the first side took, 0 if the other did not write meanwhile. */
static double time_of_turn(int turn)
{
    uint64_t begin = sides[0].times[turn].begin, end = sides[0].times[turn].end;
    uint64_t other_begin = sides[1].times[turn].begin, other_end = sides[1].times[turn].end;
    uint64_t from = begin > other_begin ? begin : other_begin, to = end < other_end ? end : other_end;
    if (to <= from || (double)(to - from) < OVERLAP_LEAST * (double)(end - begin))
        return 0;
    return (double)(end - begin) / BATCH;
}

static void print_two(const char *what)
{
    pairs.count = 0;
    for (int turn = 0; turn < 2 * TURNS; turn += 2) {
        double apart = time_of_turn(turn), together = time_of_turn(turn + 1);
        if (apart > 0 && together > 0)
            pairs_add(&pairs, apart, together);
    }
    row_print(what, &pairs, "1.2");
    atomic_store(&sides[0].turn, 0);
    atomic_store(&sides[1].turn, 0);
}

static void *run_side(void *side)
{
    pin(side == &sides[1]);
    write_turns(side == &sides[1]);
    return NULL;
}

static void measure_threads(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, run_side, &sides[i]) != 0)
            _exit(1);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    print_two("ring append, two threads / each to its own ring");
}

static void measure_processes(void)
{
    for (int i = 0; i < 2; i++) {
        if (fork() == 0) {
            run_side(&sides[i]);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    print_two("ring append, two processes / each to its own ring");
}

static int make_rings(void)
{
    static const char *const names[] = {"start", "listen", "bind", "accept"};
    const struct ring_identity identity = {
        .slots = RING_SLOTS_USUAL, .profile = "linux", .diagnostic = "", .call_names = names, .calls = 4};
    char path[64];
    int error = 0;
    for (int i = 0; i < RINGS && !error; i++) {
        snprintf(path, sizeof path, "/dev/shm/listenas-bench-%d-%d", (int)getpid(), i);
        error = ring_open(&rings[i], path, &identity);
        unlink(path);
    }
    return error;
}

int main(void)
{
    int error = make_rings();
    if (error) {
        printf("ring: %s\n", strerror(error));
        return 1;
    }
    sides = mmap(NULL, 2 * sizeof *sides, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (sides == MAP_FAILED)
        return 1;
    measure_alone();
    if (sched_getaffinity(0, sizeof processors, &processors) != 0 || CPU_COUNT(&processors) < 2) {
        puts("ring append, two at once: not measured, there is one processor only");
        return 0;
    }
    measure_threads();
    measure_processes();
    return 0;
}
