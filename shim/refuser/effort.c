#include "effort.h"

#include <stdbool.h>

int64_t effort_rest(struct effort *effort, int64_t now_ns, int64_t used_ns)
{
    int64_t share = effort->full < EFFORT_FLOOD ? EFFORT_SHARE : EFFORT_SHARE_IN_FLOOD;
    int64_t work_ns = used_ns - effort->used_ns, end_ns = effort->begin_ns + share * work_ns;
    if (share * work_ns >= EFFORT_WINDOW_NS && end_ns > now_ns) {
        *effort = (struct effort){.begin_ns = end_ns, .used_ns = used_ns, .full = effort->full + 1};
        return end_ns - now_ns;
    }
    if (now_ns - effort->begin_ns >= EFFORT_WINDOW_NS) {
        bool is_full = 2 * share * work_ns >= now_ns - effort->begin_ns; /* or nearly, if others took the processor */
        *effort = (struct effort){.begin_ns = now_ns, .used_ns = used_ns, .full = is_full ? effort->full + 1 : 0};
    }
    return 0;
}
