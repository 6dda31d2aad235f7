/*
 * What the kernel answers over NETLINK_SOCK_DIAG, taken apart. Pure functions of the bytes they are given, which they
 * do not trust; may be called from a signal handler.
 */
#ifndef LISTENAS_KERNEL_NETLINK_H
#define LISTENAS_KERNEL_NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>

/*
 * What a message says under this name, at least `size` bytes, in an attribute behind its `body` bytes; NULL where it
 * says nothing.
 */
const void *netlink_attribute(const struct nlmsghdr *message, size_t body, int name, size_t size);

/*
 * Visits each socket of one answer of a dump; its message has at least `body` bytes. Returns 1 at the dump's end, -1
 * if it failed, 0 if more is to come.
 */
int netlink_sockets(const char *answer, size_t length, size_t body,
                    void (*visit)(const struct nlmsghdr *message, void *context), void *context);

#endif
