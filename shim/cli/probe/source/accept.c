#include "probe.h"

/* What an accepted socket has of its listener's flags, and accept in odd states */

static void mark_nonblock(int fd)
{
    unblock(fd);
}

static int has_nonblock(int fd)
{
    return fcntl(fd, F_GETFL, 0) & O_NONBLOCK;
}

static void mark_cloexec(int fd)
{
    must(fcntl(fd, F_SETFD, FD_CLOEXEC), "F_SETFD");
}

static int has_cloexec(int fd)
{
    return fcntl(fd, F_GETFD, 0) & FD_CLOEXEC;
}

static void mark_async(int fd)
{
#ifdef O_ASYNC
    must(fcntl(fd, F_SETFL, must(fcntl(fd, F_GETFL, 0), "fcntl") | O_ASYNC), "O_ASYNC");
#else
    (void)fd;
    cannot("no O_ASYNC");
#endif
}

static int has_async(int fd)
{
#ifdef O_ASYNC
    return fcntl(fd, F_GETFL, 0) & O_ASYNC;
#else
    return fd < 0;
#endif
}

static void mark_owner(int fd)
{
#ifdef F_SETOWN
    must(fcntl(fd, F_SETOWN, getpid()), "F_SETOWN");
#else
    (void)fd;
    cannot("no F_SETOWN");
#endif
}

static int has_owner(int fd)
{
#ifdef F_SETOWN
    return fcntl(fd, F_GETOWN, 0) == getpid();
#else
    return fd < 0;
#endif
}

/* What a connection can have of its listener. The first two can be asked for by a flag of accept4. */
static const struct trait {
    void (*mark)(int fd);
    int (*has)(int fd);
} traits[] = {
    {mark_nonblock, has_nonblock},
    {mark_cloexec, has_cloexec},
    {mark_async, has_async},
    {mark_owner, has_owner},
};

enum { NONBLOCK, CLOEXEC, ASYNC, OWNER, TRAITS };

/* A signal may be sent to the owner, or to everybody who asked for O_ASYNC. */
static void ignore_news(void)
{
#ifdef SIGIO
    signal(SIGIO, SIG_IGN);
#endif
#ifdef SIGURG
    signal(SIGURG, SIG_IGN);
#endif
#ifdef SIGPOLL
    signal(SIGPOLL, SIG_IGN);
#endif
}

static const char *inherits(int domain)
{
    int fd = listening(domain, BACKLOG);
    ignore_news();
    traits[chosen].mark(fd);
    client_of(fd);
    return yes_no(traits[chosen].has(accepted(fd)));
}

static const char *inherits_late(int domain)
{
    int fd = listening(domain, BACKLOG);
    ignore_news();
    client_of(fd);
    traits[chosen].mark(fd);
    return yes_no(traits[chosen].has(accepted(fd)));
}

#ifdef HAS_ACCEPT4
static int has_of_accept4(int domain, int trait)
{
    int fd = listening(domain, BACKLOG);
    traits[trait].mark(fd);
    client_of(fd);
    return traits[trait].has(accept4(fd, NULL, NULL, 0)) != 0;
}

static int has_of_accept(int domain, int trait)
{
    int fd = listening(domain, BACKLOG);
    traits[trait].mark(fd);
    client_of(fd);
    return traits[trait].has(accepted(fd)) != 0;
}

/* Whether it does what these flags ask for: 1, 0, or -1 if it does something else. */
static int obeys(int domain, int flags)
{
    int fd = listening(domain, BACKLOG), got;
    client_of(fd);
    fd = must(accept4(fd, NULL, NULL, flags), "accept4");
    got = (has_nonblock(fd) ? SOCK_NONBLOCK : 0) | (has_cloexec(fd) ? SOCK_CLOEXEC : 0);
    return got == flags ? 1 : got == 0 ? 0 : -1;
}

