/*
 * What a storm of clients meets at queues of several lengths, and at each overflow, as a table.
 */
#ifndef LISTENAS_BENCH_STORMS_H
#define LISTENAS_BENCH_STORMS_H

#include <stdbool.h>

/* Prints the table. In a network namespace of its own, with the refuser of LISTENAS_REFUSER. */
void storms_print(void);

#endif
