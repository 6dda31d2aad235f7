/*
 * The program that the kernel runs on each TCP segment before an eye (eye.h) gets it: it lets pass SYNs to the ports
 * that are asked for, and of all other segments a random few as a measure of the traffic.
 */
#ifndef LISTENAS_REFUSER_SYN_FILTER_H
#define LISTENAS_REFUSER_SYN_FILTER_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

/* More ports than this do not fit into one program (BPF_MAXINSNS): it then passes every SYN. */
#define SYN_FILTER_PORTS 1500
#define SYN_FILTER_MOST BPF_MAXINSNS

/* Bytes of a SYN that pass: the longest IPv4 header, and the TCP header without options. */
#define SYN_FILTER_BYTES 80

/* One of this many other segments passes, cut to one byte. A power of two. */
#define SYN_FILTER_SAMPLE 64

/*
 * Writes the program for `family` into `code`, SYN_FILTER_MOST instructions at most, and returns its length. `ports`
 * are ascending, in host order. With no port nothing passes. A pure function.
 */
size_t syn_filter_write(struct sock_filter *code, int family, const uint16_t *ports, size_t count);

#endif
