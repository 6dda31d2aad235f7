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

/* SOMAXCONN of glibc's and the kernel's headers since Linux 5.4. */
#define USUAL_MOST 4096

static int longest_of(const struct profile *profile, int domain, int kernel_max, const int *backlogs, size_t count)
{
    const struct facts facts = {.domain = domain, .type = SOCK_STREAM, .bound = true, .kernel_max = kernel_max};
    int longest = 0;
    for (size_t i = 0; i < count; i++) {
        int wanted = wanted_for(profile, &facts, backlogs[i]);
        longest = wanted > longest ? wanted : longest;
    }
    return longest;
}

static int longest_of_both(const struct profile *profile, int kernel_max, const int *backlogs, size_t count)
{
    int tcp = longest_of(profile, AF_INET, kernel_max, backlogs, count);
    int local = longest_of(profile, AF_UNIX, kernel_max, backlogs, count);
    return tcp > local ? tcp : local;
}

/* Each kind of backlog has a key of its own, and any of them can make the longest queue. */
int longest_queue(const struct profile *profile, int kernel_max)
{
    const int tcp_most = number_or_most(profile->listen_backlog_max);
    const int local_most = number_or_most(profile->listen_backlog_max_unix);
    const int backlogs[] = {INT_MIN, 0, 1, tcp_most, local_most, INT_MAX};
    return longest_of_both(profile, kernel_max, backlogs, sizeof backlogs / sizeof *backlogs);
}

int usual_queue(const struct profile *profile, int kernel_max)
{
    const struct value tcp = profile->listen_backlog_max, local = profile->listen_backlog_max_unix;
    const int backlogs[] = {
        -1, 0, 1, USUAL_MOST, tcp.word == WORD_NUMBER ? tcp.number : 1, local.word == WORD_NUMBER ? local.number : 1};
    return longest_of_both(profile, kernel_max, backlogs, sizeof backlogs / sizeof *backlogs);
}
