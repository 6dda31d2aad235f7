#include "queue_option.h"

#include "listen.h"

#include <limits.h>

int formula_backlog(const struct formula *formula, int capacity)
{
    int least = 0, most = INT_MAX;
    while (least < most) {
        int middle = least + (most - least) / 2;
        if (formula_capacity(formula, middle) < capacity)
            least = middle + 1;
        else
            most = middle;
    }
    return least;
}

/* The backlog that the formula turned into the kernel's backlog, which queues one connection more than its number. */
static int effective_backlog(const struct profile *profile, const struct queue_facts *facts)
{
    const struct formula *formula =
        facts->domain == AF_UNIX ? &profile->listen_capacity_unix : &profile->listen_capacity_tcp;
    if (formula->kernel || facts->backlog == INT_MAX)
        return facts->backlog;
    return formula_backlog(formula, facts->backlog + 1);
}

struct queue_verdict queue_verdict(const struct profile *profile, const struct queue_facts *facts,
                                   enum queue_option option)
{
    const struct value value = profile->listen_queue_options;
    struct queue_verdict it = {.verdict = refusal_verdict(value, KEY_listen_queue_options)};
    if (value.word != WORD_YES)
        return it;
    it.verdict = (struct verdict){.decision = DECIDE_ANSWER, .why = KEY_listen_queue_options};
    if (facts)
        it.number = option == SO_LISTENQLIMIT ? effective_backlog(profile, facts)
                    : option == SO_LISTENQLEN ? facts->queued
                                              : 0;
    return it;
}
