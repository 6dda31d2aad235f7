/*
 * What a platform's kernel-wide settings are on Linux. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_HOST_H
#define LISTENAS_RULES_HOST_H

#include "verdict.h"

/* Stays as the kernel has it. */
#define HOST_LEFT (-1)

/* Each with its sysctl and unit; HOST_LEFT where the profile says nothing. */
struct host_settings {
    int somaxconn;         /* connections; net.core.somaxconn */
    int unprivileged_port; /* net.ipv4.ip_unprivileged_port_start */
    int syncookies;        /* 0 or 1; net.ipv4.tcp_syncookies */
    int syn_backlog;       /* half-open connections; net.ipv4.tcp_max_syn_backlog */
};

/*
 * The settings that a profile asks for; `kernel_max` is net.core.somaxconn now. The range of ports comes from
 * chosen_range. The resulting somaxconn has room for every queue of the profile.
 */
struct host_settings host_settings(const struct profile *profile, int kernel_max);

/* Whether the platform itself has net.core.somaxconn: then it is the largest backlog, and no queue raises it. */
bool host_has_somaxconn(const struct profile *profile);

/*
 * The connections of the longest queue that the profile asks for, TCP or AF_UNIX, where the kernel's limit is
 * `kernel_max`; 0 if the kernel decides, INT_MAX if there is no limit.
 */
int longest_queue(const struct profile *profile, int kernel_max);

/*
 * The same for the backlogs that programs pass as a rule: -1, those from 0 to SOMAXCONN of today's headers, and the
 * largest legal one if the profile has a limit. Without such a limit only an endless backlog makes an endless queue.
 */
int usual_queue(const struct profile *profile, int kernel_max);

#endif
