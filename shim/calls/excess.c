#include "excess.h"

#include "../guest/ask_refuser.h"
#include "../guest/real.h"
#include "../kernel/facts.h"
#include "../kernel/listener.h"
#include "../kernel/mark_write.h"

#include "../kernel/async_safe.h"

static int places_of(int fd)
{
    return (facts_mark(fd) & MARK_EXCESS) / MARK_EXCESS_ONE;
}

void excess_note(int fd, int places)
{
    if (places > 0)
        listener_note_shortened(fd);
    if (places != places_of(fd))
        mark_change(fd, MARK_EXCESS, places * MARK_EXCESS_ONE);
}

int excess_at_listen(int fd, int capacity, struct record *record)
{
    struct queue_facts queue;
    int dead = places_of(fd), reset = 0;
    if (!facts_of_queue(fd, &queue) || queue.queued - dead <= capacity)
        return dead;
    record->shorten_error = refuser_shorten(fd, capacity, &reset);
    record->flags |= RECORD_SHORTENED;
    record->reset = (uint32_t)reset;
    dead += reset;
    return dead < MARK_EXCESS_MOST ? dead : MARK_EXCESS_MOST;
}

bool excess_at_accept(int listener)
{
    struct queue_facts queue;
    int places = places_of(listener);
    if (places == 0 || !facts_of_queue(listener, &queue) || queue.backlog == 0)
        return false;
    excess_note(listener, places - 1);
    real.listen(listener, queue.backlog - 1);
    return true;
}
