/*
 * What a platform keeps with a socket and Linux does not, asked of the kernel.
 *
 * The kernel keeps one number for us, SO_INCOMING_CPU, so that dup, fork, exec and SCM_RIGHTS take it along. It stores
 * any number, for AF_UNIX too, changes it on connections only, and does not pass it on to them (measured on 6.18). A
 * mark is below -1, which Linux takes for no processor when it chooses among listeners of one port. The processor that
 * a program sets there has a place in the mark, where it no longer steers that choice; without a mark the kernel has
 * it.
 */
#ifndef LISTENAS_KERNEL_MARK_H
#define LISTENAS_KERNEL_MARK_H

/* The bits of a mark. Bit 31 tells it from a program's own number. */
#define MARK_FILTER 0x03        /* enum filter */
#define MARK_LATE_SEND 0x04     /* SO_SNDTIMEO was set while the socket listened */
#define MARK_LATE_RECEIVE 0x08  /* SO_RCVTIMEO likewise */
#define MARK_ABORTED 0x10       /* shutdown posted an error, for the next accept or SO_ERROR to take */
#define MARK_DRAINING 0x20      /* a listener that was shut down, and goes on until nobody of its queue is left */
#define MARK_DRAINING_SHUT 0x40 /* beside it: for sending too, after which it is past use */

/*
 * What is known of a listener's options, so that accept need not ask each connection for each of them. A bit says that
 * an option of its groups (enum option_group) was seen to be set on the listener; it stays for ever, since a queued
 * connection may have the option still when the listener has not.
 */
#define MARK_OPTIONS_KNOWN 0x80 /* the bits below tell */
#define MARK_SWITCHES_SET 0x100 /* basic, other */
#define MARK_VALUES_SET 0x200   /* buffers, time-outs, low-water mark */
#define MARK_PROTOCOL_SET 0x400 /* TCP_NODELAY, IP, keepalive */
#define MARK_OPTIONS_SET (MARK_SWITCHES_SET | MARK_VALUES_SET | MARK_PROTOCOL_SET)

#define MARK_EXCESS 0x1ff800 /* how many places of the queue connections hold that a shorter backlog has reset */
#define MARK_EXCESS_ONE 0x800
#define MARK_EXCESS_MOST (MARK_EXCESS / MARK_EXCESS_ONE)
/* What accept has to act on. A change of these goes with plain_end (listener.h). */
#define MARK_OF_ACCEPT (MARK_ABORTED | MARK_DRAINING | MARK_OPTIONS_SET | MARK_EXCESS)

#define MARK_CPU 0x7fe00000 /* the program's processor and 1 more; 0 for none */
#define MARK_CPU_ONE 0x200000
#define MARK_CPU_MOST                                                                                                  \
    (MARK_CPU / MARK_CPU_ONE - 2) /* the largest of this field is in -1 and in small negative numbers */

/* The processor that the program has set, 0..MARK_CPU_MOST, or -1. */
int mark_cpu(int bits);

/* The bits with the processor that the program sets now; with none where `cpu` is not 0..MARK_CPU_MOST. */
int mark_with_cpu(int bits, int cpu);

/* The value of SO_INCOMING_CPU for these bits: the program's own, or Linux's -1 for none, where there is nothing else.
 */
int mark_value(int bits);

/* The bits that this value of SO_INCOMING_CPU stands for. */
int mark_bits(int value);

/* The bits of a socket's mark; 0 for a socket without, and for what is none. May change errno; safe in a handler. */
int facts_mark(int fd);

#endif
