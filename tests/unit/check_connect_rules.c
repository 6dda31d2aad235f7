/* The rules of connect by table. */
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "../../shim/rules/connect.h"
#include "../suite.h"
#include "profile_fixture.h"

#define EVERY(rows) (sizeof(rows) / sizeof *(rows))

enum state { FRESH, LISTENING, CONNECTING, CONNECTED, LOST };

static struct verdict verdict_in(const char *setting, int domain, enum state state, const struct sockaddr *address,
                                 socklen_t length)
{
    struct profile profile = PROFILE(setting);
    struct facts facts = {.domain = domain,
                          .type = SOCK_STREAM,
                          .listening = state == LISTENING,
                          .connected = state == CONNECTED,
                          .connecting = state == CONNECTING,
                          .connect_failed = state == LOST};
    return connect_verdict(&profile, &facts, address, length);
}

START_TEST(states_by_table)
{
    static const struct {
        const char *setting;
        int domain;
        enum state state;
        int error;
    } rows[] = {
        {"connect.listening_inet=EXDEV", AF_INET, LISTENING, EXDEV},
        {"connect.listening_inet=EXDEV", AF_INET6, LISTENING, EXDEV},
        {"connect.listening_inet=EXDEV", AF_INET, FRESH, 0},
        {"connect.listening_inet=EXDEV", AF_UNIX, LISTENING, 0},
        {"connect.listening_unix=EXDEV", AF_UNIX, LISTENING, EXDEV},
        {"connect.listening_unix=EXDEV", AF_INET, LISTENING, 0},
        {"connect.connecting=EXDEV", AF_INET, CONNECTING, EXDEV},
        {"connect.connecting=EXDEV", AF_INET, CONNECTED, 0},
        {"connect.completed=EXDEV", AF_INET, CONNECTED, EXDEV},
        {"connect.completed=EXDEV", AF_INET, CONNECTING, 0},
        {"connect.completed=ok", AF_INET, CONNECTED, 0},
        {"connect.refused=EXDEV", AF_INET, LOST, EXDEV},
        {"connect.refused=EXDEV", AF_INET, FRESH, 0},
        {"connect.refused=ok", AF_INET, LOST, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct sockaddr_storage address = {.ss_family = (sa_family_t)rows[i].domain};
        ((struct sockaddr_in *)&address)->sin_port = htons(80);
        struct verdict it = verdict_in(rows[i].setting, rows[i].domain, rows[i].state, (struct sockaddr *)&address, 28);
        ck_assert_msg(it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        ck_assert_int_eq(it.decision, rows[i].error ? DECIDE_FAIL : DECIDE_CALL);
    }
}
END_TEST

START_TEST(addresses_by_table)
{
    static const struct {
        const char *setting;
        int family;
        in_addr_t place;
        uint16_t port;
        enum state state;
        int error;
    } rows[] = {
        {"connect.port_zero=EXDEV", AF_INET, INADDR_LOOPBACK, 0, FRESH, EXDEV},
        {"connect.port_zero=EXDEV", AF_INET, INADDR_LOOPBACK, 80, FRESH, 0},
        {"connect.port_zero=kernel", AF_INET, INADDR_LOOPBACK, 0, FRESH, 0},
        {"connect.port_zero=EXDEV", AF_INET6, INADDR_LOOPBACK, 0, FRESH, 0},
        {"connect.wildcard=EXDEV", AF_INET, INADDR_ANY, 80, FRESH, EXDEV},
        {"connect.wildcard=EXDEV", AF_INET, INADDR_LOOPBACK, 80, FRESH, 0},
        {"connect.wildcard=ok", AF_INET, INADDR_ANY, 80, FRESH, 0},
        {"connect.disconnect=EXDEV", AF_UNSPEC, INADDR_ANY, 0, CONNECTED, EXDEV},
        {"connect.disconnect=EXDEV", AF_UNSPEC, INADDR_ANY, 0, FRESH, 0},
        {"connect.disconnect=EXDEV", AF_UNSPEC, INADDR_ANY, 0, CONNECTING, EALREADY},
        {"connect.unspec=EXDEV", AF_UNSPEC, INADDR_ANY, 0, FRESH, EXDEV},
        {"connect.unspec=EXDEV", AF_UNSPEC, INADDR_ANY, 0, CONNECTED, 0},
        {"connect.multicast_tcp=EXDEV", AF_INET, INADDR_ALLHOSTS_GROUP, 80, FRESH, EXDEV},
        {"connect.multicast_tcp=EXDEV", AF_INET, INADDR_LOOPBACK, 80, FRESH, 0},
        {"connect.broadcast_tcp=EXDEV", AF_INET, INADDR_BROADCAST, 80, FRESH, EXDEV},
        {"connect.disconnect=ok", AF_UNSPEC, INADDR_ANY, 0, CONNECTED, 0},
        {"connect.completed=EXDEV", AF_UNSPEC, INADDR_ANY, 0, CONNECTED, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct sockaddr_in address = {.sin_family = (sa_family_t)rows[i].family, .sin_port = htons(rows[i].port)};
        address.sin_addr.s_addr = htonl(rows[i].place);
        const struct sockaddr *at = (const struct sockaddr *)&address;
        struct verdict it = verdict_in(rows[i].setting, AF_INET, rows[i].state, at, sizeof address);
        ck_assert_msg(it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        /* Half an address is the kernel's matter. */
        it = verdict_in(rows[i].setting, AF_INET, rows[i].state, at, 1);
        ck_assert_msg(it.decision == DECIDE_CALL || rows[i].state == CONNECTED, "row %zu, short", i);
    }
    struct sockaddr_in6 nowhere = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
    const struct sockaddr *at = (const struct sockaddr *)&nowhere;
    ck_assert_int_eq(verdict_in("connect.wildcard=EXDEV", AF_INET6, FRESH, at, sizeof nowhere).error, EXDEV);
    struct sockaddr_un unnamed = {.sun_family = AF_UNIX};
    at = (const struct sockaddr *)&unnamed;
    ck_assert_int_eq(verdict_in("connect.unix_unnamed=EXDEV", AF_UNIX, FRESH, at, 2).error, EXDEV);
    ck_assert_int_eq(verdict_in("connect.unix_unnamed=EXDEV", AF_UNIX, FRESH, at, 3).error, 0);
}
END_TEST

START_TEST(failures_by_table)
{
    static const struct {
        const char *setting;
        int domain, type;
        bool other_file;
        int error, platform;
    } rows[] = {
        {"listen.overflow_unix=refuse", AF_UNIX, SOCK_STREAM, false, EAGAIN, ECONNREFUSED},
        {"listen.overflow_unix=refuse", AF_UNIX, SOCK_SEQPACKET, false, EINTR, ECONNREFUSED},
        {"listen.overflow_unix=refuse", AF_UNIX, SOCK_STREAM, false, ENOENT, 0},
        {"listen.overflow_unix=refuse", AF_UNIX, SOCK_DGRAM, false, EAGAIN, 0},
        {"listen.overflow_unix=refuse", AF_INET, SOCK_STREAM, false, EINTR, 0},
        {"listen.overflow_unix=block", AF_UNIX, SOCK_STREAM, false, EAGAIN, 0},
        {"connect.unix_not_socket=ENOTSOCK", AF_UNIX, SOCK_STREAM, true, ECONNREFUSED, ENOTSOCK},
        {"connect.unix_not_socket=ENOTSOCK", AF_UNIX, SOCK_DGRAM, true, ECONNREFUSED, ENOTSOCK},
        {"connect.unix_not_socket=ENOTSOCK", AF_UNIX, SOCK_STREAM, false, ECONNREFUSED, 0},
        {"connect.unix_not_socket=ENOTSOCK", AF_UNIX, SOCK_STREAM, true, EACCES, 0},
        {"connect.unix_not_socket=kernel", AF_UNIX, SOCK_STREAM, true, ECONNREFUSED, 0},
        {"connect.in_progress=EAGAIN", AF_INET, SOCK_STREAM, false, EINPROGRESS, EAGAIN},
        {"connect.in_progress=EAGAIN", AF_INET6, SOCK_STREAM, false, EALREADY, 0},
        {"connect.in_progress=EAGAIN", AF_UNIX, SOCK_STREAM, false, EINPROGRESS, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = {.domain = rows[i].domain, .type = rows[i].type};
        struct sockaddr_storage address = {.ss_family = (sa_family_t)rows[i].domain};
        memset((char *)&address + sizeof(sa_family_t), 'p', sizeof(struct sockaddr_in));
        struct verdict it = connect_failed_verdict(&profile, &facts, (struct sockaddr *)&address,
                                                   sizeof(struct sockaddr_in), rows[i].other_file, rows[i].error);
        ck_assert_msg(it.error == rows[i].platform, "row %zu: %s", i, rows[i].setting);
    }
}
END_TEST

START_TEST(in_force_or_not)
{
    static const struct {
        const char *setting;
        bool in_force, at_once;
    } rows[] = {
        {"bind.bound=EXDEV", false, false},
        {"listen.overflow_unix=block", false, false},
        {"listen.overflow_unix=refuse", true, true},
        {"connect.refused=EXDEV", true, false},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        ck_assert(!connect_must_not_wait(&profile, AF_INET));
        ck_assert_msg((profile.needs.phases[CALL_connect] != 0) == rows[i].in_force, "%s", rows[i].setting);
        ck_assert_msg(connect_must_not_wait(&profile, AF_UNIX) == rows[i].at_once, "%s", rows[i].setting);
    }
}
END_TEST

START_TEST(lengths_by_table)
{
    static const struct {
        const char *setting;
        int domain, family;
        socklen_t length;
        int error;
    } rows[] = {
        {"connect.negative_address=EXDEV", AF_INET, AF_INET, (socklen_t)-1, EXDEV},
        {"connect.negative_address=EXDEV", AF_INET, AF_INET, 0x7fffffff, 0},
        {"connect.huge_address=EXDEV", AF_UNIX, AF_UNIX, 256, EXDEV},
        {"connect.huge_address=EXDEV", AF_INET, AF_INET, 255, 0},
        {"connect.huge_address=EXDEV", AF_NETLINK, AF_NETLINK, 256, 0},
        {"connect.no_family=EXDEV", AF_INET6, AF_INET6, 1, EXDEV},
        {"connect.no_family=EXDEV", AF_INET6, AF_INET6, 2, 0},
        {"connect.short_address=EXDEV", AF_INET, AF_INET, 15, EXDEV},
        {"connect.short_address=EXDEV", AF_INET, AF_INET, 16, 0},
        {"connect.short_address=EXDEV", AF_INET6, AF_INET6, 23, EXDEV},
        {"connect.long_address=EXDEV", AF_INET, AF_INET, 17, EXDEV},
        {"connect.long_address=EXDEV", AF_INET6, AF_INET6, 24, EXDEV},
        {"connect.long_address=EXDEV", AF_INET6, AF_INET6, 28, 0},
        {"connect.long_address=EXDEV", AF_INET6, AF_INET, 16, EINVAL},
        {"connect.long_address=ok", AF_INET, AF_INET, 128, 0},
        {"connect.family_first=yes", AF_INET6, AF_INET, 16, EAFNOSUPPORT},
        {"connect.family_first=yes", AF_INET6, AF_INET6, 16, 0},
        {"connect.family_first=no", AF_INET6, AF_INET, 16, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++)
        for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
            struct profile profile = PROFILE(rows[i].setting);
            struct facts facts = {.domain = rows[i].domain, .type = type};
            struct sockaddr_storage address = {.ss_family = (sa_family_t)rows[i].family};
            ((struct sockaddr_in *)&address)->sin_port = htons(80);
            struct verdict it = connect_length_verdict(&profile, &facts, rows[i].length);
            if (it.decision == DECIDE_CALL && rows[i].length <= 128)
                it = connect_verdict(&profile, &facts, (struct sockaddr *)&address, rows[i].length);
            ck_assert_msg(it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        }
}
END_TEST

START_TEST(unix_addresses_by_table)
{
    static const struct {
        const char *setting;
        int type;
        enum state state;
        int family;
        const char *path;
        socklen_t length;
        int error;
    } rows[] = {
        {"connect.wrong_family_unix=EXDEV", SOCK_STREAM, FRESH, AF_INET, "p", 4, EXDEV},
        {"connect.wrong_family_unix=EXDEV", SOCK_DGRAM, FRESH, AF_INET, "p", 4, EXDEV},
        {"connect.wrong_family_unix=EXDEV", SOCK_DGRAM, FRESH, AF_UNSPEC, "p", 4, 0},
        {"connect.wrong_family_unix=EXDEV", SOCK_STREAM, FRESH, AF_UNSPEC, "p", 4, EXDEV},
        {"connect.wrong_family_unix=EXDEV", SOCK_STREAM, FRESH, AF_UNIX, "p", 4, 0},
        {"connect.unspec_datagram=EXDEV", SOCK_DGRAM, CONNECTED, AF_UNSPEC, "p", 4, EXDEV},
        {"connect.unspec_datagram=EXDEV", SOCK_STREAM, FRESH, AF_UNSPEC, "p", 4, 0},
        {"connect.connected_unix=EXDEV", SOCK_STREAM, CONNECTED, AF_UNIX, "p", 4, EXDEV},
        {"connect.connected_unix=EXDEV", SOCK_DGRAM, CONNECTED, AF_UNIX, "p", 4, 0},
        {"connect.connected_unix=EXDEV", SOCK_STREAM, FRESH, AF_UNIX, "p", 4, 0},
        {"connect.unix_abstract=EXDEV", SOCK_STREAM, FRESH, AF_UNIX, "", 8, EXDEV},
        {"connect.unix_abstract=ok", SOCK_STREAM, FRESH, AF_UNIX, "", 8, 0},
        {"connect.unix_abstract=EXDEV", SOCK_STREAM, FRESH, AF_UNIX, "p", 8, 0},
        {"connect.unix_long_address=EXDEV", SOCK_STREAM, FRESH, AF_UNIX, "p", 111, EXDEV},
        {"connect.unix_long_address=EXDEV", SOCK_STREAM, FRESH, AF_UNIX, "p", 110, 0},
        {"connect.unix_long_address=ok", SOCK_STREAM, FRESH, AF_UNIX, "p", 111, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = {.domain = AF_UNIX, .type = rows[i].type, .connected = rows[i].state == CONNECTED};
        char address[128] = {0};
        ((struct sockaddr *)address)->sa_family = (sa_family_t)rows[i].family;
        strcpy(address + sizeof(sa_family_t), rows[i].path);
        struct verdict it = connect_verdict(&profile, &facts, (struct sockaddr *)address, rows[i].length);
        ck_assert_msg(it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        ck_assert(connect_dissolves(&facts, (struct sockaddr *)address, rows[i].length) ==
                  (rows[i].type == SOCK_DGRAM && rows[i].family == AF_UNSPEC));
    }
}
END_TEST

START_TEST(paths_too_long_for_the_platform)
{
    struct profile profile = PROFILE("bind.unix_path_max=20", "connect.unix_path_long=EXDEV");
    struct facts facts = {.domain = AF_UNIX, .type = SOCK_STREAM};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memset(address.sun_path, 'p', 20);
    const struct sockaddr *at = (const struct sockaddr *)&address;
    ck_assert_int_eq(connect_verdict(&profile, &facts, at, sizeof address).error, 0);
    address.sun_path[20] = 'p';
    ck_assert_int_eq(connect_verdict(&profile, &facts, at, sizeof address).error, EXDEV);
    profile = PROFILE("bind.unix_path_max=20");
    ck_assert_int_eq(connect_verdict(&profile, &facts, at, sizeof address).error, 0);
}
END_TEST

START_TEST(states_of_no_return)
{
    struct profile shut = PROFILE("connect.after_disconnect=EXDEV"), listened = PROFILE("connect.listening_inet=EXDEV"),
                   first = PROFILE("connect.disconnect=EXDEV", "connect.refused=ENXIO", "connect.unspec=EDOM",
                                   "connect.family_first=yes");
    struct facts was_shut = {.domain = AF_INET, .type = SOCK_STREAM, .shut_down = true}, was_lost = was_shut,
                 was_listening = {.domain = AF_INET, .type = SOCK_STREAM, .was_listening = true, .shut_down = true};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
    const struct sockaddr *at = (const struct sockaddr *)&address;
    ck_assert_int_eq(connect_verdict(&shut, &was_shut, at, sizeof address).error, EXDEV);
    ck_assert_int_eq(connect_verdict(&listened, &was_listening, at, sizeof address).error, EXDEV);
    ck_assert_int_eq(connect_verdict(&listened, &was_shut, at, sizeof address).error, 0);
    was_lost.connect_failed = true;
    address.sin_family = AF_UNSPEC;
    ck_assert_int_eq(connect_verdict(&first, &was_lost, at, sizeof address).error, EDOM);
    first = PROFILE("connect.disconnect=EXDEV", "connect.refused=ENXIO", "connect.unspec=EDOM");
    ck_assert_int_eq(connect_verdict(&first, &was_lost, at, sizeof address).error, ENXIO);
}
END_TEST

START_TEST(datagrams_to_port_zero)
{
    struct profile profile = PROFILE("connect.port_zero_udp=EXDEV");
    struct facts facts = {.domain = AF_INET, .type = SOCK_DGRAM};
    struct sockaddr_in address = {.sin_family = AF_INET};
    const struct sockaddr *at = (const struct sockaddr *)&address;
    ck_assert_int_eq(connect_verdict(&profile, &facts, at, sizeof address).error, EXDEV);
    address.sin_port = htons(80);
    ck_assert_int_eq(connect_verdict(&profile, &facts, at, sizeof address).error, 0);
}
END_TEST

START_TEST(a_connect_that_may_be_dropped)
{
    static const struct {
        const char *setting;
        int domain, type;
        bool dropped;
    } rows[] = {
        {"connect.not_listening=drop", AF_INET, SOCK_STREAM, true},
        {"connect.not_listening=drop", AF_INET6, SOCK_STREAM, true},
        {"connect.not_listening=drop", AF_INET, SOCK_DGRAM, false},
        {"connect.not_listening=drop", AF_UNIX, SOCK_STREAM, false},
        {"connect.not_listening=refuse", AF_INET, SOCK_STREAM, false},
        {"connect.not_listening=kernel", AF_INET, SOCK_STREAM, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = {.domain = rows[i].domain, .type = rows[i].type};
        ck_assert_msg(connect_may_be_dropped(&profile, &facts) == rows[i].dropped, "row %zu", i);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connect rules");
    TCase *whole = tcase_create("connect");
    tcase_add_test(whole, states_by_table);
    tcase_add_test(whole, addresses_by_table);
    tcase_add_test(whole, failures_by_table);
    tcase_add_test(whole, lengths_by_table);
    tcase_add_test(whole, unix_addresses_by_table);
    tcase_add_test(whole, paths_too_long_for_the_platform);
    tcase_add_test(whole, states_of_no_return);
    tcase_add_test(whole, datagrams_to_port_zero);
    tcase_add_test(whole, in_force_or_not);
    tcase_add_test(whole, a_connect_that_may_be_dropped);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
