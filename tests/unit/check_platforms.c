/*
 * The built-in profiles against what is published and measured of their platforms, written down by hand: how
 * many connections get in for each backlog, and what each answers that its neighbours would answer
 * differently.
 */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/loader/search.h"
#include "../../shim/rules/bind.h"
#include "../../shim/rules/listen.h"
#include "../../shim/rules/option.h"
#include "../../shim/rules/shutdown.h"
#include "../../shim/rules/socket.h"
#include "../suite.h"

#define KERNEL_MAX 65535

/* No source tells. */
#define UNTOLD (-1)
#define ENDLESS INT_MAX

static struct annotated_profile annotated, neighbour;

static void load(struct annotated_profile *loaded, const char *profile)
{
    struct diagnostics diagnostics = {0};
    ck_assert_msg(annotated_profile_load(loaded, profile, NULL, NULL, &diagnostics), "%s", diagnostics.first);
}

static struct facts bound(int domain)
{
    return (struct facts){.domain = domain, .type = SOCK_STREAM, .bound = true, .kernel_max = KERNEL_MAX};
}

/* What is left to the kernel has its own queue of one more than the backlog, which it compares as unsigned.
 */
static int queued(const struct listen_verdict *it)
{
    if (it->capacity > 0)
        return it->capacity;
    return it->backlog < 0 || it->backlog > KERNEL_MAX ? KERNEL_MAX + 1 : it->backlog + 1;
}

static void check_queue(const char *profile, int domain, int backlog, int expected)
{
    struct facts facts = bound(domain);
    struct listen_verdict it = listen_verdict(&annotated.profile, &facts, backlog);
    const char *family = domain == AF_UNIX ? "unix" : domain == AF_INET ? "inet" : "inet6";
    ck_assert_int_eq(it.verdict.decision, DECIDE_CALL);
    ck_assert_msg(queued(&it) == expected, "%s: %s: listen(fd, %d): known are %d connections, the profile has %d",
                  profile, family, backlog, expected, queued(&it));
}

static const int backlogs[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, -1, 128, 1000};

#define BACKLOGS (sizeof backlogs / sizeof *backlogs)

/* One column: connections for each of `backlogs`, in one family or both. */
static const struct {
    const char *profile;
    bool tcp, local;
    int queue[BACKLOGS];
} columns[] = {
    {"bsd-4.2", true, true, {1, 2, 4, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 1, 8, 8}},
    {"bsd", true, true, {1, 2, 4, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 1, 8, 8}},
    {"freebsd-2", true, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 193, 193, 193}},
    {"freebsd-4", true, false, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 129, 129, 129}},
    {"freebsd-4", false, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 193, 193, 193}},
    {"freebsd-9", true, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 193, 193, 193}},
    {"freebsd-13", true, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 193, 193, 193}},
    {"freebsd", true, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 193, 193, 193}},
    {"dragonfly", true, false, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 129, 129, 129}},
    {"dragonfly", false, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 193, 193, 193}},
    {"netbsd-7", true, false, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1, 129, 129}},
    {"netbsd-7", false, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 1, 193, 193}},
    {"netbsd", true, false, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1, 129, 129}},
    {"netbsd", false, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 1, 193, 193}},
    {"openbsd", true, false, {81, 81, 81, 81, 81, 81, 81, 81, 81, 81, 81, 81, 81, 81, 81, 129, 129, 129}},
    {"openbsd",
     false,
     true,
     {241, 241, 241, 241, 241, 241, 241, 241, 241, 241, 241, 241, 241, 241, 241, 385, 385, 385}},
    {"macos-10.2", true, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 193, 193, 193}},
    {"macos", true, true, {128, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 128, 128, 128}},
    {"linux", true, true, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, KERNEL_MAX + 1, 129, 1001}},
    {"linux-2.4", true, false, {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 131, 131, 131}},
    {"linux-2.4", false, true, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 129, 129, 129}},
    {"linux-2.2", true, false, {2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 129, 129, 129}},
    {"linux-2.2",
     false,
     true,
     {ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS,
      ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS}},
    {"linux-2.0", true, false, {128, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 128, 128, 128}},
    {"linux-2.0",
     false,
     true,
     {ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS,
      ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS}},
    {"winsock", true, false, {UNTOLD, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 200, 128, 200}},
    {"cygwin", true, false, {UNTOLD, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 200, 128, 200}},
    {"mks", true, true, {UNTOLD, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, UNTOLD, 128, UNTOLD}},
    {"glibc", true, true, {UNTOLD, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, UNTOLD, 128, 1000}},
    {"solaris", true, false, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 1, 128, 128}},
    {"solaris", false, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 1, 193, 1501}},
    {"aix", true, false, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, UNTOLD, 193, UNTOLD}},
    {"hpux", true, false, {1, 1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16, 18, 19, 21, 1, 192, 1500}},
    {"hpux", false, true, {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 1, 193, 1501}},
    {"hurd", true, false, {2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 129, 129, 129}},
    {"hurd", false, true, {UNTOLD, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, UNTOLD, 128, 1000}},
};

