#include "isolate.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../cli.h"
#include "../proc.h"
#include "settings.h"
#include "userns_diagnosis.h"

static int raise_loopback(void)
{
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int error = ioctl(fd, SIOCSIFFLAGS, &loopback) == 0 ? 0 : errno;
    close(fd);
    return error;
}

static int map_id(const char *path, unsigned int id)
{
    char map[32];
    snprintf(map, sizeof map, "%u %u 1", id, id);
    return proc_write(path, map);
}

/* One's own user and group are all that one may bring along. */
static int make_user_space(void)
{
    uid_t user = geteuid();
    gid_t group = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return errno;
    /* A command with file capabilities could not write its own maps: they would be root's. */
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    int error = map_id("/proc/self/uid_map", user);
    if (!error)
        error = proc_write("/proc/self/setgroups", "deny"); /* else the group could not be mapped */
    return error ? error : map_id("/proc/self/gid_map", group);
}

/* Who has the right to a network alone keeps all other rights over the host as well: a daemon can change its user. */
static int make_network(void)
{
    if (unshare(CLONE_NEWNET) == 0 && raise_loopback() == 0)
        return 0;
    int error = make_user_space();
    return error ? error : raise_loopback();
}

int isolate_enter(const struct profile *profile)
{
    int error = make_network();
    if (!error)
        return settings_apply(profile);
    say_userns_diagnosis(error);
    return STATUS_OWN;
}
