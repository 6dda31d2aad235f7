/*
 * Takes apart what the kernel answers over NETLINK_SOCK_DIAG. Pure functions of bytes that they do not trust; may be
 * called from a signal handler.
 */
#ifndef LISTENAS_KERNEL_NETLINK_H
#define LISTENAS_KERNEL_NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>

/* The content of an attribute after the message's `body` bytes, if it has at least `size` bytes; else NULL. */
const void *netlink_attribute(const struct nlmsghdr *message, size_t body, int name, size_t size);

/*
 * Calls `visit` for each socket of one answer of a dump, whose message has at least `body` bytes. Returns 1 at the
 * dump's end, -1 if it failed, 0 if more will come.
 */
int netlink_sockets(const char *answer, size_t length, size_t body,
                    void (*visit)(const struct nlmsghdr *message, void *context), void *context);

#endif
