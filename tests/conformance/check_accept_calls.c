/*
 * How many system calls accept makes beside its own under each profile, and that what a listener is known to be stays
 * true: what the library notes with a listener is met by what a program can do to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../shim/profile/loader/annotated_profile.h"
#include "../../shim/profile/loader/search.h"
#include "../suite.h"
#include "count.h"
#include "job.h"

/* --- in the child --- */

/* How the accept that is counted is made. The words are the child's argument. */
static const char *const ways[] = {"nonblocking", "blocking", "no-address", "accept4", "owner", "unix"};
enum way { NONBLOCKING, BLOCKING, NO_ADDRESS, ACCEPT4, OWNER, LOCAL, WAYS };

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_un local;
};

static union address place;
static socklen_t place_length;

static int make_listener(bool local)
{
    int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    memset(&place, 0, sizeof place);
    place.any.sa_family = local ? AF_UNIX : AF_INET;
    place_length = local ? sizeof place.local : sizeof place.in;
    if (local)
        snprintf(place.local.sun_path, sizeof place.local.sun_path, "/tmp/check-accept-calls-%d", getpid());
    else
        place.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(fd >= 0 && bind(fd, &place.any, place_length) == 0 && listen(fd, 5) == 0);
    place_length = sizeof place;
    require(getsockname(fd, &place.any, &place_length) == 0);
    return fd;
}

static int make_client(void)
{
    int fd = socket(place.any.sa_family, SOCK_STREAM, 0);
    require(fd >= 0 && connect(fd, &place.any, place_length) == 0);
    return fd;
}

static int accept_in(enum way way, int listener)
{
    /* On the stack and on one page: of any other memory it is asked each time whether it can be written. */
    _Alignas(256) union address peer;
    _Alignas(8) socklen_t length = sizeof peer;
    return way == NO_ADDRESS ? accept(listener, NULL, NULL)
           : way == ACCEPT4  ? accept4(listener, &peer.any, &length, SOCK_CLOEXEC)
                             : accept(listener, &peer.any, &length);
}

