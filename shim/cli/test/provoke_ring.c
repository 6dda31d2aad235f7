#include "provoke_ring.h"

#include <string.h>

#include "../../ring/cursor.h"

/* Processes and threads that are counted; the calls of further ones are ignored. */
#define ACTORS_MOST 256

/* Of one thread, by which all of it can be counted: processes are added up from their threads. */
struct actor {
    uint32_t pid, tid;
    uint64_t calls;       /* of the call in question */
    uint64_t records;     /* of all calls */
    uint16_t call, error; /* of its last call; 0 for no error */
    uint64_t in_a_row;    /* calls with that error, without another between them */
};

struct actors {
    struct actor actor[ACTORS_MOST];
    unsigned int count;
};

static struct actor *actor_of(struct actors *actors, const struct record *record)
{
    for (unsigned int i = 0; i < actors->count; i++)
        if (actors->actor[i].pid == record->pid && actors->actor[i].tid == record->tid)
            return &actors->actor[i];
    if (actors->count == ACTORS_MOST)
        return NULL;
    actors->actor[actors->count] = (struct actor){.pid = record->pid, .tid = record->tid};
    return &actors->actor[actors->count++];
}

static bool is_named(const struct ring *ring, const struct record *record, const char *name)
{
    char text[CALL_NAME_SIZE + 1] = "";
    const char *own = ring_call_name(ring, record->call);
    if (own)
        memcpy(text, own, CALL_NAME_SIZE);
    return strcmp(text, name) == 0 || (strcmp(text, "accept4") == 0 && strcmp(name, "accept") == 0);
}

static void note_error(struct actor *actor, const struct record *record, uint64_t times, struct provoked_run *run)
{
    bool is_same = record->given_error && actor->call == record->call && actor->error == record->given_error;
    actor->in_a_row = is_same ? actor->in_a_row + times : times;
    actor->call = record->call;
    actor->error = record->given_error;
    run->spins |= record->given_error && actor->in_a_row > SPIN_LEAST;
}

/* Of a process: of the call in question, or of all calls. */
static uint64_t sum_of(const struct actors *actors, uint32_t pid, bool only_calls)
{
    uint64_t sum = 0;
    for (unsigned int i = 0; i < actors->count; i++)
        if (actors->actor[i].pid == pid)
            sum += only_calls ? actors->actor[i].calls : actors->actor[i].records;
    return sum;
}

/* `times`: the call and those that were equal to it, which the record stands for, too. */
static void take_record(struct provoked_run *run, struct actors *actors, uint32_t *met_by, const struct record *record,
                        uint64_t times, bool is_call)
{
    struct actor *actor = actor_of(actors, record);
    if (run->is_met && *met_by == record->pid && !(record->flags & RECORD_PROVOKED))
        run->goes_on = true;
    if (actor) {
        actor->calls += is_call ? times : 0;
        actor->records += times;
        note_error(actor, record, times, run);
    }
    if (!(record->flags & RECORD_PROVOKED))
        return;
    if (!run->is_met)
        run->position = sum_of(actors, record->pid, false);
    run->is_met = true;
    *met_by = record->pid;
}

static uint64_t most_of(const struct actors *actors, bool only_calls)
{
    uint64_t most = 0;
    for (unsigned int i = 0; i < actors->count; i++) {
        uint64_t sum = sum_of(actors, actors->actor[i].pid, only_calls);
        most = sum > most ? sum : most;
    }
    return most;
}

/* What a process says of itself, and of its queues, is no call. */
static bool is_call(const struct ring *ring, const struct record *record)
{
    return !is_named(ring, record, "start") && !is_named(ring, record, "queue");
}

static const char *read_ring(struct provoked_run *run, const struct ring *ring, const char *call)
{
    static struct actors actors;
    struct cursor cursor;
    struct told told;
    enum cursor_answer answer;
    uint32_t met_by = 0;
    int error = cursor_open(&cursor, ring, CURSOR_ONCE);
    if (error)
        return strerror(error);
    actors.count = 0;
    while ((answer = cursor_next(&cursor, &told)) != CURSOR_END)
        if (answer == CURSOR_RECORD && is_call(ring, &told.record))
            take_record(run, &actors, &met_by, &told.record, 1 + told.repeats.count,
                        is_named(ring, &told.record, call));
    run->most = most_of(&actors, true);
    run->records = most_of(&actors, false);
    cursor_close(&cursor);
    return NULL;
}

const char *provoke_ring_read(struct provoked_run *run, const char *path, const char *call)
{
    struct ring ring;
    *run = (struct provoked_run){0};
    const char *fault = ring_open_to_read(&ring, path);
    if (fault)
        return fault;
    fault = read_ring(run, &ring, call);
    ring_close(&ring);
    return fault;
}
