/*
 * Finds the SYNs that a full queue dropped, and answers them.
 *
 * An eye sees a SYN just before TCP does, so the kernel's decision is known some microseconds later. Each SYN is
 * looked at until the kernel has a connection for it, until the listener that the kernel chooses for it is a watched
 * one with more drops than answers, or until it is too old.
 */
#ifndef LISTENAS_REFUSER_JUDGE_LOOK_H
#define LISTENAS_REFUSER_JUDGE_LOOK_H

#include <stdint.h>

#include "listeners.h"
#include "network.h"

/*
 * Looks at the SYNs that are due, and answers those that were dropped. The local end of each becomes the network's
 * most recent one.
 */
void judge_look(struct network *network, struct listeners *all, int64_t now_ns);

#endif
