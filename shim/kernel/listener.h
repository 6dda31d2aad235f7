/*
 * What accept must know of its listener, in one system call where it can be had.
 *
 * A listener without an owner (F_SETOWN) still has an owner's type, which nothing reads. A listener is *plain* where
 * its mark (mark.h) says nothing that accept has to act on; this is noted by the type F_OWNER_PGRP beside the owner 0,
 * so that F_GETOWN_EX, which tells the owner, tells that as well: the mark costs a system call of its own, and one that
 * is nearly twice as dear (measured on 6.18: 220 against 130 thousandths of an accept). Like the mark, it stays with
 * the socket through dup, fork, exec and SCM_RIGHTS.
 *
 * Only a listener that says so is taken for plain. A program that sets an owner, or clears it (F_SETOWN, FIOSETOWN,
 * SIOCSPGRP), takes the note away, and the mark is read from then on. Two states look like the note: an owner that is a
 * process group of which no process is left, and one of type F_OWNER_PGRP that F_SETOWN_EX has set to 0.
 */
#ifndef LISTENAS_KERNEL_LISTENER_H
#define LISTENAS_KERNEL_LISTENER_H

#include <fcntl.h>

struct listener_facts {
    int mark;                /* the bits of its mark; of a plain one MARK_OPTIONS_KNOWN, whatever else it has */
    struct f_owner_ex owner; /* pid 0: none */
};

/*
 * Reads both; what the kernel does not report counts as no owner and no mark. One system call for a plain listener,
 * two for any other. Safe in a signal handler; may change errno.
 */
void facts_of_listener(int fd, struct listener_facts *facts);

/*
 * Notes that a listener of the family `domain`, whose options are known (MARK_OPTIONS_KNOWN), is plain, if it is and
 * has no owner. A change of the mark that comes meanwhile either is seen here or ends it (plain_end). The kernel cannot
 * compare and set: an owner that another thread sets between the question for it and the note is lost, so this is done
 * once in a listener's life, when its options become known. Safe in a signal handler; may change errno.
 */
void plain_begin(int fd, int domain);

/* Removes the note; call it after the mark has changed. Safe in a signal handler; may change errno. */
void plain_end(int fd);

#endif