START_TEST(queues_by_column)
{
    load(&annotated, columns[_i].profile);
    for (size_t i = 0; i < BACKLOGS; i++) {
        int expected = columns[_i].queue[i];
        if (expected == UNTOLD)
            continue;
        if (columns[_i].tcp) {
            check_queue(columns[_i].profile, AF_INET, backlogs[i], expected);
            check_queue(columns[_i].profile, AF_INET6, backlogs[i], expected);
        }
        if (columns[_i].local)
            check_queue(columns[_i].profile, AF_UNIX, backlogs[i], expected);
    }
}
END_TEST

/* What was measured on the platform itself or is told of one number; UNTOLD leaves a family out. */
static const struct {
    const char *profile;
    int backlog, tcp, local;
} points[] = {
    {"linux", INT_MIN, KERNEL_MAX + 1, KERNEL_MAX + 1},
    {"linux", 1000000, KERNEL_MAX + 1, KERNEL_MAX + 1},
    {"linux", 5000, 5001, 5001},
    {"linux", 127, 128, 128},
    {"netbsd-7", -1, 1, 1},
    {"netbsd-7", INT_MIN, 1, 1},
    {"netbsd-7", 127, 128, 191},
    {"netbsd-7", 128, 129, 193},
    {"netbsd-7", 129, 129, 193},
    {"netbsd-7", 1000000, 129, 193},
    {"freebsd-13", INT_MIN, 193, 193},
    {"freebsd-13", 127, 191, 191},
    {"freebsd-13", 129, 193, 193},
    {"freebsd-13", 1000000, 193, 193},
    {"openbsd", 79, 81, 241},
    {"openbsd", 80, 81, 241},
    {"openbsd", 81, 82, 244},
    {"macos", 127, 127, 127},
    {"macos", -128, 128, 128},
    {"winsock", 64, 64, UNTOLD},
    {"winsock", 200, 200, UNTOLD},
    {"winsock", 300, 200, UNTOLD},
    {"winsock", INT_MAX, 200, UNTOLD},
    {"winsock", -700, 700, UNTOLD},
    {"winsock", -1500, 1500, UNTOLD},
    {"winsock", INT_MIN, 65535, UNTOLD},
    {"winsock-nt4", 5, 6, UNTOLD},
    {"winsock-nt4", 1000, 6, UNTOLD},
    {"solaris", 84, 127, 127},
    {"solaris", 85, 128, 128},
    {"solaris", 2729, 128, 4094},
    {"solaris", 2730, 128, 4096},
    {"solaris", INT_MAX, 128, 4096},
    {"hpux", 5000, 6144, 6145},
    {"posix", 5, 5, 5},
    {"posix", 1, 1, 1},
    {"unix98", 5, 5, 5},
};

START_TEST(queues_by_point)
{
    load(&annotated, points[_i].profile);
    if (points[_i].tcp != UNTOLD)
        check_queue(points[_i].profile, AF_INET, points[_i].backlog, points[_i].tcp);
    if (points[_i].local != UNTOLD)
        check_queue(points[_i].profile, AF_UNIX, points[_i].backlog, points[_i].local);
}
END_TEST

