/*
 * probe: what does this machine make of listen, accept, bind, connect and what belongs to them?
 *
 *   cc -o probe probe.c && ./probe > host.txt        (Solaris and its like: add -lsocket -lnsl)
 *   listenas probe --read host.txt > host.conf       (where listenas is)
 *
 * One file of C89 and POSIX sockets. It needs no privilege and no network beyond the loopback interface, takes some
 * seconds, and leaves nothing behind: files are made in a new directory under $TMPDIR or /tmp. Each experiment is a
 * child of its own, which an alarm ends. A line of the output is one of
 *
 *   listenas-probe=1           the first line: the format
 *   system=, release=, ...     uname and the date
 *   KEY@FAMILY=ANSWER          what an experiment saw
 *   unanswered.KEY@FAMILY=WHY  what it could not see
 *   without.FAMILY=WHY         a family that this machine does not have
 *   end=LINES                  the last line
 *
 * ANSWER is a word, a number or the name of an errno; "other: ..." is what no word fits. The order of lines means
 * nothing.
 *
 * What may have to be changed for a strange compiler stands here at the top: -DNO_SIX leaves IPv6 out, -DNO_ACCEPT4
 * accept4, -DOLD_LENGTH makes lengths of addresses int.
 */

/* They show more of the headers of Linux, Solaris and AIX; the BSDs show all by themselves. */
#if defined(__linux__) || defined(__CYGWIN__) || defined(__GNU__)
#define _GNU_SOURCE 1
#endif
#ifdef __sun
#define __EXTENSIONS__ 1
#endif
#ifdef _AIX
#define _ALL_SOURCE 1
#endif

#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/param.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>

/* Where select stands since POSIX of 2001; before, the headers above had it. */
#if defined(_AIX) || (defined(_POSIX_VERSION) && _POSIX_VERSION >= 200112L)
#include <sys/select.h>
#endif

#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/* The length of an address was an int before POSIX gave it a type. */
#if !defined(OLD_LENGTH) && (defined(__linux__) || (defined(_POSIX_VERSION) && _POSIX_VERSION >= 200112L))
typedef socklen_t length_type;
#else
typedef int length_type;
#endif

#if defined(AF_INET6) && defined(IPV6_UNICAST_HOPS) && !defined(NO_SIX)
#define HAS_SIX 1
#else
#undef AF_INET6
#define AF_INET6 (-6)
#endif

#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC) && !defined(NO_ACCEPT4) &&                                         \
    !(defined(__NetBSD__) && __NetBSD_Version__ < 800000000)
#define HAS_ACCEPT4 1
#endif

#ifndef SHUT_RD
#define SHUT_RD 0
#endif
#ifndef SHUT_WR
#define SHUT_WR 1
#endif
#ifndef SHUT_RDWR
#define SHUT_RDWR 2
#endif
#ifndef INADDR_LOOPBACK
#define INADDR_LOOPBACK 0x7f000001UL
#endif
#ifndef O_NONBLOCK
#define O_NONBLOCK O_NDELAY
#endif
#if !defined(O_ASYNC) && defined(FASYNC)
#define O_ASYNC FASYNC
#endif

/* --- experiments: a table in each part --- */

enum { FOUR = 1, SIX = 2, LOCAL = 4, TCP = 3, ALL = 7, ONCE = 8 };

struct experiment {
    const char *key;
    int families;                   /* the experiment is made for each of them; ONCE: for none, with AF_INET */
    const char *(*ask)(int domain); /* in a child of its own, which need not tidy up */
    int number;                     /* what `chosen` is meanwhile */
};

extern const struct experiment listen_experiments[], queue_experiments[], accept_experiments[], address_experiments[],
    option_experiments[], bind_experiments[], port_experiments[], path_experiments[], connect_experiments[],
    shutdown_experiments[], name_experiments[], socket_experiments[], filter_experiments[], slow_experiments[];

/* The number in the row of the experiment that is being made. */
extern int chosen;

/* --- answers --- */

/* `success`, or the errno's name of a call that has just failed (a result below 0). */
const char *said(int result, const char *success);
const char *number(long value);
const char *yes_no(int yes);

/* The first where both are the same, else both of them as "other: ...". */
const char *agree(const char *first, const char *second);

/* Ends the experiment without an answer. */
const char *cannot(const char *why);

/* Returns a result that is not below 0; otherwise the experiment ends without an answer. */
int must(int result, const char *call);

const char *name_of_error(int error);
int is_same(const char *one, const char *other);

/* --- sockets; whatever fails ends the experiment --- */

/* Of listeners that shall have room for a few clients, and of a place that has room for no address. */
#define BACKLOG 4
#define SHORT_ROOM 4

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in four;
#ifdef HAS_SIX
        struct sockaddr_in6 six;
#endif
        struct sockaddr_un local;
        char bytes[512];
    } at;
    length_type length;
};

#define PATH_AT ((length_type)offsetof(struct sockaddr_un, sun_path))

struct address fresh_address(int domain); /* on the loopback interface with port 0, or a path that nobody has */
struct address four(unsigned long place, int port);
struct address path_address(const char *path);
struct address name_of(int fd);
struct address dead_address(int domain); /* where nobody is any more */
int port_of(int fd);

int stream(int domain);
int datagram(int domain);
int bound(int domain);
int bound_datagram(int domain);
int listening(int domain, int backlog);
int client_of(int listener);
int accepted(int listener);
int refused(int domain); /* a TCP socket whose connect was refused */
void pair_of(int ends[2]);

int bind_to(int fd, struct address address);
int connect_to(int fd, struct address address);
int bind_bytes(int fd, const void *address, length_type length);
int connect_bytes(int fd, const void *address, length_type length);

void unblock(int fd);
void close_hard(int fd); /* a TCP connection is reset */
int nobody_waits(int listener);
int set_option(int fd, int level, int name, int value);
int option(int fd, int level, int name);
void set_timeout(int fd, int name, long seconds, long microseconds);

/* Whether the socket becomes ready within this time. */
int is_readable(int fd, int milliseconds);
int is_writable(int fd, int milliseconds);
/* What a connect came to: 0, an errno, or EINPROGRESS if it still waits after this time. */
int progress(int fd, int milliseconds);

/* --- crowds: clients that come to a listener that does not accept --- */

#define CROWD 7000
/* On the loopback interface an answer comes at once or not at all; this is for a machine that is busy. */
#define PATIENCE_MS 500

struct crowd {
    int count;   /* of those that are in the queue */
    int late;    /* a client that is not, or -1 */
    int outcome; /* what it met: an errno; EINPROGRESS if it waits; 0 if there were no more clients to send */
};

struct crowd crowd_at(int listener, int most);
