/*
 * The program that the kernel runs on each TCP segment for an eye (eye.h). It passes SYNs to the watched ports, and
 * a few random other segments as a measure of the traffic.
 */
#ifndef LISTENAS_REFUSER_SYN_FILTER_H
#define LISTENAS_REFUSER_SYN_FILTER_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

/* With more ports than this the program would be too long (BPF_MAXINSNS), so it passes every SYN. */
#define SYN_FILTER_PORTS 1500
#define SYN_FILTER_MOST BPF_MAXINSNS

/* Bytes that pass of a SYN: the longest IPv4 header, and the TCP header without options. */
#define SYN_FILTER_BYTES 80

/* One in this many other segments passes, cut to one byte. A power of two. */
#define SYN_FILTER_SAMPLE 64

/*
 * Writes the program for `family` to `code`, at most SYN_FILTER_MOST instructions, and returns its length. `ports`
 * are ascending, in host order; without ports nothing passes. Pure.
 */
size_t syn_filter_write(struct sock_filter *code, int family, const uint16_t *ports, size_t count);

#endif