/* --- what neighbours would answer differently --- */

enum state {
    UNBOUND,
    CONNECTED,
    CONNECTED_UNBOUND,
    CONNECTING,
    FAILED,
    LISTENING,
    WAS_LISTENING,
    SHUT_DOWN,
    DATAGRAM,
    DATAGRAM_UNBOUND,
    BOUND,
};

static struct facts facts_in(int domain, enum state state)
{
    return (struct facts){
        .domain = domain,
        .type = state == DATAGRAM || state == DATAGRAM_UNBOUND ? SOCK_DGRAM : SOCK_STREAM,
        .bound = state != UNBOUND && state != CONNECTED_UNBOUND && state != DATAGRAM_UNBOUND,
        .connected = state == CONNECTED || state == CONNECTED_UNBOUND,
        .connecting = state == CONNECTING,
        .connect_failed = state == FAILED,
        .listening = state == LISTENING,
        .was_listening = state == WAS_LISTENING,
        .shut_down = state == SHUT_DOWN || state == WAS_LISTENING,
        .kernel_max = KERNEL_MAX,
    };
}

#define CALLED 0
#define SILENT (-1)    /* success without a call */
#define SAME_PORT (-2) /* called, after the failed connect's port was bound */

static int answer_of(const struct annotated_profile *asked, int domain, enum state state, int backlog)
{
    struct facts facts = facts_in(domain, state);
    struct listen_verdict it = listen_verdict(&asked->profile, &facts, backlog);
    if (it.verdict.decision == DECIDE_CALL)
        return it.keep_port ? SAME_PORT : CALLED;
    return it.verdict.decision == DECIDE_SUCCEED ? SILENT : it.verdict.error;
}

