#include "urgency.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

void urgency_lower(void)
{
    const struct sched_param none = {0};
    sched_setscheduler(0, SCHED_OTHER, &none);
}

static void give_up(int number)
{
    (void)number;
    urgency_lower();
}

void urgency_raise(void)
{
    const struct sched_param least = {.sched_priority = 1};
    const struct sigaction action = {.sa_handler = give_up, .sa_flags = SA_RESTART};
    struct rlimit limit;
    if (getrlimit(RLIMIT_RTTIME, &limit) != 0)
        return;
    limit.rlim_cur = URGENCY_MS * 1000;
    if (sigaction(SIGXCPU, &action, NULL) == 0 && setrlimit(RLIMIT_RTTIME, &limit) == 0)
        sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &least);
}
