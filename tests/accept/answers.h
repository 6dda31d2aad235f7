/*
 * What real kernels answer to the probe: Linux 6.18, NetBSD 7.99.34 and FreeBSD 13.0. A row that is MEASURED was asked
 * of the three kernels. One that is READ was asked of Linux, and follows for the others from the lines of their sources
 * that the measured ones come from: sys/kern/uipc_syscalls.c, uipc_socket.c, uipc_socket2.c and uipc_usrreq.c, and
 * sys/netinet/tcp_input.c of NetBSD (July 2016), tcp_syncache.c of FreeBSD.
 *
 * An answer has one word for each thing that was asked. One behind '!' is the platform's, and need not be given by a
 * profile that calls `key` not enforced.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

enum source { MEASURED, READ };

static const struct row {
    const char *families; /* "tcp" stands for inet and inet6 */
    const char *question;
    const char *native, *netbsd, *freebsd;
    const char *key; /* of the words behind '!' */
    enum source source;
} rows[] = {
    /* the queue */
    {"tcp", "surplus client, non-blocking", "EINPROGRESS", "EINPROGRESS", "!ECONNRESET", "listen.overflow_tcp",
     MEASURED},
    {"tcp", "surplus client once the queue is drained", "in", "!out", "!out", "connect.retry listen.overflow_tcp",
     MEASURED},
    {"unix", "surplus client, non-blocking", "EAGAIN", "ECONNREFUSED", "ECONNREFUSED", NULL, MEASURED},
    {"tcp unix", "clients that get in when a queued one has left, and when one was accepted", "0 1", "0 1", "0 1", NULL,
     MEASURED},
    {"tcp unix", "10, 8 queued, then 2", "ok 0 8", "ok 0 8", "ok 0 8", NULL, MEASURED},
    {"tcp", "1, 1 queued, then 10", "ok 10 11", "ok 10 11", "ok 15 16", NULL, MEASURED},
    {"unix", "1, 1 queued, then 10", "ok 10 11", "ok 15 16", "ok 15 16", NULL, MEASURED},
    {"tcp unix", "10, 8 queued, then -1", "ok 30 38", "ok 0 8", "ok 30 38", NULL, MEASURED},
    {"tcp", "queued client when a listener's duplicate is closed, and when the last is", "EAGAIN ECONNRESET",
     "EAGAIN ECONNRESET", "EAGAIN ECONNRESET", NULL, MEASURED},
    {"unix", "queued client when a listener's duplicate is closed, and when the last is", "EAGAIN ECONNRESET",
     "EAGAIN !end", "EAGAIN ECONNRESET", "listen.closed_unix", MEASURED},

    {"tcp unix", "SO_LISTENQLIMIT of 7, 1000, -1, and SO_LISTENQLEN", "ENOPROTOOPT ENOPROTOOPT ENOPROTOOPT ENOPROTOOPT",
     "ENOPROTOOPT ENOPROTOOPT ENOPROTOOPT ENOPROTOOPT", "7 128 128 1", NULL, READ},

    /* accept without a connection; the second word: with a length that is NULL */
    {"tcp unix", "accept, unbound", "EINVAL EINVAL", "EINVAL EINVAL", "EINVAL EFAULT", NULL, MEASURED},
    {"tcp unix", "accept, bound", "EINVAL EINVAL", "EINVAL EINVAL", "EINVAL EFAULT", NULL, MEASURED},
    {"tcp unix", "accept, datagram", "EOPNOTSUPP EOPNOTSUPP", "EOPNOTSUPP EOPNOTSUPP", "EINVAL EFAULT", NULL, MEASURED},
    {"tcp unix", "accept, bound datagram", "EOPNOTSUPP EOPNOTSUPP", "EOPNOTSUPP EOPNOTSUPP", "EINVAL EFAULT", NULL,
     MEASURED},
    {"tcp unix", "accept, connected", "EINVAL EINVAL", "EINVAL EINVAL", "EINVAL EFAULT", NULL, MEASURED},
    {"tcp unix", "accept, accepted", "EINVAL EINVAL", "EINVAL EINVAL", "EINVAL EFAULT", NULL, MEASURED},
    {"tcp unix", "accept, nobody queued", "EAGAIN EAGAIN", "EAGAIN EAGAIN", "EAGAIN EFAULT", NULL, MEASURED},
    {"tcp unix", "accept, no descriptor", "EBADF EBADF", "EBADF EBADF", "EBADF EFAULT", NULL, READ},
    {"tcp unix", "accept, a pipe", "ENOTSOCK ENOTSOCK", "ENOTSOCK ENOTSOCK", "ENOTSOCK EFAULT", NULL, READ},
    {"unix", "accept, socketpair", "EINVAL EINVAL", "EINVAL EINVAL", "EINVAL EFAULT", NULL, READ},
    {"unix", "accept, seqpacket", "EINVAL EINVAL", "EINVAL EINVAL", "EINVAL EFAULT", NULL, READ},

    /* flags: set before listen, after listen, when the client was queued */
    {"tcp unix", "O_NONBLOCK", "no no no", "yes yes yes", "yes yes yes", NULL, MEASURED},
    {"tcp unix", "O_ASYNC", "no no no", "yes yes yes", "yes yes yes", NULL, MEASURED},
    {"tcp unix", "owner", "no no no", "yes yes !no", "yes yes yes", "accept.inherit_late_owner", READ},
    {"tcp unix", "FD_CLOEXEC", "no no no", "no no no", "no no no", NULL, MEASURED},
    {"tcp unix", "accept4 of O_NONBLOCK, O_ASYNC, owner, FD_CLOEXEC", "no no no no", "no yes yes no", "no no no no",
     NULL, READ},
    {"tcp unix", "accept4 with SOCK_NONBLOCK, SOCK_CLOEXEC, an unknown flag", "yes yes EINVAL", "yes yes no",
     "yes yes EINVAL", NULL, READ},

    /* options, likewise */
    {"tcp", "SO_KEEPALIVE", "yes yes no", "yes yes no", "yes yes no", NULL, MEASURED},
    {"tcp", "SO_REUSEADDR", "yes yes no", "yes yes no", "yes yes no", NULL, MEASURED},
    {"tcp", "SO_OOBINLINE", "yes yes no", "yes yes no", "yes yes no", NULL, MEASURED},
    {"tcp", "SO_DONTROUTE", "yes yes no", "yes yes no", "yes yes no", NULL, MEASURED},
    {"tcp", "SO_BROADCAST", "yes yes no", "yes yes no", "yes yes no", NULL, READ},
    {"tcp", "SO_TIMESTAMP", "yes yes no", "yes yes no", "yes yes no", NULL, READ},
    {"tcp", "SO_LINGER", "yes yes no", "yes yes no", "yes yes no", NULL, MEASURED},
    {"tcp", "SO_SNDBUF", "yes yes no", "yes yes no", "yes yes no", NULL, MEASURED},
    {"tcp", "SO_RCVBUF", "yes yes no", "yes yes no", "yes yes no", NULL, MEASURED},
    {"tcp", "SO_RCVLOWAT", "yes yes no", "yes yes no", "yes yes no", NULL, READ},
    {"tcp", "SO_SNDTIMEO", "yes yes no", "yes yes no", "yes no no", NULL, READ},
    {"tcp", "SO_RCVTIMEO", "yes yes no", "yes yes no", "yes no no", NULL, MEASURED},
    {"tcp", "TCP_NODELAY", "yes yes no", "yes yes no", "yes yes no", NULL, MEASURED},
    {"tcp", "TCP_KEEPIDLE", "yes yes no", "!no !no no", "yes yes no", "accept.inherit_keepalive", READ},
    {"tcp", "TCP_KEEPINTVL", "yes yes no", "!no !no no", "yes yes no", "accept.inherit_keepalive", READ},
    {"tcp", "TCP_KEEPCNT", "yes yes no", "!no !no no", "yes yes no", "accept.inherit_keepalive", READ},
    {"tcp", "TCP_MAXSEG", "yes yes no", "!no !no no", "!no !no no", "accept.inherit_maxseg", READ},
    {"inet", "IP_TTL", "yes yes no", "no no no", "yes yes no", NULL, READ},
    {"inet", "IP_TOS", "yes yes no", "no no no", "yes yes no", NULL, READ},
    {"inet6", "IPV6_UNICAST_HOPS", "yes yes no", "no no no", "yes yes no", NULL, READ},
    {"unix", "SO_KEEPALIVE", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", MEASURED},
    {"unix", "SO_REUSEADDR", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", MEASURED},
    {"unix", "SO_OOBINLINE", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", MEASURED},
    {"unix", "SO_DONTROUTE", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", MEASURED},
    {"unix", "SO_BROADCAST", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", READ},
    {"unix", "SO_TIMESTAMP", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", READ},
    {"unix", "SO_LINGER", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", MEASURED},
    {"unix", "SO_SNDBUF", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", MEASURED},
    {"unix", "SO_RCVBUF", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", MEASURED},
    {"unix", "SO_RCVLOWAT", "no no no", "yes yes !no", "yes yes !no", "accept.inherit_late_unix", READ},
    {"unix", "SO_SNDTIMEO", "no no no", "yes yes !no", "yes no no", "accept.inherit_late_unix", READ},
    {"unix", "SO_RCVTIMEO", "no no no", "yes yes !no", "yes no no", "accept.inherit_late_unix", MEASURED},
    {"tcp unix", "SO_SNDLOWAT", "ENOPROTOOPT ENOPROTOOPT ENOPROTOOPT", "!yes !yes !no", "!yes !yes !no",
     "accept.inherit_send_lowat", READ},

    {"tcp", "SO_ACCEPTCONN, and SO_KEEPALIVE, SO_LINGER, TCP_NODELAY that are on", "1 1 1 1", "1 1 1 4", "2 8 128 4",
     NULL, READ},
    {"unix", "SO_ACCEPTCONN, and SO_KEEPALIVE, SO_LINGER, TCP_NODELAY that are on", "1 1 1", "1 1 1", "2 8 128", NULL,
     READ},

    /* queued clients: readiness, accept, SO_ERROR, getpeername, recv, the queue afterwards */
    {"tcp unix", "client stayed", "ready ok ok ok EAGAIN lost", "ready ok ok ok EAGAIN lost",
     "ready ok ok ok EAGAIN lost", NULL, MEASURED},
    {"tcp unix", "client sent 5 bytes", "ready ok ok ok 5 lost", "ready ok ok ok 5 lost", "ready ok ok ok 5 lost", NULL,
     READ},
    {"tcp", "client reset", "ready ok ECONNRESET ENOTCONN 0 lost", "ready ECONNABORTED lost", "ready ECONNABORTED lost",
     NULL, MEASURED},
    {"tcp", "client sent 5 bytes and reset", "ready ok ECONNRESET ENOTCONN 5 lost", "ready ECONNABORTED lost",
     "ready ECONNABORTED lost", NULL, MEASURED},
    {"tcp", "client closed", "ready ok ok ok 0 lost", "ready ok ok ok 0 lost", "ready ok ok ok 0 lost", NULL, READ},
    {"tcp", "client sent 5 bytes and closed", "ready ok ok ok 5 lost", "ready ok ok ok 5 lost", "ready ok ok ok 5 lost",
     NULL, READ},
    {"unix", "client closed", "ready ok ok ok 0 lost", "ready ok ok ENOTCONN 0 lost", "ready ok ok ENOTCONN 0 lost",
     NULL, MEASURED},
    {"unix", "client sent 5 bytes and closed", "ready ok ok ok 5 lost", "ready ok ok ENOTCONN 5 lost",
     "ready ok ok ENOTCONN 5 lost", NULL, READ},
    {"tcp unix", "client shut down for writing", "ready ok ok ok 0 lost", "ready ok ok ok 0 lost",
     "ready ok ok ok 0 lost", NULL, READ},
    {"tcp unix", "client shut down", "ready ok ok ok 0 lost", "ready ok ok ok 0 lost", "ready ok ok ok 0 lost", NULL,
     READ},
    {"unix", "address of a bound client", "own", "own", "own", NULL, READ},
    {"unix", "address of a bound client that closed", "own", "2", "16", NULL, READ},

    /* lengths and pointers */
    {"inet", "accept with a length of NULL 0 1 2 4 15 16 28 128 -1", "EFAULT lost 16 16 16 16 16 16 16 16 EINVAL lost",
     "EFAULT lost 0 1 2 4 15 16 16 16 EINVAL lost", "EFAULT kept 0 1 2 4 15 16 16 16 16", NULL, MEASURED},
    {"inet6", "accept with a length of NULL 0 1 2 4 15 16 28 128 -1", "EFAULT lost 28 28 28 28 28 28 28 28 EINVAL lost",
     "EFAULT lost 0 1 2 4 15 16 28 28 EINVAL lost", "EFAULT kept 0 1 2 4 15 16 28 28 28", NULL, READ},
    {"unix", "accept with a length of NULL 0 1 2 4 15 16 28 128 -1", "EFAULT lost 2 2 2 2 2 2 2 2 EINVAL lost",
     "EFAULT lost 0 1 2 2 2 2 2 2 EINVAL lost", "EFAULT kept 0 1 2 4 15 16 16 16 16", NULL, READ},
    {"unix", "the same, client bound", "EFAULT lost 20 20 20 20 20 20 20 20 EINVAL lost",
     "EFAULT lost 0 1 2 4 15 16 20 20 EINVAL lost", "EFAULT kept 0 1 2 4 15 16 20 20 20", NULL, READ},
    {"tcp unix", "the same, nobody queued", "EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN",
     "EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN",
     "EFAULT EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN", NULL, READ},
    {"inet", "accept with bad pointers", "EFAULT lost 16 EFAULT lost EFAULT lost EFAULT lost ok",
     "EFAULT lost 0 EFAULT lost EFAULT lost EFAULT lost ok", "EFAULT lost 0 EFAULT lost EFAULT kept EFAULT lost ok",
     NULL, READ},
    {"inet6", "accept with bad pointers", "EFAULT lost 28 EFAULT lost EFAULT lost EFAULT lost ok",
     "EFAULT lost 0 EFAULT lost EFAULT lost EFAULT lost ok", "EFAULT lost 0 EFAULT lost EFAULT kept EFAULT lost ok",
     NULL, READ},
    {"unix", "accept with bad pointers", "EFAULT lost 2 EFAULT lost EFAULT lost EFAULT lost ok",
     "EFAULT lost 0 EFAULT lost EFAULT lost EFAULT lost ok", "EFAULT lost 0 EFAULT lost EFAULT kept EFAULT lost ok",
     NULL, READ},
    {"tcp unix", "the same pointers, nobody queued", "EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN",
     "EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN", "EAGAIN EAGAIN EAGAIN EFAULT EAGAIN EAGAIN", NULL, READ},
};

#endif
