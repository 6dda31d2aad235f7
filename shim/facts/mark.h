/*
 * What a platform keeps with a socket and Linux does not, asked of the kernel.
 *
 * The kernel keeps one number for us, SO_INCOMING_CPU, so that dup, fork, exec and SCM_RIGHTS take it along. Linux
 * compares it with the processors' own to choose among listeners of one port, which ours never equals; it stores it as
 * it is, for AF_UNIX too, changes it on connections only, and does not pass it on to them (measured on 6.18).
 */
#ifndef LISTENAS_FACTS_MARK_H
#define LISTENAS_FACTS_MARK_H

/* The bits of a mark. */
#define MARK_FILTER 0x0f       /* enum filter */
#define MARK_LATE_SEND 0x10    /* SO_SNDTIMEO was set while the socket listened */
#define MARK_LATE_RECEIVE 0x20 /* SO_RCVTIMEO likewise */
#define MARK_ABORTED 0x40      /* shutdown posted an error, for the next accept or SO_ERROR to take */

/*
 * What is known of a listener's options, so that accept need not ask each connection for each of them. A bit of a group
 * says that one of it was seen to be set on the listener; it stays for ever, since a queued connection may have the
 * option still when the listener has not.
 */
#define MARK_OPTIONS_KNOWN 0x80 /* the bits of the groups tell */
#define MARK_BASIC_SET 0x100
#define MARK_OTHER_SET 0x200
#define MARK_BUFFERS_SET 0x400
#define MARK_TIMEOUTS_SET 0x800
#define MARK_LOWAT_SET 0x1000000
#define MARK_NODELAY_SET 0x2000000
#define MARK_IP_SET 0x4000000

#define MARK_EXCESS 0xfff000 /* how many places of the queue connections hold that a shorter backlog has reset */
#define MARK_EXCESS_ONE 0x1000
#define MARK_EXCESS_MOST (MARK_EXCESS / MARK_EXCESS_ONE)
#define MARK_BITS 0x07ffffff

/* The value of SO_INCOMING_CPU for these bits, which no processor has for its number. Linux's own where there are none
 * is -1. */
#define MARK_VALUE(bits) ((bits) == 0 ? -1 : 0x40000000 | (bits))

/* The bits of a socket's mark; 0 for a socket without, and for what is none. May change errno; safe in a handler. */
int facts_mark(int fd);

#endif
