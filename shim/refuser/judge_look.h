/*
 * Which of the SYNs that wait were dropped by a listener whose queue is full, and get an answer.
 *
 * An eye sees a SYN just before TCP does, so what the kernel has made of it is known only some microseconds later. Each
 * SYN is looked at until the kernel has a connection for it, or the listener that the kernel chooses for it is one of
 * ours and has dropped more packets than there were answers; or until it is too old.
 */
#ifndef LISTENAS_REFUSER_JUDGE_LOOK_H
#define LISTENAS_REFUSER_JUDGE_LOOK_H

#include <stdint.h>

#include "listeners.h"
#include "network.h"

/*
 * Looks at those that are due and answers what is to be answered. Where a SYN came to becomes the most recent end of
 * the network.
 */
void judge_look(struct network *network, struct listeners *all, int64_t now_ns);

#endif
