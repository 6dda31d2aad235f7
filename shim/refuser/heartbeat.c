#include "heartbeat.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "refuser.h"

static void set_alarm(const struct refuser *refuser)
{
    const struct itimerspec period = {.it_value.tv_nsec = HEARTBEAT_NS};
    timerfd_settime(refuser->alarm, 0, &period, NULL);
}

struct heartbeat heartbeat_begin(struct refuser *refuser)
{
    refuser->is_awake = false;
    refuser->is_alarm_set = 0;
    return (struct heartbeat){.beat = refuser->beat};
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

/* The processor time of a process in nanoseconds; 0 if it has ended. */
static int64_t used_by(pid_t process)
{
    struct timespec used;
    clockid_t clock;
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

/*
 * Whether it has a processor or waits for one; false where that cannot be read. The state is the field after the name,
 * which is in parentheses (proc_pid_stat(5)).
 */
static bool is_ready(pid_t process)
{
    char path[32], text[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    const char *end = strrchr(text, ')');
    return end && strncmp(end, ") R", 3) == 0;
}

bool heartbeat_has_stopped(struct refuser *refuser, pid_t worker, struct heartbeat *seen)
{
    uint64_t times;
    if (read(refuser->alarm, &times, sizeof times) != sizeof times)
        return false;
    if (!refuser->is_awake) {
        take_alarm(refuser);
        return false;
    }
    set_alarm(refuser);
    struct heartbeat now = {.beat = refuser->beat, .used_ns = used_by(worker)};
    if (now.beat == seen->beat)
        return !is_ready(worker) || now.used_ns - seen->used_ns >= HEARTBEAT_NS;
    *seen = now;
    return false;
}
