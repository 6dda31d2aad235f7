#include <limits.h>

#include "host.h"
#include "listen.h"

/* The connections that the profile queues for this backlog; 0 if the kernel decides. */
static int wanted_for(const struct profile *profile, const struct facts *facts, int backlog)
{
    struct listen_verdict it = listen_verdict(profile, facts, backlog);
    bool set = it.verdict.why != KEY_NONE || profile->listen_backlog_max.word == WORD_NUMBER;
    if (it.verdict.decision != DECIDE_CALL)
        return 0;
    if (it.capacity > 0 || !set)
        return it.capacity;
    return it.effective < INT_MAX ? it.effective + 1 : INT_MAX;
}

static int number_or_most(struct value value)
{
    return value.word == WORD_NUMBER ? value.number : INT_MAX;
}

/* Each kind of backlog has a key of its own, and any of them can make the longest queue. */
static int longest_of(const struct profile *profile, int domain, int kernel_max)
{
    const struct facts facts = {.domain = domain, .type = SOCK_STREAM, .bound = true, .kernel_max = kernel_max};
    const int tcp_most = number_or_most(profile->listen_backlog_max);
    const int local_most = number_or_most(profile->listen_backlog_max_unix);
    const int backlogs[] = {INT_MIN, 0, 1, tcp_most, local_most, INT_MAX};
    int longest = 0;
    for (size_t i = 0; i < sizeof backlogs / sizeof *backlogs; i++) {
        int wanted = wanted_for(profile, &facts, backlogs[i]);
        longest = wanted > longest ? wanted : longest;
    }
    return longest;
}

int longest_queue(const struct profile *profile, int kernel_max)
{
    int tcp = longest_of(profile, AF_INET, kernel_max), local = longest_of(profile, AF_UNIX, kernel_max);
    return tcp > local ? tcp : local;
}
