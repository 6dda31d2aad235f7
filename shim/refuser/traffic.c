#include "traffic.h"

bool traffic_is_much(struct traffic *traffic, int syns, int others, int64_t now_ns)
{
    if (now_ns - traffic->window_ns >= TRAFFIC_WINDOW_NS) {
        if (now_ns - traffic->window_ns >= TRAFFIC_PAUSE_MOST_NS)
            traffic->pause_ns = 0; /* it was quiet meanwhile */
        traffic->window_ns = now_ns;
        traffic->weight = 0;
    }
    traffic->weight += syns + 2 * others;
    if (traffic->weight < TRAFFIC_MUCH || now_ns < traffic->look_ns)
        return false;
    traffic->look_ns = now_ns + TRAFFIC_LOOK_NS;
    return true;
}

void traffic_shut(struct traffic *traffic, int64_t now_ns)
{
    int64_t pause = traffic->pause_ns ? 2 * traffic->pause_ns : TRAFFIC_PAUSE_NS;
    traffic->pause_ns = pause < TRAFFIC_PAUSE_MOST_NS ? pause : TRAFFIC_PAUSE_MOST_NS;
    traffic->shut = true;
    traffic->look_ns = now_ns + TRAFFIC_LOOK_NS;
    traffic->open_ns = now_ns + traffic->pause_ns;
}

void traffic_open(struct traffic *traffic, bool needed, int64_t now_ns)
{
    traffic->shut = false;
    traffic->weight = 0;
    traffic->window_ns = now_ns;
    if (needed)
        traffic->pause_ns = 0;
}

int64_t traffic_due(const struct traffic *traffic)
{
    if (!traffic->shut)
        return INT64_MAX;
    return traffic->look_ns < traffic->open_ns ? traffic->look_ns : traffic->open_ns;
}
