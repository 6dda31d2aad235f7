#include "traffic.h"

/* A window of this age is not followed by the next one: there was a pause. */
#define QUIET_NS (2 * (int64_t)TRAFFIC_WINDOW_NS)

static void begin_window(struct traffic *traffic, int64_t now_ns)
{
    traffic->weight = 0;
    traffic->window_ns = now_ns;
}

bool traffic_is_much(struct traffic *traffic, int syns, int others, int64_t now_ns)
{
    int64_t age_ns = now_ns - traffic->window_ns;
    if (age_ns >= TRAFFIC_PAUSE_MOST_NS)
        traffic->pause_ns = 0; /* there was a pause */
    if (age_ns >= QUIET_NS) {
        begin_window(traffic, now_ns); /* what came long ago does not count */
        traffic->gathers = false;
    }
    traffic->weight += syns + 2 * others;
    bool is_much = traffic->weight >= TRAFFIC_MUCH;
    traffic->gathers |= is_much;
    if (now_ns - traffic->window_ns < TRAFFIC_WINDOW_NS)
        return false;
    traffic->gathers = is_much;
    begin_window(traffic, now_ns);
    return is_much;
}

bool traffic_gathers(const struct traffic *traffic, int64_t now_ns)
{
    return !traffic->shut && traffic->gathers && now_ns - traffic->window_ns < QUIET_NS;
}

bool traffic_is_crowded(const struct traffic *traffic, uint32_t queued, uint32_t backlog, int64_t dropped_ns,
                        int64_t now_ns)
{
    uint64_t part = traffic->shut ? 2 : 4;
    return part * queued > backlog || (dropped_ns != 0 && now_ns - dropped_ns < TRAFFIC_CALM_NS);
}

void traffic_looked(struct traffic *traffic, uint32_t room, int64_t now_ns)
{
    int64_t pause = (int64_t)(room / TRAFFIC_ROOM_PER_LOOK) * TRAFFIC_LOOK_NS;
    if (pause < TRAFFIC_LOOK_NS)
        pause = TRAFFIC_LOOK_NS;
    if (pause > TRAFFIC_LOOK_MOST_NS)
        pause = TRAFFIC_LOOK_MOST_NS;
    traffic->look_ns = now_ns + pause;
}

void traffic_shut(struct traffic *traffic, int64_t now_ns)
{
    int64_t pause = traffic->pause_ns ? 2 * traffic->pause_ns : TRAFFIC_PAUSE_NS;
    traffic->pause_ns = pause < TRAFFIC_PAUSE_MOST_NS ? pause : TRAFFIC_PAUSE_MOST_NS;
    traffic->shut = true;
    traffic->open_ns = now_ns + traffic->pause_ns;
}

void traffic_open(struct traffic *traffic, bool needed, int64_t now_ns)
{
    traffic->shut = false;
    begin_window(traffic, now_ns);
    if (needed)
        traffic->pause_ns = 0;
}

int64_t traffic_due(const struct traffic *traffic)
{
    if (!traffic->shut)
        return INT64_MAX;
    return traffic->look_ns < traffic->open_ns ? traffic->look_ns : traffic->open_ns;
}
