/*
 * Changes the bits that facts/mark.h tells of. May be called from a signal handler. Keeps errno.
 */
#ifndef LISTENAS_HOOKS_MARK_H
#define LISTENAS_HOOKS_MARK_H

#include "../facts/mark.h"

void mark_change(int fd, int cleared, int set);

#endif
