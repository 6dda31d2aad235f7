/* What a platform makes of a listen: the socket's state, and the queue that it really gives. */
#include <limits.h>

#include "../../rules/bind_port.h"
#include "../../rules/listen.h"
#include "parts.h"

/* Linux takes a negative backlog for the largest, and queues one connection more than the backlog. */
static int linux_queue(int backlog, int kernel_max)
{
    int most = backlog < 0 || backlog > kernel_max ? kernel_max : backlog;
    return most == INT_MAX ? INT_MAX : most + 1;
}

int judged_native_queue(const struct judged_call *call)
{
    return linux_queue(call->seen.arguments[0], call->seen.kernel_max);
}

static enum key key_of_queue(const struct listen_verdict *verdict, bool local)
{
    switch (verdict->verdict.why) {
    case KEY_NONE:
    case KEY_listen_backlog_max: /* both say how long a queue is */
    case KEY_listen_backlog_max_unix:
    case KEY_listen_backlog_excess:
        return local ? KEY_listen_capacity_unix : KEY_listen_capacity_tcp;
    default:
        return verdict->verdict.why;
    }
}

static void judge_queue(struct judging *it, const struct listen_verdict *verdict)
{
    bool local = it->facts.domain == AF_UNIX;
    int native = linux_queue(it->seen->arguments[0], it->facts.kernel_max);
    int queue = verdict->capacity > 0 ? verdict->capacity : linux_queue(verdict->backlog, it->facts.kernel_max);
    enum word overflow = local              ? it->profile->listen_overflow_unix.word
                         : verdict->resets  ? WORD_RESET
                         : verdict->watched ? WORD_REFUSE
                                            : WORD_DROP;
    if (local && overflow != WORD_REFUSE)
        overflow = WORD_DROP;
    if (queue != native || overflow != WORD_DROP)
        add_queue(it, key_of_queue(verdict, local), queue, overflow);
}

static void judge_done(struct judging *it, const struct listen_verdict *verdict)
{
    const struct port_range host = {.low = 32768, .high = 60999}; /* Linux's own. Source: ip(7) */
    bool inet = it->facts.domain == AF_INET || it->facts.domain == AF_INET6;
    if (it->facts.domain == AF_UNIX || (inet && it->facts.type == SOCK_STREAM))
        judge_queue(it, verdict);
    if (inet && !it->facts.bound && chosen_range(it->profile, host).high)
        add_turn(it, KEY_bind_port_min, TURN_OTHERWISE);
    if (verdict->keep_port)
        add_turn(it, verdict->verdict.why, TURN_OTHERWISE);
}

void judge_listen(struct judging *it)
{
    if (case_has(it, CASE_KNOWN)) {
        struct listen_verdict verdict = listen_verdict(it->profile, &it->facts, it->seen->arguments[0]);
        if (add_verdict(it, &verdict.verdict))
            return;
        if (!it->seen->error) {
            judge_done(it, &verdict);
            return;
        }
    }
    struct verdict after = listened_verdict(it->profile, &it->facts, it->seen->error);
    add_verdict(it, &after);
}
