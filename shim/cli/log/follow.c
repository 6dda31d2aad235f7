#include "follow.h"

#include <stdio.h>
#include <time.h>

#include "../clock.h"

/* How often a follower looks: where nothing came, and where more may come soon and overwrite what is there. */
#define LOOK_NS 50000000
#define LOOK_SOON_NS 5000000
/* How often it asks who still writes, and whether there are new rings. */
#define TURN_NS 1000000000
/* How long a record of one ring waits for an earlier record of another. */
#define MERGE_NS (2 * (uint64_t)LOOK_NS)
/* Looks at a ring after its last writer has ended: repetitions are told when they end, so the last ones come late. */
#define LAST_LOOKS 3

/* Returns whether anything was told. */
static bool tell_until(struct view *view, struct sources *sources, uint64_t until_ns)
{
    struct source *source;
    bool found = false;
    for (; (source = sources_next(sources, until_ns)); found = true)
        view_take(view, source);
    return found;
}

void follow_once(struct view *view, struct sources *sources)
{
    tell_until(view, sources, 0);
}

/* Whether the source has ended, and has had its last looks. */
static bool is_over(struct source *source, bool asks)
{
    bool may = source_may_have_ended(source), is_news = may && !source->is_asked;
    source->is_asked = may;
    if (source->looks_left > 0)
        return --source->looks_left == 0 && source_has_ended(source);
    if ((asks || is_news) && source_has_ended(source))
        source->looks_left = LAST_LOOKS;
    return false;
}

/* Tells what became of the sources that have ended. Returns how many go on. */
static int close_ended(struct view *view, struct sources *sources, bool asks)
{
    int left = 0;
    for (struct source *source = sources->first; source; source = source->next) {
        if (source->fd >= 0 && is_over(source, asks)) {
            view_listeners(view, source);
            source_close(source);
        }
        left += source->fd >= 0;
    }
    return left;
}

void follow_to_end(struct view *view, struct sources *sources)
{
    uint64_t turn_ns = 0;
    for (;;) {
        bool found = tell_until(view, sources, view->all ? clock_ns(CLOCK_REALTIME) - MERGE_NS : 0);
        view_flush(view);
        bool asks = clock_ns(CLOCK_MONOTONIC) >= turn_ns;
        int left = close_ended(view, sources, asks);
        if (fflush(stdout) != 0 || (left == 0 && !view->all))
            return;
        const struct timespec look = {.tv_nsec = found ? LOOK_SOON_NS : LOOK_NS};
        nanosleep(&look, NULL);
        if (asks)
            turn_ns = clock_ns(CLOCK_MONOTONIC) + TURN_NS;
        if (asks && view->all)
            sources_find(sources);
        sources_look(sources);
    }
}
