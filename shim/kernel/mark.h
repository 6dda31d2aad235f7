/*
 * What a platform remembers of a socket and Linux does not: a mark, kept by the kernel.
 *
 * The mark is the number of SO_INCOMING_CPU, which dup, fork, exec and SCM_RIGHTS take along. The kernel stores any
 * number, also for AF_UNIX; it changes the number of connections only, and does not pass it on to them (measured on
 * 6.18). A mark is below -1, which Linux takes for no processor when it chooses among listeners of one port. The
 * processor that a program sets has a field in the mark, where it no longer steers that choice; without a mark it is
 * the number itself.
 */
#ifndef LISTENAS_KERNEL_MARK_H
#define LISTENAS_KERNEL_MARK_H

/* The bits of a mark. Bit 31 distinguishes it from a program's own number. */
#define MARK_FILTER 0x03        /* enum filter */
#define MARK_LATE_SEND 0x04     /* SO_SNDTIMEO was set while the socket listened */
#define MARK_LATE_RECEIVE 0x08  /* SO_RCVTIMEO the same */
#define MARK_ABORTED 0x10       /* shutdown posted an error, for the next accept or SO_ERROR to take */
#define MARK_DRAINING 0x20      /* a listener that was shut down and goes on until its queue is empty */
#define MARK_DRAINING_SHUT 0x40 /* beside it: shut for sending as well, and unusable afterwards */

/*
 * What is known of a listener's options, so that accept need not ask each connection for each of them. A bit says
 * that an option of its groups (enum option_group) was once set on the listener; it is never cleared, since a
 * connection in the queue may still have the option when the listener no longer has it.
 */
#define MARK_OPTIONS_KNOWN 0x80 /* the bits below tell */
#define MARK_SWITCHES_SET 0x100 /* basic, other */
#define MARK_VALUES_SET 0x200   /* buffers, time-outs, low-water mark */
#define MARK_PROTOCOL_SET 0x400 /* TCP_NODELAY, IP, keepalive */
#define MARK_OPTIONS_SET (MARK_SWITCHES_SET | MARK_VALUES_SET | MARK_PROTOCOL_SET)

/* How many places of the queue are held by connections that a smaller backlog has reset. */
#define MARK_EXCESS 0x1ff800
#define MARK_EXCESS_ONE 0x800
#define MARK_EXCESS_MOST (MARK_EXCESS / MARK_EXCESS_ONE)
/* The bits that accept acts on. When they change, plain_end (listener.h) must follow. */
#define MARK_OF_ACCEPT (MARK_ABORTED | MARK_DRAINING | MARK_OPTIONS_SET | MARK_EXCESS)

#define MARK_CPU 0x7fe00000 /* the program's processor and 1 more; 0 for none */
#define MARK_CPU_ONE 0x200000
#define MARK_CPU_MOST                                                                                                  \
    (MARK_CPU / MARK_CPU_ONE - 2) /* the largest of this field is in -1 and in small negative numbers */

/* The processor that the program has set, 0..MARK_CPU_MOST, or -1. */
int mark_cpu(int bits);

/* The bits with the processor that the program sets now; with none if `cpu` is not in 0..MARK_CPU_MOST. */
int mark_with_cpu(int bits, int cpu);

/* The value of SO_INCOMING_CPU for these bits; without other bits the program's own number, or Linux's -1 for none. */
int mark_value(int bits);

/* The bits that this value of SO_INCOMING_CPU stands for. */
int mark_bits(int value);

/* The bits of a socket's mark; 0 if it has none, or is no socket. May change errno; safe in a handler. */
int facts_mark(int fd);

#endif
