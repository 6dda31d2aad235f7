/* The rules of connect by table. */
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/un.h>

#include "../../shim/rules/connect.h"
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
                          .connected = state == CONNECTING || state == CONNECTED};
    struct attempt attempt = {.connecting = state == CONNECTING, .lost = state == LOST};
    return connect_verdict(&profile, &facts, &attempt, address, length);
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
        {"connect.disconnect=EXDEV", AF_UNSPEC, INADDR_ANY, 0, CONNECTING, 0},
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
        struct verdict it = connect_failed_verdict(&profile, &facts, rows[i].other_file, rows[i].error);
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
    struct facts facts = {.domain = AF_UNIX, .type = SOCK_STREAM};
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        ck_assert_msg(connect_in_force(&profile) == rows[i].in_force, "%s", rows[i].setting);
        ck_assert_msg(connect_must_not_wait(&profile, &facts) == rows[i].at_once, "%s", rows[i].setting);
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
    tcase_add_test(whole, in_force_or_not);
    suite_add_tcase(suite, whole);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
