/*
 * A second network namespace beside the test's own, and a cable between both (veth), by ip(8).
 */
#ifndef LISTENAS_TESTS_CABLE_H
#define LISTENAS_TESTS_CABLE_H

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "place.h"

/* The test's own end of the cable, and the other one. */
#define CABLE_HERE "10.9.0.1"
#define CABLE_THERE "10.9.0.2"
#define CABLE_HERE_SIX "fd09::1"
#define CABLE_THERE_SIX "fd09::2"

struct cable {
    int here, there; /* the namespaces */
};

static inline bool cable_run(const char *command)
{
    return system(command) == 0; /* NOLINT(cert-env33-c): the words are the test's own */
}

static inline int cable_namespace(void)
{
    return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

/* Lays it from the namespace that the test is in; false, with a line that says so, where that cannot be. */
static inline bool cable_lay(struct cable *cable)
{
    char command[256];
    *cable = (struct cable){.here = cable_namespace()};
    if (unshare(CLONE_NEWNET) == 0) {
        raise_loopback();
        cable->there = cable_namespace();
        snprintf(command, sizeof command, "ip link add there type veth peer name here netns /proc/%d/fd/%d 2>/dev/null",
                 (int)getpid(), cable->here);
        bool laid =
            cable_run(command) && cable_run("ip address add " CABLE_THERE "/24 dev there && ip link set there up && "
                                            "ip address add " CABLE_THERE_SIX "/64 dev there nodad");
        if (setns(cable->here, CLONE_NEWNET) != 0)
            abort();
        if (laid && cable_run("ip address add " CABLE_HERE "/24 dev here && ip link set here up && "
                              "ip address add " CABLE_HERE_SIX "/64 dev here nodad"))
            return true;
    }
    puts("skipped: a cable between two networks: this user or this host has none");
    return false;
}

/* Goes to one of its ends, where the next sockets are made. */
static inline void cable_go(int end)
{
    if (setns(end, CLONE_NEWNET) != 0) {
        perror("setns");
        abort();
    }
}

#endif
