#include "heartbeat.h"

#include <stdint.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "refuser.h"

static void set_alarm(const struct refuser *refuser)
{
    const struct itimerspec period = {.it_value.tv_nsec = HEARTBEAT_NS};
    timerfd_settime(refuser->alarm, 0, &period, NULL);
}

void heartbeat_wake(struct refuser *refuser)
{
    refuser->beat++;
    refuser->is_awake = true;
    if (!atomic_exchange(&refuser->is_alarm_set, 1))
        set_alarm(refuser);
}

void heartbeat_sleep(struct refuser *refuser)
{
    refuser->is_awake = false;
}

/* If the worker wakes up in between, it sees that the alarm is set, so the alarm must be set. */
static void take_alarm(struct refuser *refuser)
{
    refuser->is_alarm_set = 0;
    if (refuser->is_awake && !atomic_exchange(&refuser->is_alarm_set, 1))
        set_alarm(refuser);
}

bool heartbeat_has_stopped(struct refuser *refuser, unsigned int *beat)
{
    uint64_t times;
    unsigned int before = *beat;
    if (read(refuser->alarm, &times, sizeof times) != sizeof times)
        return false;
    *beat = refuser->beat;
    if (refuser->is_awake) {
        set_alarm(refuser);
        return *beat == before;
    }
    take_alarm(refuser);
    return false;
}
