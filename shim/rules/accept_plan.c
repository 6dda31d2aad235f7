#include "accept_plan.h"

#include <netinet/in.h>

#include "accept.h"

/* What a plan asks for, or finds out without asking. */
#define PLANNED_BEFORE (NEED_FLAGS | NEED_LENGTH | NEED_ADDRESS | NEED_MARK)
#define PLANNED_AFTER                                                                                                  \
    (NEED_OPTIONS_TCP | NEED_OPTIONS_UNIX | NEED_EXCESS | NEED_OWNER | NEED_CONNECTION | NEED_PEER_GONE | NEED_ADDRESS)
/* What accept must know of its listener once it has a TCP connection. */
#define OF_LISTENER (NEED_OPTIONS_TCP | NEED_EXCESS | NEED_OWNER)

/* To the rules a call without an address is as one whose address is in order. */
static struct accept_answer answer_for(const struct profile *profile, bool is_accept4, int asked, int listener_flags)
{
    const struct accept_facts facts = {.is_accept4 = is_accept4,
                                       .asked = asked,
                                       .flags = listener_flags,
                                       .wants_address = true,
                                       .room = sizeof(struct sockaddr_in)};
    const struct accept_verdict it = accept_verdict(profile, &facts);
    if (it.verdict.decision != DECIDE_CALL || it.set_async || it.leaks || it.memory_error || it.passing != PASS_AS_IS)
        return (struct accept_answer){.flags = -1};
    return (struct accept_answer){it.flags, (uint16_t)it.verdict.why, (uint16_t)it.through};
}

struct accept_plan accept_plan_of(const struct profile *profile, enum call call)
{
    const unsigned int before = profile->needs.facts[call][PHASE_BEFORE],
                       after = profile->needs.facts[call][PHASE_DONE];
    struct accept_plan plan = {.asks_flags = before & NEED_FLAGS,
                               .asks_before = before & NEED_MARK,
                               .asks_after = after & OF_LISTENER,
                               .flags_tell = before & NEED_FLAGS && (after & OF_LISTENER) == NEED_EXCESS,
                               .asks_peer = after & NEED_CONNECTION};
    if (!profile->needs.phases[call] || before & ~(unsigned int)PLANNED_BEFORE || after & ~(unsigned int)PLANNED_AFTER)
        return (struct accept_plan){0};
    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 2; column++) {
            int asked = (row & 1 ? SOCK_NONBLOCK : 0) | (row & 2 ? SOCK_CLOEXEC : 0);
            plan.answers[row][column] = answer_for(profile, call == CALL_accept4, asked, column ? O_NONBLOCK : 0);
        }
    plan.is_made = true;
    return plan;
}
