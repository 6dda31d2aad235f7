#include "queues.h"

#include <limits.h>

#include "../../kernel/facts.h"
#include "../../kernel/host.h"
#include "../../rules/host.h"
#include "../cli.h"

bool queues_compare(const struct annotated_profile *annotated)
{
    int kernel_max = facts_kernel_max(), wanted = usual_queue(&annotated->profile, kernel_max);
    if (kernel_max == INT_MAX || wanted <= kernel_max + 1)
        return true;
    if (wanted == INT_MAX)
        say("the profile %s queues connections without limit, the kernel at most %d; raise net.core.somaxconn if that "
            "is too few",
            annotated->name, kernel_max + 1);
    else
        say("the profile %s queues up to %d connections, the kernel at most %d; sysctl net.core.somaxconn=%d allows "
            "them",
            annotated->name, wanted, kernel_max + 1, wanted - 1);
    return false;
}
