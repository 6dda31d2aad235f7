/*
 * For the few places where it was measured that the compiler lays the usual way out straight only if told to.
 */
#ifndef LISTENAS_RING_LIKELY_H
#define LISTENAS_RING_LIKELY_H

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

#endif
