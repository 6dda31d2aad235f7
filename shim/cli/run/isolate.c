#include "isolate.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

/* A process without privileges may map only its own user and group. */
static int make_user_space(void)
{
    uid_t user = geteuid();
    gid_t group = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return errno;
    /* A command with file capabilities is not dumpable, so root owns its maps in /proc and it could not write them. */
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    int error = map_id("/proc/self/uid_map", user);
    if (!error)
        error =
            proc_write("/proc/self/setgroups", "deny"); /* the kernel requires this before the group can be mapped */
    return error ? error : map_id("/proc/self/gid_map", group);
}

/*
 * With the right to make a network namespace alone the process keeps its other rights over the host, so that a
 * daemon can change its user.
 */
static int make_network(void)
{
    if (unshare(CLONE_NEWNET) == 0 && raise_loopback() == 0)
        return 0;
    int error = make_user_space();
    return error ? error : raise_loopback();
}

int isolate_try(void)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(make_network()); /* an errno of Linux fits */
    if (child < 0 || waitpid(child, &status, 0) != child)
        return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

int isolate_enter(const struct profile *profile)
{
    int error = make_network();
    if (!error)
        return settings_apply(profile);
    say_userns_diagnosis(error);
    return STATUS_OWN;
}
