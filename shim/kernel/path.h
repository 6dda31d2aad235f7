/*
 * What the path of an AF_UNIX address leads to. The caller has made sure that the whole address can be read. All of
 * it may be called from a signal handler, and may change errno.
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

/* Copies the path. False for an unnamed or abstract address, or a path too long for Linux. */
bool facts_unix_path(const struct sockaddr *address, socklen_t length, struct unix_path *path);

/* Whether the path leads to a file that is not a socket; follows symbolic links. */
bool facts_is_other_file(const struct unix_path *path);

/* Whether the path is a symbolic link to nothing. */
bool facts_is_dangling(const struct unix_path *path);

/*
 * If the path is a symbolic link to nothing, replaces it with the link's target. False, with the path unchanged, if
 * it is no such link, if the target is too long, or if a link on the way belongs to another user than this one and
 * root.
 */
bool facts_follow_dangling(struct unix_path *path);

/*
 * Sets the permissions of the file that the AF_UNIX socket `fd` was bound to at `path`, and of no other: whoever
 * owns a directory can have put something else there. Root (CAP_NET_ADMIN over the socket's network) gets the file
 * from the socket itself; others open the path and compare device and inode with those that sock_diag reports of the
 * socket. Returns false and changes nothing if neither proves the file: it was moved, sock_diag is forbidden, stat
 * reports another device than the kernel uses (btrfs, an overlay of several file systems), or both /proc and
 * fchmodat2 (Linux 6.6) are missing. Up to twelve system calls, no cancellation point.
 */
bool facts_set_path_mode(int fd, const struct unix_path *path, mode_t mode);

#endif
