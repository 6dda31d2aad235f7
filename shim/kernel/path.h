/*
 * What is in the file system at the path of an AF_UNIX address. The caller has made sure that the address,
 * its length included, can be read. All of it may be called from a signal handler, and may change errno.
 */
#ifndef LISTENAS_KERNEL_PATH_H
#define LISTENAS_KERNEL_PATH_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

/* A path with its NUL, which an address need not have. */
struct unix_path {
    char text[sizeof((struct sockaddr_un *)0)->sun_path + 1];
};

/* False for an address without a path: an unnamed or an abstract one, or one too long for Linux. */
bool facts_unix_path(const struct sockaddr *address, socklen_t length, struct unix_path *path);

/* Whether there is something at the path that is not a socket, symbolic links followed. */
bool facts_is_other_file(const struct unix_path *path);

/* Whether the path is a symbolic link to nothing. */
bool facts_is_dangling(const struct unix_path *path);

/*
 * If the path is a symbolic link to nothing, makes it that which the link names. False, and the path as it
 * was, if it is none, its target is too long, or a link on the way belongs to another user than this one and root.
 */
bool facts_follow_dangling(struct unix_path *path);

/*
 * Sets the permissions of the file that the AF_UNIX socket `fd` was bound to at `path`, and of no other: whoever owns a
 * directory can have put something else there since. Root (CAP_NET_ADMIN over the socket's network) gets the file from
 * the socket itself, others open the path and compare device and inode with what sock_diag tells of the socket. Returns
 * false, and changes nothing, where neither proves the file: it was moved, sock_diag is forbidden, or stat tells
 * another device than the kernel uses (btrfs, an overlay of several file systems); and where neither /proc nor
 * fchmodat2 (Linux 6.6) is there. Up to twelve system calls, no cancellation point.
 */
bool facts_set_path_mode(int fd, const struct unix_path *path, mode_t mode);

#endif
