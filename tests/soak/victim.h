/*
 * The refuser of a soak: it is killed and stopped, and has to be there again.
 */
#ifndef LISTENAS_SOAK_VICTIM_H
#define LISTENAS_SOAK_VICTIM_H

#include <stdbool.h>
#include <sys/types.h>

struct victim {
    pid_t supervisor; /* 0 where none can run */
    int descriptors;  /* when it was last told what is normal */
};

/* Starts it and puts it into LISTENAS_REFUSER. */
struct victim victim_start(void);

/* Ends it, by force if it does not end by itself in time. Returns whether it did. */
bool victim_stop(struct victim *victim);

/* Each returns whether there are two processes again within VICTIM_MS. */
bool victim_kill_worker(const struct victim *victim);
bool victim_stop_worker(const struct victim *victim);
bool victim_kill_supervisor(struct victim *victim);

/* Kills both, so that nobody can replace them, and starts it anew. */
void victim_kill_both(struct victim *victim);

#define VICTIM_MS 1500

/* Takes the number of its descriptors as normal. */
void victim_note_descriptors(struct victim *victim);

/* Whether it comes down to that number again within some seconds. */
bool victim_has_no_leak(const struct victim *victim);

#endif
