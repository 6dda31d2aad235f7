/*
 * The refusers that processes are told to ask, and whether they answer.
 */
#ifndef LISTENAS_CLI_PS_REFUSERS_H
#define LISTENAS_CLI_PS_REFUSERS_H

#include "../live/scan.h"

enum refuser_state {
    REFUSER_ANSWERS,
    REFUSER_SILENT,    /* takes connections, and says nothing */
    REFUSER_BUSY,      /* its own queue is full */
    REFUSER_GONE,      /* nobody listens at its address */
    REFUSER_FORBIDDEN, /* this user may not ask it */
    REFUSER_FOREIGN,   /* is neither root's nor the process's user's: the library does not believe it */
    REFUSER_UNASKED,   /* nothing was sent: another user's process names a socket that no refuser is seen at, or too
                          many other refusers were silent */
    REFUSER_ELSEWHERE, /* its name is of another network namespace: it was not asked */
    REFUSER_MISNAMED,  /* LISTENAS_REFUSER is no address */
};

/* A refuser as one process is told of it. */
struct refuser_seen {
    const char *address; /* the value of LISTENAS_REFUSER; NULL: it has none */
    enum refuser_state state;
    bool has_user;
    uid_t user;          /* whose it is, as the kernel says */
    uint32_t pid;        /* of the supervisor; 0 if it is not found */
    uint64_t started_ns; /* CLOCK_REALTIME; 0 if it is not found */
};

/* What all silent refusers may take together: another user can have many. */
#define REFUSERS_PATIENCE_MS 3000

/*
 * Asks the refuser at `address`, of which `process` is told, for an answer, and finds its process among those of
 * `scan`, which has all. The question is none that it could serve, so nothing changes. A silent refuser takes a second
 * off
 * `*patience_ms`, which begins as REFUSERS_PATIENCE_MS; where less than a second is left, none is asked.
 * `seen->address` is `address`.
 */
void refuser_see(struct refuser_seen *seen, const char *address, const struct process *process, const struct scan *scan,
                 int *patience_ms);

/* "answers", "is gone" ... Static memory. */
const char *refuser_state_word(enum refuser_state state);

#endif
