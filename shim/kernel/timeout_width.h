/*
 * SO_RCVTIMEO and SO_SNDTIMEO have two numbers each, one for either width of time_t. A C library may name its own
 * alone.
 */
#ifndef LISTENAS_KERNEL_TIMEOUT_WIDTH_H
#define LISTENAS_KERNEL_TIMEOUT_WIDTH_H

#include <sys/socket.h>

/* Source: asm-generic/socket.h and arch/powerpc/include/uapi/asm/socket.h of Linux. */
#ifndef SO_RCVTIMEO_NEW
#define SO_RCVTIMEO_NEW 66
#define SO_SNDTIMEO_NEW 67
#endif
#ifndef SO_RCVTIMEO_OLD
#ifdef __powerpc__
#define SO_RCVTIMEO_OLD 18
#define SO_SNDTIMEO_OLD 19
#else
#define SO_RCVTIMEO_OLD 20
#define SO_SNDTIMEO_OLD 21
#endif
#endif

#endif
