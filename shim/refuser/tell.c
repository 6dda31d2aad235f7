#include "tell.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "moment.h"
#include "refuser.h"
#include "scribe.h"

/* How often the end of the scribes is looked for when the refuser ends. */
#define LOOK_NS 1000000

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When that listener's clients are to be told of; INT64_MAX if there is nothing to tell. */
static int64_t due_of(const struct listener *listener)
{
    const struct turned *turned = &listener->turned;
    return turned->clients ? earlier(turned->last_ns + TELL_QUIET_NS, turned->first_ns + TELL_LONGEST_NS) : INT64_MAX;
}

void tell_note(struct listeners *all, struct listener *listener, uint32_t waited, uint32_t holds, int64_t now_ns)
{
    struct turned *turned = &listener->turned;
    if (!listener->ring)
        return;
    if (turned->clients++ == 0) {
        turned->first_ns = now_ns;
        turned->waited = 0;
    }
    turned->last_ns = now_ns;
    turned->holds = holds;
    turned->waited = waited > turned->waited ? waited : turned->waited;
    all->tell_ns = earlier(all->tell_ns, due_of(listener));
}

/* --- the scribes --- */

/* A scribe that an earlier worker started, which was killed since, is not this process's child: it counts as ended. */
static bool is_writing(struct told_ring *ring)
{
    if (ring->scribe && (waitpid(ring->scribe, NULL, WNOHANG) != 0))
        ring->scribe = 0;
    return ring->scribe != 0;
}

static bool may_start(struct told_rings *all, uid_t user)
{
    int count = 0, same = 0;
    for (int i = 0; i < RINGS_MAX; i++) {
        struct told_ring *ring = &all->of[i];
        bool writes = is_writing(ring);
        count += writes;
        same += writes && ring->user == user;
    }
    return count < SCRIBES_MAX && same < SCRIBES_OF_USER;
}

/* Both clocks are read here: this process may have been without a processor since the beginning of the round. */
static uint64_t real_time(int64_t ns)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec - (uint64_t)(moment_now() - ns);
}

static void describe(struct turned_event *event, const struct listener *listener)
{
    *event = (struct turned_event){.cookie = listener->asked_cookie,
                                   .from_ns = real_time(listener->turned.first_ns),
                                   .to_ns = real_time(listener->turned.last_ns),
                                   .clients = listener->turned.clients,
                                   .waited = listener->turned.waited,
                                   .holds = listener->turned.holds,
                                   .resets = listener->overflow == REFUSER_RESET,
                                   .end = listener_end(listener)};
}

/* The events of that ring that are due by `until_ns`; they count as told once the scribe is there. */
static int gather(struct listeners *all, int place, int64_t until_ns, struct turned_event *events, struct listener **of)
{
    int count = 0;
    for (int i = 0; i < all->end && count < SCRIBE_EVENTS; i++) {
        struct listener *listener = &all->of[i];
        if (!listener->used || listener->ring != place + 1 || due_of(listener) > until_ns)
            continue;
        describe(&events[count], listener);
        of[count++] = listener;
    }
    return count;
}

/* The child has a copy of what is on this stack; it leaves alone the memory that the refuser's processes share. */
static pid_t start_scribe(struct refuser *refuser, const struct told_ring *shared, const struct turned_event *events,
                          int count)
{
    const struct told_ring ring = *shared;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    munmap(refuser, sizeof *refuser);
    scribe_run(&ring, events, count);
}

/* Whether there is more to tell than one scribe takes, or it has to wait for the one before. */
static bool tell_ring(struct refuser *refuser, int place, int64_t until_ns)
{
    struct told_ring *ring = &refuser->rings.of[place];
    struct turned_event events[SCRIBE_EVENTS];
    struct listener *of[SCRIBE_EVENTS];
    int count = gather(&refuser->listeners, place, until_ns, events, of);
    if (count == 0)
        return false;
    pid_t scribe =
        is_writing(ring) || !may_start(&refuser->rings, ring->user) ? -1 : start_scribe(refuser, ring, events, count);
    if (scribe < 0)
        return true;
    ring->scribe = scribe;
    for (int i = 0; i < count; i++)
        of[i]->turned.clients = 0;
    return count == SCRIBE_EVENTS;
}

/* --- when --- */

static bool tell_rings(struct refuser *refuser, int64_t until_ns)
{
    bool more = false;
    for (int place = 0; place < RINGS_MAX; place++)
        if (refuser->rings.of[place].used)
            more |= tell_ring(refuser, place, until_ns);
    return more;
}

/* What cannot be told now is tried again after the quiet time. */
int64_t tell_if_due(struct refuser *refuser, int64_t now_ns)
{
    struct listeners *all = &refuser->listeners;
    if (now_ns < all->tell_ns)
        return all->tell_ns;
    bool more = tell_rings(refuser, now_ns);
    all->tell_ns = INT64_MAX;
    for (int i = 0; i < all->end; i++)
        if (all->of[i].used)
            all->tell_ns = earlier(all->tell_ns, due_of(&all->of[i]));
    if (more && all->tell_ns <= now_ns)
        all->tell_ns = now_ns + TELL_QUIET_NS;
    return all->tell_ns;
}

static bool any_writes(struct told_rings *all)
{
    bool any = false;
    for (int i = 0; i < RINGS_MAX; i++)
        any |= is_writing(&all->of[i]);
    return any;
}

void tell_all(struct refuser *refuser, int64_t now_ns)
{
    const struct timespec pause = {.tv_nsec = LOOK_NS};
    const int64_t end_ns = now_ns + TELL_END_NS;
    bool more = true;
    while (more && moment_now() < end_ns) {
        more = tell_rings(refuser, INT64_MAX - 1);
        while (any_writes(&refuser->rings) && moment_now() < end_ns)
            nanosleep(&pause, NULL);
    }
}
