#include "queues.h"

#include <limits.h>
#include <sys/socket.h>

#include "../facts/facts.h"
#include "../rules/rules.h"
#include "cli.h"

/* The connections that the profile itself wants to queue for this backlog; 0 if it leaves that to the kernel.
 */
static int wanted_for(const struct profile *profile, const struct facts *facts, int backlog)
{
    struct listen_verdict it = listen_verdict(profile, facts, backlog);
    bool set = it.verdict.why != KEY_NONE || profile->listen_backlog_max.word == WORD_NUMBER;
    if (it.verdict.decision != DECIDE_CALL)
        return 0;
    if (it.capacity > 0 || !set)
        return it.capacity;
    return it.legal < INT_MAX ? it.legal + 1 : INT_MAX;
}

/* Each kind of backlog has its key, and any of them can make the longest queue. */
static int longest(const struct profile *profile, int domain, int kernel_max)
{
    const struct facts facts = {.domain = domain, .type = SOCK_STREAM, .bound = true, .kernel_max = kernel_max};
    const struct value most = profile->listen_backlog_max;
    const int backlogs[] = {INT_MIN, 0, 1, most.word == WORD_NUMBER ? most.number : INT_MAX};
    int longest = 0;
    for (size_t i = 0; i < sizeof backlogs / sizeof *backlogs; i++) {
        int wanted = wanted_for(profile, &facts, backlogs[i]);
        longest = wanted > longest ? wanted : longest;
    }
    return longest;
}

void queues_compare(const struct book *book)
{
    int kernel_max = facts_kernel_max();
    int tcp = longest(&book->profile, AF_INET, kernel_max), local = longest(&book->profile, AF_UNIX, kernel_max);
    int wanted = tcp > local ? tcp : local;
    if (kernel_max == INT_MAX || wanted <= kernel_max + 1)
        return;
    if (wanted == INT_MAX)
        say("the profile %s queues connections without limit, the kernel at most %d; raise "
            "net.core.somaxconn if that "
            "is too few",
            book->name, kernel_max + 1);
    else
        say("the profile %s queues up to %d connections, the kernel at most %d; sysctl net.core.somaxconn=%d "
            "allows "
            "them",
            book->name, wanted, kernel_max + 1, wanted - 1);
}
