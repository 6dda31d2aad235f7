/*
 * Settings of the host, from /proc/sys/net. A sandbox may allow no file to be opened, and a program may go to another
 * root: so the library reads them when a process starts, and a change meanwhile is not seen. May be called from a
 * signal handler; may change errno.
 */
#ifndef LISTENAS_KERNEL_HOST_H
#define LISTENAS_KERNEL_HOST_H

/* Reads those that `needs` (enum need) names, for all later questions. */
void host_read(unsigned int needs);

/* net.core.somaxconn, or INT_MAX where /proc does not tell (a chroot, say). Read anew where host_read did not. */
int facts_kernel_max(void);

struct port_range {
    int low, high;
};

/* net.ipv4.ip_local_port_range, or 0..0 if unknown. Read anew where host_read did not. */
struct port_range facts_port_range(void);

#endif
