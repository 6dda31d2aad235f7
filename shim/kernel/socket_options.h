/*
 * The options that a connection can get from its listener: copied, cleared, and noted in the listener's mark. All
 * functions may be called from a signal handler; those that may change errno say so.
 */
#ifndef LISTENAS_KERNEL_SOCKET_OPTIONS_H
#define LISTENAS_KERNEL_SOCKET_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Options that a platform passes on together, or not. */
enum option_group {
    OPTIONS_BASIC,
    OPTIONS_OTHER,
    OPTIONS_BUFFERS,
    OPTIONS_TIMEOUTS,
    OPTIONS_LOWAT,
    OPTIONS_NODELAY,
    OPTIONS_IP,
    OPTIONS_KEEPALIVE,
};

#define OPTION_GROUPS 8

struct socket_option {
    enum option_group group;
    int level, name;
    int none; /* the number that means "not set": what AF_UNIX connections have */
    int bit;  /* of a buffer: what tells that its size was set; of a time-out: that it was set after listen */
};

extern const struct socket_option socket_options[];
extern const size_t socket_option_count;

/* By enum option_group: the bit of MARK_OPTIONS_SET (mark.h) that tells whether an option of the group is set. */
extern const int option_group_marks[OPTION_GROUPS];

/* Whether sockets of the family `domain` have the option. */
bool option_is_of(const struct socket_option *option, int domain);

/* Sets the listener's value on the connection, if the listener has one. May change errno. */
void option_copy(const struct socket_option *option, int listener, int connection);

/* Gives the connection the option's initial value. May change errno. */
void option_clear(const struct socket_option *option, int connection);

/*
 * Gives a TCP connection the keepalive times of a new socket. Where no descriptor is free to make one, the connection
 * keeps those that it has. May change errno.
 */
void options_clear_keepalive(int domain, int connection);

/*
 * Notes in the listener's mark which groups are set, and whether it is plain (listener.h). Returns these bits of
 * MARK_OPTIONS_SET; all of them where no descriptor is free to find out. May change errno.
 */
int options_learn(int listener, int domain);

/*
 * Of the options that a connection can get from its listener those that are set on it: a bit 1 << enum option_group for
 * each group. What differs from Linux's defaults counts as set, so a host with other ones (sysctl) shows more. Makes no
 * descriptor and leaves no mark. May change errno.
 */
unsigned int options_set(int listener, int domain);

/*
 * After setsockopt of an option has succeeded: notes it in the mark of a listener whose options are known from its
 * mark. Keeps errno.
 */
void options_note_set(int fd, int level, int name);

#endif