static const struct {
    const char *profile, *neighbour;
    int domain;
    enum state state;
    int backlog, answer;
} states[] = {
    {"linux-2.0", "linux-2.2", AF_INET, DATAGRAM, 5, SILENT},
    {"linux-2.0", "linux", AF_INET6, DATAGRAM_UNBOUND, 5, SILENT},
    {"linux-2.2", "linux-2.0", AF_INET, DATAGRAM, 5, CALLED},
    {"linux", "bsd", AF_UNIX, DATAGRAM, 5, CALLED},
    {"linux", "bsd", AF_INET, WAS_LISTENING, 5, CALLED},
    {"bsd", "linux", AF_INET, WAS_LISTENING, 5, EINVAL},
    {"bsd", "openbsd", AF_UNIX, DATAGRAM, 5, SILENT},
    {"bsd", "freebsd-13", AF_UNIX, DATAGRAM_UNBOUND, 5, EINVAL},
    {"bsd-4.2", "macos-10.2", AF_UNIX, DATAGRAM, 5, SILENT},
    {"bsd-4.2", "freebsd-13", AF_UNIX, UNBOUND, 5, CALLED},
    {"freebsd-2", "freebsd-13", AF_UNIX, DATAGRAM, 5, SILENT},
    {"freebsd-4", "freebsd-13", AF_INET, WAS_LISTENING, 5, EINVAL},
    {"freebsd-9", "freebsd-13", AF_UNIX, UNBOUND, 5, CALLED},
    {"freebsd-9", "freebsd-13", AF_INET, WAS_LISTENING, 5, EINVAL},
    {"freebsd-13", "freebsd-9", AF_UNIX, UNBOUND, 5, EDESTADDRREQ},
    {"freebsd-13", "freebsd-9", AF_UNIX, DATAGRAM, 5, CALLED},
    {"freebsd-13", "freebsd-9", AF_UNIX, DATAGRAM_UNBOUND, 5, CALLED},
    {"freebsd-13", "netbsd-7", AF_INET, SHUT_DOWN, 5, CALLED},
    {"freebsd", "netbsd", AF_INET, WAS_LISTENING, 5, CALLED},
    {"freebsd", "dragonfly", AF_UNIX, UNBOUND, 5, EDESTADDRREQ},
    {"dragonfly", "freebsd", AF_UNIX, DATAGRAM, 5, SILENT},
    {"netbsd-7", "freebsd-13", AF_INET, SHUT_DOWN, 5, EINVAL},
    {"netbsd-7", "freebsd-13", AF_UNIX, DATAGRAM, 5, SILENT},
    {"netbsd-7", "linux", AF_INET, FAILED, 5, EINVAL},
    {"netbsd", "freebsd", AF_UNIX, DATAGRAM_UNBOUND, 5, EINVAL},
    {"openbsd", "netbsd", AF_UNIX, DATAGRAM, 5, CALLED},
    {"openbsd", "macos", AF_INET, WAS_LISTENING, 5, EINVAL},
    {"macos-10.2", "macos", AF_INET, WAS_LISTENING, 5, EINVAL},
    {"macos", "netbsd", AF_UNIX, DATAGRAM, 5, CALLED},
    {"winsock", "mks", AF_INET, LISTENING, 5, SILENT},
    {"winsock", "mks", AF_UNIX, LISTENING, 5, SILENT},
    {"winsock", "cygwin", AF_INET, UNBOUND, 5, EINVAL},
    {"winsock", "linux", AF_INET, FAILED, 5, SAME_PORT},
    {"winsock-nt4", "cygwin", AF_INET6, UNBOUND, 5, EINVAL},
    {"cygwin", "winsock", AF_INET, UNBOUND, 5, CALLED},
    {"cygwin", "linux", AF_INET, CONNECTED, 5, EISCONN},
    {"mks", "winsock", AF_INET, LISTENING, 5, CALLED},
    {"mks", "winsock", AF_UNIX, LISTENING, 5, EINVAL},
    {"mks", "solaris", AF_INET, UNBOUND, 5, EINVAL},
    {"solaris", "linux", AF_UNIX, LISTENING, 5, SILENT},
    {"solaris", "posix", AF_INET, LISTENING, 5, CALLED},
    {"aix", "solaris", AF_UNIX, LISTENING, 5, CALLED},
    {"hpux", "solaris", AF_UNIX, LISTENING, 5, CALLED},
    {"hurd", "glibc", AF_UNIX, DATAGRAM, 5, SILENT},
    {"hurd", "glibc", AF_UNIX, DATAGRAM_UNBOUND, 5, SILENT},
    {"hurd", "glibc", AF_UNIX, BOUND, -1, EINVAL},
    {"glibc", "hurd", AF_UNIX, BOUND, -1, CALLED},
    {"glibc", "posix", AF_INET, UNBOUND, 5, CALLED},
    {"posix", "glibc", AF_INET, UNBOUND, 5, EDESTADDRREQ},
    {"posix", "linux", AF_UNIX, UNBOUND, 5, EDESTADDRREQ},
    {"posix", "linux", AF_INET, FAILED, 5, EINVAL},
    {"posix", "freebsd", AF_INET, LISTENING, 5, SILENT},
    {"unix98", "glibc", AF_UNIX, UNBOUND, 5, EDESTADDRREQ},
};

START_TEST(states_that_neighbours_answer_differently)
{
    load(&annotated, states[_i].profile);
    load(&neighbour, states[_i].neighbour);
    int answer = answer_of(&annotated, states[_i].domain, states[_i].state, states[_i].backlog);
    int other = answer_of(&neighbour, states[_i].domain, states[_i].state, states[_i].backlog);
    ck_assert_msg(answer == states[_i].answer, "%s: row %d: %d", states[_i].profile, _i, answer);
    ck_assert_msg(other != answer, "%s: row %d: %s answers the same", states[_i].profile, _i, states[_i].neighbour);
}
END_TEST