/* The second accept of a process: the first one finds out what the listener's options are. */
static void accept_twice(enum way way)
{
    int listener = make_listener(way == LOCAL);
    require(way == BLOCKING || fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
    for (int i = 0; i < 2; i++) {
        make_client();
        if (i == 1 && way == OWNER)
            require(fcntl(listener, F_SETOWN, getpid()) == 0);
        MARK();
        int fd = accept_in(way, listener);
        MARK();
        require(fd >= 0);
    }
    if (way == LOCAL)
        unlink(place.local.sun_path);
}

/* --- in the child, of one that is not counted: each exits with 0 where the platform's promise is kept --- */

/* A non-blocking listener that has accepted two connections already, so that it is known to be plain. */
static int make_known_listener(void)
{
    int listener = make_listener(false);
    require(fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
    for (int i = 0; i < 2; i++) {
        make_client();
        require(accept_in(NONBLOCKING, listener) >= 0);
    }
    require(fcntl(listener, F_GETOWN) == 0);
    return listener;
}

/* In another process, by another descriptor. */
static void in_child(void (*act)(int), int listener)
{
    int status, copy = dup(listener);
    pid_t pid = fork();
    if (pid == 0) {
        act(copy);
        _exit(0);
    }
    require(waitpid(pid, &status, 0) == pid && status == 0);
    close(copy);
}

static void set_nodelay(int listener)
{
    const int on = 1;
    require(setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
}

static void shut_reading(int listener)
{
    shutdown(listener, SHUT_RD);
}

static bool has_nodelay(int connection)
{
    int on = -1;
    socklen_t length = sizeof on;
    require(connection >= 0 && getsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, &length) == 0);
    return on;
}

static int accept_next(int listener)
{
    make_client();
    return accept_in(NONBLOCKING, listener);
}

static bool option_of_another_process(void)
{
    int listener = make_known_listener();
    in_child(set_nodelay, listener);
    return !has_nodelay(accept_next(listener)) && !has_nodelay(accept_next(listener));
}

/* The owner's place holds what is known of the listener: a program that uses it must make it forgotten, not false. */
static bool option_beside_owner(void)
{
    int listener = make_known_listener();
    require(fcntl(listener, F_SETOWN, -getpgrp()) == 0);
    set_nodelay(listener);
    int first = accept_next(listener);
    require(!has_nodelay(first) && fcntl(first, F_GETOWN) == -getpgrp());
    require(fcntl(listener, F_SETOWN, 0) == 0);
    int second = accept_next(listener);
    return !has_nodelay(second) && fcntl(second, F_GETOWN) == 0;
}

static bool owner_of_known_listener(void)
{
    int listener = make_known_listener();
    require(fcntl(listener, F_SETOWN, getpid()) == 0);
    return fcntl(accept_next(listener), F_GETOWN) == getpid();
}

static bool error_of_another_process(void)
{
    int listener = make_known_listener();
    in_child(shut_reading, listener);
    bool told = accept_next(listener) < 0 && errno == ECONNABORTED;
    return told && accept_in(NONBLOCKING, listener) >= 0;
}

/* The queue is accepted to its end, then the listener is at its own. */
static bool drained_by_another_process(void)
{
    int listener = make_known_listener();
    make_client();
    in_child(shut_reading, listener);
    require(accept_in(NONBLOCKING, listener) >= 0);
    return accept_in(NONBLOCKING, listener) < 0 && errno == ECONNABORTED;
}

/* O_NONBLOCK is the listener's as it is now, whoever has set or cleared it. */
static bool flags_as_they_are(void)
{
    int listener = make_known_listener();
    require(fcntl(accept_next(listener), F_GETFL) & O_NONBLOCK && fcntl(listener, F_SETFL, 0) == 0);
    return !(fcntl(accept_next(listener), F_GETFL) & O_NONBLOCK);
}

/* --- a client that has reset its connection: the name of a connection is what tells --- */

static in_port_t port_of(int client)
{
    union address own;
    socklen_t length = sizeof own;
    require(getsockname(client, &own.any, &length) == 0);
    return own.in.sin_port;
}

/* Returns the port that it had. */
static in_port_t reset_one(void)
{
    const struct linger at_once = {.l_onoff = 1};
    int client = make_client();
    in_port_t port = port_of(client);
    require(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0 && close(client) == 0);
    return port;
}

static bool resets_are_skipped(void)
{
    union address peer;
    socklen_t length = sizeof peer;
    int listener = make_known_listener();
    reset_one();
    reset_one();
    in_port_t port = port_of(make_client());
    return accept(listener, &peer.any, &length) >= 0 && length == sizeof peer.in && peer.in.sin_port == port &&
           accept(listener, &peer.any, &length) < 0 && errno == EAGAIN;
}

static bool resets_are_skipped_unseen(void)
{
    union address peer;
    socklen_t length = sizeof peer;
    int listener = make_known_listener();
    reset_one();
    in_port_t port = port_of(make_client());
    int connection = accept(listener, NULL, NULL);
    return connection >= 0 && getpeername(connection, &peer.any, &length) == 0 && peer.in.sin_port == port;
}

/* The kernel has told the name by then, whatever the platform makes of the connection. */
static bool resets_are_told(void)
{
    union address peer = {0};
    socklen_t length = sizeof peer;
    int listener = make_known_listener();
    in_port_t gone = reset_one(), port = port_of(make_client());
    bool told = accept(listener, &peer.any, &length) < 0 && errno == ECONNABORTED && length == sizeof peer &&
                peer.in.sin_family == AF_INET && peer.in.sin_port == gone;
    return told && accept(listener, &peer.any, &length) >= 0 && peer.in.sin_port == port;
}

static void accept_local(int listener)
{
    union address peer;
    socklen_t length = sizeof peer;
    require(make_client() >= 0);
    int connection = accept(listener, &peer.any, &length);
    require(connection >= 0 && peer.any.sa_family == AF_UNIX);
}

/* What accept expects of a descriptor by its last bits is a hint: two listeners share it here. */
static bool families_by_turns(void)
{
    const int listener = make_known_listener(), other = listener + 64;
    const union address inet = place;
    const socklen_t inet_length = place_length;
    const int local = make_listener(true);
    const union address path = place;
    const socklen_t path_length = place_length;
    require(dup2(local, other) == other && fcntl(other, F_SETFL, O_NONBLOCK) == 0);
    for (int i = 0; i < 3; i++) {
        union address peer;
        socklen_t length = sizeof peer;
        place = path;
        place_length = path_length;
        accept_local(other);
        accept_local(other);
        place = inet;
        place_length = inet_length;
        reset_one();
        in_port_t port = port_of(make_client());
        if (accept(listener, &peer.any, &length) < 0 || length != sizeof peer.in || peer.in.sin_port != port)
            return false;
    }
    return unlink(path.local.sun_path) == 0;
}

/* 4.4BSD tells the length that it has written. */
static bool address_is_cut(void)
{
    const int off = 0;
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT}, peer;
    socklen_t length = sizeof name;
    int listener = socket(AF_INET6, SOCK_STREAM, 0);
    require(setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0);
    require(bind(listener, (struct sockaddr *)&name, sizeof name) == 0 && listen(listener, 5) == 0);
    require(getsockname(listener, (struct sockaddr *)&name, &length) == 0);
    for (int i = 0; i < 3; i++) {
        int client = socket(AF_INET6, SOCK_STREAM, 0);
        require(client >= 0 && connect(client, (struct sockaddr *)&name, sizeof name) == 0);
        memset(&peer, 0xff, sizeof peer);
        length = 20;
        require(accept(listener, (struct sockaddr *)&peer, &length) >= 0);
        if (length != 20 || peer.sin6_family != AF_INET6 || peer.sin6_scope_id != UINT32_MAX)
            return false;
    }
    return true;
}

static const struct {
    const char *name, *profile;
    bool (*keeps)(void);
} promises[] = {
    {"option", "bsd", option_of_another_process},
    {"option-owner", "bsd", option_beside_owner},
    {"owner-passed", "bsd", owner_of_known_listener},
    {"error", "freebsd", error_of_another_process},
    {"drained", "bsd", drained_by_another_process},
    {"flags", "bsd", flags_as_they_are},
    {"flags-mks", "mks", flags_as_they_are},
    {"flags-freebsd", "freebsd", flags_as_they_are},
    {"skipped", "bsd", resets_are_skipped},
    {"skipped-unseen", "bsd", resets_are_skipped_unseen},
    {"told", "aix", resets_are_told},
    {"told-bsd", "posix", resets_are_told},
    {"families", "bsd", families_by_turns},
    {"cut", "bsd", address_is_cut},
};
#define PROMISES ((int)(sizeof promises / sizeof *promises))

/* --- the tests --- */

/*
 * What each profile's accept makes beside the call itself. F_GETFL asks for the listener's O_NONBLOCK and O_ASYNC;
 * F_GETOWN_EX for its owner, and whether its mark has to be read; getpeername whether the client has reset the
 * connection. A call that may have slept asks for the listener's owner and mark after it, and a listener with an owner
 * has its mark read. An AF_UNIX connection is polled for its end.
 */
static const struct {
    const char *profile;
    int calls[WAYS];
} rows[] = {
    {"aix", {2, 2, 2, 2, 2, 2}},        {"bsd", {3, 4, 3, 3, 5, 3}},         {"bsd-4.2", {3, 4, 3, 3, 5, 3}},
    {"cygwin", {3, 3, 4, 3, 3, 4}},     {"dragonfly", {2, 3, 3, 2, 4, 3}},   {"freebsd", {3, 4, 3, 3, 5, 3}},
    {"freebsd-13", {3, 4, 3, 3, 5, 3}}, {"freebsd-2", {3, 4, 3, 3, 5, 3}},   {"freebsd-4", {3, 4, 3, 3, 5, 3}},
    {"freebsd-9", {3, 4, 3, 3, 5, 3}},  {"glibc", {0, 0, 0, 0, 0, 0}},       {"hpux", {1, 1, 2, 1, 1, 2}},
    {"hurd", {1, 1, 1, 1, 1, 0}},       {"linux", {0, 0, 0, 0, 0, 0}},       {"linux-2.0", {1, 1, 1, 1, 1, 0}},
    {"linux-2.2", {1, 1, 1, 1, 1, 1}},  {"linux-2.4", {0, 0, 0, 0, 0, 0}},   {"macos", {2, 2, 3, 2, 4, 3}},
    {"macos-10.2", {2, 3, 3, 2, 4, 3}}, {"mks", {1, 2, 2, 1, 1, 2}},         {"native", {0, 0, 0, 0, 0, 0}},
    {"netbsd", {3, 4, 3, 3, 5, 3}},     {"netbsd-7", {3, 4, 3, 3, 5, 3}},    {"openbsd", {3, 4, 3, 3, 5, 3}},
    {"posix", {2, 2, 2, 2, 2, 1}},      {"solaris", {3, 3, 3, 3, 4, 2}},     {"unix98", {2, 2, 2, 2, 2, 1}},
    {"winsock", {1, 1, 2, 1, 1, 2}},    {"winsock-nt4", {1, 1, 2, 1, 1, 2}},
};

static const int *calls_in_table(const char *profile)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].profile, profile) == 0)
            return rows[i].calls;
    ck_abort_msg("%s has no row", profile);
}

