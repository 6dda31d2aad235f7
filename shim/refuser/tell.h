/*
 * Tells a program's ring whom the refuser turned away, also while the program itself hangs.
 *
 * The refuser touches no file of a program's, since whoever may write there could make it wait or fault: a write waits
 * for the lock of the file's inode, which the owner holds for as long as a page that he writes from is on its way
 * (FUSE, userfaultfd), and a mapping of a file that was truncated raises SIGBUS. So a process is forked for each
 * writing, the scribe. It closes all that it has of the refuser, becomes the user who asked, gives up every capability,
 * opens the ring below that process's root directory as the process itself would, and ends. At most one is there for a
 * ring, and SCRIBES_OF_USER for a user. Before Linux 5.9 nothing is told.
 *
 * What happens to a listener's clients within TELL_QUIET_NS of each other is one record, of TELL_LONGEST_NS at most.
 */
#ifndef LISTENAS_REFUSER_TELL_H
#define LISTENAS_REFUSER_TELL_H

#include <stdint.h>

struct refuser;
struct listeners;
struct listener;

#define TELL_QUIET_NS 1000000000
#define TELL_LONGEST_NS 5000000000
#define SCRIBES_OF_USER 4
#define SCRIBES_MAX 32

/* Notes that a client was turned away while so many connections of `holds` waited. */
void tell_note(struct listeners *all, struct listener *listener, uint32_t waited, uint32_t holds, int64_t now_ns);

/* Tells what is due; returns when something will be, INT64_MAX for never. */
int64_t tell_if_due(struct refuser *refuser, int64_t now_ns);

/* Tells everything at once and waits for the scribes, for TELL_END_NS at most: the refuser ends. */
void tell_all(struct refuser *refuser, int64_t now_ns);

#define TELL_END_NS 200000000

#endif
