/*
 * Whether anybody still writes to a ring.
 */
#ifndef LISTENAS_CLI_LOG_RINGLIFE_H
#define LISTENAS_CLI_LOG_RINGLIFE_H

enum life {
    LIFE_ENDED,   /* no process maps the file */
    LIFE_RUNS,    /* one does, whether it has made a call yet or not */
    LIFE_UNKNOWN, /* a process of this user does not let itself be looked at, or there is no /proc */
};

/*
 * Asks every process for its mappings of the file that `fd` has open for reading. Sees those of its own pid namespace
 * only. What cannot be mapped is LIFE_UNKNOWN.
 */
enum life ring_life(int fd);

#endif