/* Promises by their words: what Linux cannot keep shows nowhere else. */
static const struct {
    const char *profile, *neighbour;
    enum key key;
    const char *text;
    enum standing standing;
} promises[] = {
    {"bsd-4.2", "bsd", KEY_listen_queue_order, "lifo", STANDING_NOT_ENFORCED},
    {"bsd", "freebsd-9", KEY_listen_connected_tcp, "ok", STANDING_NOT_ENFORCED},
    {"bsd", "openbsd", KEY_listen_connected_unix_bound, "ok", STANDING_NOT_ENFORCED},
    {"bsd", "linux", KEY_listen_address_taken, "ok", STANDING_NOT_ENFORCED},
    {"freebsd-2", "bsd", KEY_listen_backlog_negative, "max", STANDING_KEPT},
    {"freebsd-4", "freebsd-2", KEY_listen_capacity_burst, "3/2 b + 1", STANDING_NOT_ENFORCED},
    {"freebsd-9", "freebsd", KEY_bind_wrong_family_inet, "EADDRNOTAVAIL", STANDING_KEPT},
    {"freebsd-4", "freebsd", KEY_bind_wrong_family_wildcard, "ok", STANDING_KEPT},
    {"freebsd-4", "bsd", KEY_bind_wrong_family_inet6, "EAFNOSUPPORT", STANDING_UNVERIFIED},
    {"bsd-4.2", "openbsd", KEY_bind_wrong_family_inet, "EADDRNOTAVAIL", STANDING_KEPT},
    {"openbsd", "bsd", KEY_bind_wrong_family_wildcard, "EAFNOSUPPORT", STANDING_KEPT},
    {"macos", "bsd", KEY_bind_wrong_family_wildcard, "EAFNOSUPPORT", STANDING_KEPT},
    {"freebsd-9", "freebsd-4", KEY_listen_overflow_tcp, "reset", STANDING_KEPT},
    {"freebsd-13", "freebsd", KEY_listen_shutdown_unconnected, "yes", STANDING_KEPT},
    {"freebsd", "freebsd-13", KEY_listen_connect_failed, "EINVAL", STANDING_UNVERIFIED},
    {"dragonfly", "freebsd", KEY_listen_failure_marks, "yes", STANDING_NOT_ENFORCED},
    {"dragonfly", "freebsd-4", KEY_listen_connecting_tcp, "EINVAL", STANDING_KEPT},
    {"netbsd-7", "netbsd", KEY_listen_connect_failed, "EINVAL", STANDING_KEPT},
    {"netbsd", "netbsd-7", KEY_listen_failure_marks, "no", STANDING_KEPT},
    {"netbsd", "freebsd", KEY_listen_backlog_negative, "min", STANDING_KEPT},
    {"openbsd", "netbsd", KEY_listen_capacity_burst, "3 b + 1", STANDING_NOT_ENFORCED},
    {"macos-10.2", "macos", KEY_listen_backlog_zero, "keep", STANDING_KEPT},
    {"macos", "macos-10.2", KEY_listen_backlog_zero, "max", STANDING_KEPT},
    {"linux", "linux-2.4", KEY_listen_backlog_max, "kernel", STANDING_KEPT},
    {"linux-2.0", "linux-2.2", KEY_listen_overflow_tcp, "drop", STANDING_KEPT},
    {"linux-2.2", "linux-2.4", KEY_listen_overflow_tcp, "ignore", STANDING_NOT_ENFORCED},
    {"linux-2.2", "linux-2.4", KEY_listen_ports_exhausted, "EAGAIN", STANDING_KEPT},
    {"linux-2.4", "linux-2.2", KEY_listen_address_taken, "EADDRINUSE", STANDING_KEPT},
    {"linux-2.4", "linux", KEY_listen_backlog_max, "128", STANDING_KEPT},
    {"winsock", "cygwin", KEY_listen_bad_descriptor, "ENOTSOCK", STANDING_KEPT},
    {"winsock", "linux", KEY_listen_no_descriptors, "EMFILE", STANDING_KEPT},
    {"winsock", "cygwin", KEY_accept_bad_descriptor, "ENOTSOCK", STANDING_KEPT},
    {"winsock-nt4", "winsock", KEY_listen_backlog_max, "5", STANDING_KEPT},
    {"cygwin", "winsock", KEY_listen_bad_descriptor, "EBADF", STANDING_KEPT},
    {"mks", "winsock", KEY_listen_relisten_excess, "reset", STANDING_KEPT},
    {"mks", "winsock", KEY_listen_bad_descriptor, "EBADF", STANDING_KEPT},
    {"solaris", "linux", KEY_listen_overflow_unix, "refuse", STANDING_KEPT},
    {"aix", "hpux", KEY_listen_capacity_tcp, "3/2 b + 1", STANDING_KEPT},
    {"hpux", "aix", KEY_listen_capacity_tcp, "3/2 b min 1", STANDING_KEPT},
    {"hurd", "linux-2.4", KEY_listen_ports_exhausted, "EAGAIN", STANDING_KEPT},
    {"hurd", "glibc", KEY_listen_unbound_unix, "ok", STANDING_NOT_ENFORCED},
    {"hurd", "glibc", KEY_listen_overflow_unix, "block", STANDING_KEPT},
    {"glibc", "linux", KEY_listen_overflow_tcp, "refuse", STANDING_KEPT},
    {"posix", "unix98", KEY_listen_backlog_zero, "keep", STANDING_NOT_ENFORCED},
    {"unix98", "posix", KEY_listen_backlog_negative, "0", STANDING_KEPT},
    {"native", "linux", KEY_listen_backlog_max, "kernel", STANDING_INITIAL},
};

