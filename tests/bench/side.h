/*
 * One side of a comparison: a process in a network namespace of its own, with servers and perhaps a refuser that
 * watches them. Its time is measured there, in turns with another side's.
 */
#ifndef LISTENAS_BENCH_SIDE_H
#define LISTENAS_BENCH_SIDE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum side_kind {
    SIDE_REFUSALS, /* `amount` clients of a full queue, each after a rest: nanoseconds until each is refused */
    SIDE_SINGLES,  /* `amount` times connect, accept and both closes, each after a rest: nanoseconds of each */
    SIDE_CYCLES,   /* the same without a rest: means, the time of one and the processor time of all processes */
    SIDE_LOAD,     /* a keep-alive server at full speed for `amount` milliseconds: the same of one request */
    SIDE_FLOOD,    /* the same during a flood of SYNs to the full queue, and then the SYNs a second */
    SIDE_FILL,     /* the queue that is full in SIDE_REFUSALS and SIDE_FLOOD stays so if `amount`, else only in these */
    SIDE_USED,     /* processor time of the refuser's two processes, in nanoseconds */
    SIDE_WAKEUPS,  /* how often they were given a processor within `amount` milliseconds of rest */
};

/* Numbers in one answer at most. */
#define SIDE_NUMBERS 4096

struct side {
    pid_t pid;
    int orders, answers;
};

/*
 * Starts one with so many watched listeners, three at least, or without a refuser if that is 0. Returns one whose `pid`
 * is 0 where no refuser can run.
 */
struct side side_start(int watched);

/* Gives an order and waits for the answer; returns how many numbers it has, and ends the program if it has none. */
size_t side_ask(const struct side *side, enum side_kind kind, uint32_t amount, double *numbers);

/* The first number of the answer. */
double side_ask_one(const struct side *side, enum side_kind kind, uint32_t amount);

void side_stop(struct side *side);

#endif
