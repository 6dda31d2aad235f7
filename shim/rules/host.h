/*
 * What a platform's kernel-wide settings are on Linux. Pure, as rules.h says.
 */
#ifndef LISTENAS_RULES_HOST_H
#define LISTENAS_RULES_HOST_H

#include "verdict.h"

/* Left as the kernel has it. */
#define HOST_LEFT (-1)

/* Each by the sysctl it is for, in its unit; HOST_LEFT where the profile leaves it. */
struct host_settings {
    int somaxconn;         /* connections; net.core.somaxconn */
    int unprivileged_port; /* net.ipv4.ip_unprivileged_port_start */
    int syncookies;        /* 0 or 1; net.ipv4.tcp_syncookies */
    int syn_backlog;       /* half-open connections; net.ipv4.tcp_max_syn_backlog */
};

/*
 * The settings that a profile asks for; `kernel_max` is net.core.somaxconn as it is. The range of ports is
 * chosen_range's matter. No queue of the profile is longer than the somaxconn that results.
 */
struct host_settings host_settings(const struct profile *profile, int kernel_max);

/* Whether net.core.somaxconn is the platform's own: then no queue is to raise it, and it is the largest backlog. */
bool host_has_somaxconn(const struct profile *profile);

/*
 * The connections of the longest queue that the profile itself asks for, of TCP or AF_UNIX, where the kernel's limit
 * is `kernel_max`; 0 if it leaves that to the kernel, INT_MAX if it has no limit.
 */
int longest_queue(const struct profile *profile, int kernel_max);

#endif
