#include "effort.h"

static int64_t share_of(const struct effort *effort, bool for_clients)
{
    if (!for_clients)
        return EFFORT_SHARE_OF_REQUESTS;
    return effort->full < EFFORT_FLOOD ? EFFORT_SHARE : EFFORT_SHARE_IN_FLOOD;
}

int64_t effort_rest(struct effort *effort, bool for_clients, int64_t now_ns, int64_t used_ns)
{
    int64_t share = share_of(effort, for_clients), work_ns = used_ns - effort->used_ns;
    int64_t end_ns = effort->begin_ns + share * work_ns, age_ns = now_ns - effort->begin_ns;
    if (end_ns > now_ns + EFFORT_REST_MOST_NS)
        end_ns = now_ns + EFFORT_REST_MOST_NS;
    if (share * work_ns >= EFFORT_WINDOW_NS && end_ns > now_ns) {
        *effort = (struct effort){.begin_ns = end_ns, .used_ns = used_ns, .full = effort->full + for_clients};
        return end_ns - now_ns;
    }
    if (age_ns >= EFFORT_WINDOW_NS) {
        bool is_full =
            for_clients && 2 * share * work_ns >= age_ns; /* nearly as good: others may have had the processor */
        *effort = (struct effort){.begin_ns = now_ns, .used_ns = used_ns, .full = is_full ? effort->full + 1 : 0};
    }
    return 0;
}