START_TEST(accept_asks_little)
{
    const char *profile = builtins[_i].name;
    const int *expected = calls_in_table(profile);
    for (int way = 0; way < WAYS; way++) {
        int calls = calls_of(profile, ways[way]) - 1;
        ck_assert_msg(calls == expected[way], "%s, %s: %d calls instead of %d", profile, ways[way], calls,
                      expected[way]);
    }
}
END_TEST

START_TEST(what_is_known_stays_true)
{
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        exec_under(promises[_i].profile, promises[_i].name);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(status == 0, "%s: status %x", promises[_i].name, (unsigned int)status);
}
END_TEST

static int be_child(const char *what)
{
    for (int way = 0; way < WAYS; way++)
        if (strcmp(what, ways[way]) == 0)
            accept_twice((enum way)way);
    for (int i = 0; i < PROMISES; i++)
        if (strcmp(what, promises[i].name) == 0)
            return !promises[i].keeps();
    return 0;
}

int main(int count, char **arguments)
{
    if (count > 1)
        return be_child(arguments[1]);
    int profiles = count_prepare();
    if (profiles < 0)
        return EXIT_FAILURE;
    Suite *suite = suite_create("accept calls");
    TCase *calls = tcase_create("calls");
    tcase_add_loop_test(calls, accept_asks_little, 0, profiles);
    tcase_add_loop_test(calls, what_is_known_stays_true, 0, PROMISES);
    suite_add_tcase(suite, calls);
    return suite_run(suite);
}