START_TEST(promises_that_neighbours_do_not_make)
{
    load(&annotated, promises[_i].profile);
    load(&neighbour, promises[_i].neighbour);
    const struct entry *entry = &annotated.entries[promises[_i].key], *other = &neighbour.entries[promises[_i].key];
    ck_assert_msg(strcmp(entry->text, promises[_i].text) == 0, "%s: row %d: %s", promises[_i].profile, _i, entry->text);
    ck_assert_int_eq(entry->standing, promises[_i].standing);
    ck_assert_msg(strcmp(entry->text, other->text) != 0 || entry->standing != other->standing,
                  "%s: row %d: %s promises the same", promises[_i].profile, _i, promises[_i].neighbour);
}
END_TEST

START_TEST(every_profile_is_told_from_its_neighbours)
{
    const char *name = builtins[_i].name;
    bool told = false;
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        told = told || strcmp(promises[i].profile, name) == 0;
    ck_assert_msg(told, "%s", name);
}
END_TEST

/* A promise without a word of where it is from is none: each has a note, and each platform its sources. */
START_TEST(every_promise_has_its_source)
{
    load(&annotated, builtins[_i].name);
    ck_assert_msg(annotated.summary[0] != '\0', "%s", builtins[_i].name);
    ck_assert_msg(annotated.source[0] || strcmp(builtins[_i].name, "native") == 0, "%s", builtins[_i].name);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (annotated.entries[key].standing != STANDING_INITIAL)
            ck_assert_msg(annotated.entries[key].note[0] != '\0', "%s: %s", builtins[_i].name, key_rows[key].full);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("platforms");
    TCase *queues = tcase_create("queues"), *neighbours = tcase_create("neighbours");
    int profiles = 0;
    /* The user's own profiles must not stand before the built-in ones. */
    unsetenv("LISTENAS_CONF_PATH");
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", "/nonexistent", 1);
    while (builtins[profiles].name)
        profiles++;
    tcase_add_loop_test(queues, queues_by_column, 0, sizeof columns / sizeof *columns);
    tcase_add_loop_test(queues, queues_by_point, 0, sizeof points / sizeof *points);
    tcase_add_loop_test(neighbours, states_that_neighbours_answer_differently, 0, sizeof states / sizeof *states);
    tcase_add_loop_test(neighbours, promises_that_neighbours_do_not_make, 0, sizeof promises / sizeof *promises);
    tcase_add_loop_test(neighbours, every_profile_is_told_from_its_neighbours, 0, profiles);
    tcase_add_loop_test(neighbours, every_promise_has_its_source, 0, profiles);
    suite_add_tcase(suite, queues);
    suite_add_tcase(suite, neighbours);
    return suite_run(suite);
}
