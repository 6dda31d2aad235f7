/* What this process may do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../refuser/refuser.h"
#include "../refuser/meet.h"
#include "../run/isolate.h"
#include "../run/userns_diagnosis.h"
#include "finding.h"

#define WAYS                                                                                                           \
    "run as root, or setcap cap_net_raw,cap_net_admin+ep on this command, or name a refuser of root in "               \
    "LISTENAS_REFUSER, "                                                                                               \
    "or run --isolate"

void find_refuser(struct finding *finding)
{
    int error = refuser_try();
    if (error)
        finding_set(finding, FINDING_LACKS, WAYS, "this process may send no segments (CAP_NET_RAW): %s",
                    strerror(error));
    else
        finding_set(finding, FINDING_GOOD, "", "run can start a refuser (CAP_NET_RAW)");
}

void find_destroy(struct finding *finding)
{
    int error = refuser_try_destroy();
    if (error == EOPNOTSUPP)
        finding_set(finding, FINDING_LACKS, "a kernel with CONFIG_INET_DIAG_DESTROY can",
                    "this kernel cannot destroy connections");
    else if (error)
        finding_set(finding, FINDING_LACKS, WAYS, "this process may destroy no connections (CAP_NET_ADMIN): %s",
                    strerror(error));
    else
        finding_set(finding, FINDING_GOOD, "", "a refuser can destroy connections (CAP_NET_ADMIN)");
}

void find_named(struct finding *finding)
{
    const char *name = getenv("LISTENAS_REFUSER");
    struct refuser_meeting meeting;
    if (!name || !*name)
        finding_set(finding, FINDING_GOOD, "", "none is named: run starts one of its own");
    else if (!refuser_meet(name, &meeting))
        finding_set(finding, FINDING_LACKS, "name a path, or @ and a name, of at most 107 bytes",
                    "\"%s\" is no name of a socket", name);
    else if (meeting.error)
        finding_set(finding, FINDING_LACKS, "start `listenas refuser` with that name, or unset LISTENAS_REFUSER",
                    "nobody answers at %s: %s", name, strerror(meeting.error));
    else if (!meeting.is_believed)
        finding_set(finding, FINDING_LACKS, "name one of root's or of this user's",
                    "%s belongs to user %u, who is not believed", name, (unsigned int)meeting.user);
    else
        finding_set(finding, FINDING_GOOD, "", "%s (pid %d) of user %u answers at %s",
                    meeting.name[0] ? meeting.name : "a process", (int)meeting.pid, (unsigned int)meeting.user, name);
}

void find_namespaces(struct finding *finding)
{
    int error = isolate_try();
    char why[FINDING_TEXT / 2];
    if (!error) {
        finding_set(finding, FINDING_GOOD, "", "this user can make networks");
        return;
    }
    userns_diagnosis(error, why, sizeof why);
    finding_set(finding, FINDING_LACKS, "without them test runs one platform after the other in the host's network",
                "%s", why);
}
