/* Settings and directories of the host. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../kernel/host.h"
#include "../../profile/loader/load.h"
#include "../../profile/loader/search.h"
#include "../../ring/place.h"
#include "../../rules/host.h"
#include "../proc.h"
#include "../profiles/profiles.h"
#include "finding.h"

/* What Linux has since 5.4. */
#define USUAL_SOMAXCONN 4096

struct longest {
    int kernel_max, wanted;
    char name[64];
};

static void take_longest(const char *name, const char *directory, void *context)
{
    struct longest *longest = context;
    struct diagnostics diagnostics = {0};
    static struct profile profile;
    (void)directory;
    if (!profile_load(&profile, name, NULL, NULL, &diagnostics))
        return;
    int wanted = usual_queue(&profile, longest->kernel_max);
    if (wanted <= longest->wanted || wanted == INT_MAX) /* no setting has room for any number */
        return;
    longest->wanted = wanted;
    snprintf(longest->name, sizeof longest->name, "%.63s", name);
}

void find_somaxconn(struct finding *finding)
{
    struct longest longest = {.kernel_max = facts_kernel_max()};
    if (longest.kernel_max == INT_MAX) {
        finding_set(finding, FINDING_NOTE, "", "net.core.somaxconn cannot be read here");
        return;
    }
    each_profile(take_longest, &longest);
    if (longest.wanted > longest.kernel_max + 1) {
        /* With Linux's own limit of today only the longest queues are cut. */
        finding_set(finding, longest.kernel_max < USUAL_SOMAXCONN ? FINDING_LACKS : FINDING_NOTE, "",
                    "net.core.somaxconn is %d: a queue holds %d connections, and %s has up to %d", longest.kernel_max,
                    longest.kernel_max + 1, longest.name, longest.wanted);
        snprintf(finding->todo, sizeof finding->todo, "sysctl net.core.somaxconn=%d has room for all",
                 longest.wanted - 1);
    } else {
        finding_set(finding, FINDING_GOOD, "", "net.core.somaxconn is %d: room for the queues that programs ask for",
                    longest.kernel_max);
    }
}

void find_syncookies(struct finding *finding)
{
    char value[16];
    if (!proc_read("/proc/sys/net/ipv4/tcp_syncookies", value, sizeof value))
        finding_set(finding, FINDING_NOTE, "", "net.ipv4.tcp_syncookies cannot be read here");
    else if (strcmp(value, "0") == 0)
        finding_set(finding, FINDING_GOOD, "", "net.ipv4.tcp_syncookies is 0");
    else
        finding_set(finding, FINDING_NOTE,
                    "run --isolate sets it as the platform has it; sysctl net.ipv4.tcp_syncookies=0 does for the host, "
                    "where nobody floods it",
                    "net.ipv4.tcp_syncookies is %s: a burst beyond a short queue may be told that it is connected",
                    value);
}

void find_record(struct finding *finding)
{
    const char *said = getenv("LISTENAS_RING"), *directory = said && said[0] == '/' ? said : ring_directory();
    struct stat status;
    if (said && strcmp(said, "off") == 0)
        finding_set(finding, FINDING_NOTE, "unset LISTENAS_RING", "LISTENAS_RING is off: no call is recorded");
    else if (stat(directory, &status) == 0 && S_ISDIR(status.st_mode) && access(directory, W_OK | X_OK) != 0)
        finding_set(finding, FINDING_LACKS, "name a directory in LISTENAS_RING, or run -r",
                    "%s: %s: programs run without a record", directory, strerror(errno));
    else if (access(directory, F_OK) != 0 && !strstr(directory, ".ring"))
        finding_set(finding, FINDING_LACKS, "name a directory in LISTENAS_RING, or run -r", "%s: %s", directory,
                    strerror(errno));
    else
        finding_set(finding, FINDING_GOOD, "", "%s", directory);
}

void find_profiles(struct finding *finding)
{
    char directory[PATH_MAX], list[FINDING_TEXT / 2] = "";
    size_t used = 0;
    for (int i = 0; search_directory(i, directory); i++)
        if (access(directory, F_OK) == 0 && used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", directory);
    if (used == 0)
        finding_set(finding, FINDING_GOOD, "", "the built-in ones alone: none of the directories of the search exists");
    else
        finding_set(finding, FINDING_GOOD, "", "%s; `listenas profiles check` reads them", list);
}
