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
#include <stdbool.h>

struct listener_facts {
    int mark;                /* the bits of its mark; of a plain one MARK_OPTIONS_KNOWN, whatever else it has */
    struct f_owner_ex owner; /* pid 0: none */
};

/*
 * A listener is *shortened* where its mark says that dead connections hold places of its queue (MARK_EXCESS). This is
 * so rare that no accept is to ask for it: O_APPEND, which means nothing for a socket, notes it beside the flags that
 * accept asks for anyway. F_GETFL shows it to the program. A program that sets the flags of a shortened listener anew
 * takes the note away; the process that shortened it, and its children, know all the same. Elsewhere a dead connection
 * is then given to the program as one that its client has reset.
 *
 * Notes it; call it before the mark says so. The kernel cannot compare and set: flags that another thread sets at the
 * same moment may be lost. Safe in a signal handler; may change errno.
 */
void listener_note_shortened(int fd);

/* Whether the listener may be shortened: this process has shortened one, or the O_* flags of this one say so. */
bool listener_may_be_shortened(int flags);

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
