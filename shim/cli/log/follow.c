#include "follow.h"

#include <stdio.h>
#include <time.h>

/* How often a follower looks; every how many looks it asks who still writes, and whether there are new rings. */
#define LOOK_NS 50000000
#define LOOKS_OF_A_TURN 20
/* A record of one ring waits so long for an earlier one of another. */
#define MERGE_NS (2 * (uint64_t)LOOK_NS)
/* So many looks a ring has for its last repetitions after its last writer has ended: they are told once they end. */
#define LAST_LOOKS 3

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void tell_until(struct view *view, struct sources *sources, uint64_t until_ns)
{
    struct source *source;
    while ((source = sources_next(sources, until_ns)))
        view_take(view, source);
}

void follow_once(struct view *view, struct sources *sources)
{
    tell_until(view, sources, 0);
}

/* Tells what became of the sources that have ended. Returns how many go on. */
static int close_ended(struct view *view, struct sources *sources, bool asks)
{
    int left = 0;
    for (struct source *source = sources->first; source; source = source->next) {
        if (source->fd < 0)
            continue;
        bool may = source_may_have_ended(source);
        if (source->looks_left == 0 && (asks || (may && !source->is_asked)) && source_has_ended(source))
            source->looks_left = LAST_LOOKS + 1;
        source->is_asked = may;
        if (source->looks_left > 0 && --source->looks_left == 0 && source_has_ended(source)) {
            view_listeners(view, source);
            source_close(source);
        }
        left += source->fd >= 0;
    }
    return left;
}

void follow_to_end(struct view *view, struct sources *sources)
{
    const struct timespec look = {.tv_nsec = LOOK_NS};
    for (unsigned int turn = 1;; turn++) {
        tell_until(view, sources, view->all ? now_ns() - MERGE_NS : 0);
        view_flush(view);
        int left = close_ended(view, sources, turn % LOOKS_OF_A_TURN == 1);
        if (fflush(stdout) != 0 || (left == 0 && !view->all))
            return;
        nanosleep(&look, NULL);
        if (view->all && turn % LOOKS_OF_A_TURN == 0)
            sources_find(sources);
        sources_look(sources);
    }
}