/* What accept4 without flags passes on, beside what accept does. */
static const char *accept4_way(int domain)
{
    int trait, nothing = 1, as_accept = 1, but_flags = 1, flags = obeys(domain, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (flags < 0 || flags != obeys(domain, SOCK_NONBLOCK) || flags != obeys(domain, SOCK_CLOEXEC))
        return "other: it obeys some flags only";
    for (trait = 0; trait < TRAITS; trait++) {
        int one = has_of_accept(domain, trait), four_ = has_of_accept4(domain, trait);
        nothing = nothing && !four_;
        as_accept = as_accept && one == four_;
        but_flags = but_flags && four_ == (one && trait > CLOEXEC);
    }
    if (!flags)
        return as_accept ? "ignore" : "other: it ignores its flags, and is not as accept";
    if (nothing)
        return "yes";
    return as_accept ? "emulate" : but_flags ? "inherit" : "other: it passes something on, but not as accept does";
}

static const char *by_accept4(int domain)
{
    int fd = listening(domain, BACKLOG);
    ignore_news();
    client_of(fd);
    if (accept4(fd, NULL, NULL, 0) < 0)
        return name_of_error(errno);
    return accept4_way(domain);
}

static const char *unknown_flag(int domain)
{
    int fd = listening(domain, BACKLOG);
    client_of(fd);
    return said(accept4(fd, NULL, NULL, SOCK_CLOEXEC | 1), "ignore");
}
#else
/* A program that is built where there is none does without: by accept, and then the flags. */
static const char *by_accept4(int domain)
{
    (void)domain;
    return "emulate";
}

static const char *unknown_flag(int domain)
{
    (void)domain;
    return cannot("no accept4");
}
#endif

/* One client resets its connection, another stays: which of them does accept deliver first? */
static int accept_after_reset(int domain, struct address *seen, struct address *left)
{
    int fd = listening(domain, BACKLOG), broken = client_of(fd);
    *left = name_of(broken);
    close_hard(broken);
    client_of(fd);
    unblock(fd);
    seen->length = sizeof seen->at;
    return accept(fd, &seen->at.any, &seen->length);
}

static const char *reset_in_queue(int domain)
{
    struct address seen, left;
    if (accept_after_reset(domain, &seen, &left) < 0)
        return name_of_error(errno);
    return seen.at.four.sin_port == left.at.four.sin_port ? "deliver" : "skip";
}

static const char *length_after_reset(int domain)
{
    struct address seen, left;
    if (accept_after_reset(domain, &seen, &left) >= 0)
        return cannot("it is no error of accept");
    return seen.length == (length_type)sizeof seen.at ? "keep" : number((long)seen.length);
}

/* One client has left, another stays: the connection that comes first reads its end, or is the other's. */
static const char *closed_in_queue(int domain)
{
    int fd = listening(domain, BACKLOG), leaver = client_of(fd), connection;
    char byte;
    close(leaver);
    client_of(fd);
    connection = accept(fd, NULL, NULL);
    if (connection < 0)
        return name_of_error(errno);
    unblock(connection);
    return recv(connection, &byte, 1, 0) == 0 ? "deliver" : "skip";
}

/* EAGAIN tells that accept would wait. */
static const char *accept_answer(int fd)
{
    int result;
    unblock(fd);
    result = accept(fd, NULL, NULL);
    return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? "wait" : said(result, "ok");
}

static const char *not_listening(int domain)
{
    return accept_answer(bound(domain));
}

static const char *of_datagram(int domain)
{
    return accept_answer(bound_datagram(domain));
}

static const char *of_no_descriptor(int domain)
{
    int fd = stream(domain);
    const char *answer;
    close(fd);
    answer = said(accept(-1, NULL, NULL), "ok");
    return agree(answer, said(accept(fd, NULL, NULL), "ok"));
}

/* Lets the process have no descriptor more than it has. */
static void take_descriptors(void)
{
    while (dup(0) >= 0)
        continue;
}

static void limit_descriptors(void)
{
#ifdef RLIMIT_NOFILE
    struct rlimit limit;
    must(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    limit.rlim_cur = 60;
    setrlimit(RLIMIT_NOFILE, &limit);
#endif
    take_descriptors();
}

static const char *full_and_empty(int domain)
{
    int fd = listening(domain, BACKLOG);
    limit_descriptors();
    return accept_answer(fd);
}

static const char *full_and_queued(int domain)
{
    int fd = listening(domain, BACKLOG);
    client_of(fd);
    limit_descriptors();
    if (!is_same(accept_answer(fd), "EMFILE"))
        return agree(accept_answer(fd), "although no descriptor is free");
    close(0);
    return nobody_waits(fd) ? "drop" : "keep";
}

static const char *full_and_idle(int domain)
{
    int fd = bound(domain);
    limit_descriptors();
    return accept_answer(fd);
}

static void wake(int number)
{
    (void)number;
}

/* A listener whose time-out is long over when the alarm comes. */
static const char *limited(int domain)
{
#ifdef SO_RCVTIMEO
    int fd = listening(domain, BACKLOG);
    struct sigaction action;
    set_timeout(fd, SO_RCVTIMEO, 0, 10000);
    memset(&action, 0, sizeof action);
    action.sa_handler = wake;
    sigaction(SIGALRM, &action, NULL);
    alarm(1);
    if (accept(fd, NULL, NULL) >= 0)
        return "other: accepted";
    return errno == EINTR ? "no" : errno == EAGAIN || errno == EWOULDBLOCK ? "yes" : name_of_error(errno);
#else
    (void)domain;
    return cannot("no SO_RCVTIMEO");
#endif
}

const struct experiment accept_experiments[] = {
    {"accept.timeout", ALL, limited, 0},
    {"accept.inherit_nonblock", ALL, inherits, NONBLOCK},
    {"accept.inherit_cloexec", ALL, inherits, CLOEXEC},
    {"accept.inherit_async", ALL, inherits, ASYNC},
    {"accept.inherit_owner", ALL, inherits, OWNER},
    {"accept.inherit_late_owner", ALL, inherits_late, OWNER},
    {"accept.accept4", ALL, by_accept4, 0},
    {"accept.accept4_unknown_flag", ALL, unknown_flag, 0},
    {"accept.reset_queued", TCP, reset_in_queue, 0},
    {"accept.reset_queued_length", TCP, length_after_reset, 0},
    {"accept.closed_queued_unix", LOCAL, closed_in_queue, 0},
    {"accept.not_listening_inet", TCP, not_listening, 0},
    {"accept.not_listening_unix", LOCAL, not_listening, 0},
    {"accept.datagram", ALL, of_datagram, 0},
    {"accept.bad_descriptor", ONCE, of_no_descriptor, 0},
    {"accept.no_descriptor_empty", ALL, full_and_empty, 0},
    {"accept.no_descriptor_queued", ALL, full_and_queued, 0},
    {"accept.no_descriptor_not_listening", ALL, full_and_idle, 0},
    {NULL, 0, NULL, 0},
};
