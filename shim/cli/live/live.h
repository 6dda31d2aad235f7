/*
 * What runs now: the rings that are looked at, their listeners, and the processes that write to them. `stat`, `top` and
 * whatever else shows numbers of listeners read them here.
 *
 *     struct live live;
 *     live_open(&live, &(struct live_choice){.what = "nginx"});
 *     while (live_refresh(&live) == 0)
 *         ... live.rings.of[i]->listeners[j] ...
 *     live_close(&live);
 *
 * A refresh reads what each ring that lives says of its listeners, and asks the kernel once for all queues; rings that
 * have ended cost nothing unless they are asked for. Looking for new processes costs much more, so it is done at most
 * once a second, and takes no more than a twentieth of the time.
 */
#ifndef LISTENAS_CLI_LIVE_LIVE_H
#define LISTENAS_CLI_LIVE_LIVE_H

#include "queues.h"
#include "ringset.h"

struct live {
    struct ringset rings;
    struct queues queues;
    uint64_t now_ns;     /* CLOCK_REALTIME of the last refresh */
    uint64_t steady_ns;  /* CLOCK_MONOTONIC of it */
    uint64_t scan_at_ns; /* CLOCK_MONOTONIC: look for processes again */
};

/* `choice` is copied, its text is not. Nothing is looked at yet. */
void live_open(struct live *live, const struct live_choice *choice);

/*
 * Reads everything as it is now. Returns 0 or an errno: ENOMEM, or why /proc cannot be read. One ring that cannot be
 * read has a `fault` and does not fail the others.
 */
int live_refresh(struct live *live);

/* The same, and looks for new processes even if it has just done so. */
int live_refresh_all(struct live *live);

void live_close(struct live *live);

/* The ring that a process writes to; NULL if it has none, or that was not chosen. */
const struct live_ring *live_ring_of(const struct live *live, const struct process *process);

#endif
