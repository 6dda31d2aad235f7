/* The rules of socket and shutdown by table. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "../../shim/kernel/mark.h"
#include "../../shim/rules/option.h"
#include "../../shim/rules/shutdown.h"
#include "../../shim/rules/socket.h"
#include "../suite.h"
#include "profile_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

START_TEST(socket_errors_by_table)
{
    static const struct {
        const char *setting;
        int type, kernel, error;
    } rows[] = {
        {"socket.unknown_family=EXDEV", SOCK_STREAM, EAFNOSUPPORT, EXDEV},
        {"socket.unknown_family=kernel", SOCK_STREAM, EAFNOSUPPORT, 0},
        {"socket.unknown_type=EXDEV", 77, EINVAL, EXDEV},
        {"socket.unknown_type=EXDEV", -1, EINVAL, EXDEV},
        {"socket.unknown_type=EXDEV", 77 | SOCK_CLOEXEC, EINVAL, EXDEV},
        {"socket.unknown_type=EXDEV", SOCK_STREAM | SOCK_CLOEXEC, EINVAL, 0},
        {"socket.unsupported_type=EXDEV", SOCK_RDM, ESOCKTNOSUPPORT, EXDEV},
        {"socket.unsupported_type=EXDEV", 77, EINVAL, 0},
        {"socket.wrong_protocol=EXDEV", SOCK_STREAM, EPROTONOSUPPORT, EXDEV},
        {"socket.wrong_protocol=EXDEV", SOCK_STREAM, EMFILE, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct verdict it = socket_verdict(&profile, rows[i].type, rows[i].kernel);
        ck_assert_msg(it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        ck_assert_int_eq(it.decision, rows[i].error ? DECIDE_FAIL : DECIDE_CALL);
    }
}
END_TEST

START_TEST(v6only_by_table)
{
    static const struct {
        const char *setting;
        int domain, type, value;
    } rows[] = {
        {"socket.v6only=yes", AF_INET6, SOCK_STREAM, 1},
        {"socket.v6only=yes", AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 1},
        {"socket.v6only=no", AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0},
        {"socket.v6only=kernel", AF_INET6, SOCK_STREAM, -1},
        {"socket.v6only=yes", AF_INET, SOCK_STREAM, -1},
        {"socket.v6only=yes", AF_INET6, SOCK_RAW, -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        ck_assert_int_eq(socket_v6only(&profile, rows[i].domain, rows[i].type), rows[i].value);
    }
}
END_TEST

START_TEST(refused_options_by_table)
{
    static const struct {
        const char *setting;
        int domain, level, name;
        bool clears;
        int error;
    } rows[] = {
        {"socket.v6only_off=EXDEV", AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, true, EXDEV},
        {"socket.v6only_off=EXDEV", AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, false, 0},
        {"socket.v6only_off=EXDEV", AF_INET, IPPROTO_IPV6, IPV6_V6ONLY, true, 0},
        {"socket.v6only_off=ok", AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, true, 0},
        {"socket.v6only_off=kernel", AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, true, 0},
        {"socket.reuse_port_unix=EXDEV", AF_UNIX, SOL_SOCKET, SO_REUSEPORT, false, EXDEV},
        {"socket.reuse_port_unix=EXDEV", AF_UNIX, SOL_SOCKET, SO_REUSEPORT, true, EXDEV},
        {"socket.reuse_port_unix=EXDEV", AF_UNIX, SOL_SOCKET, SO_REUSEADDR, false, 0},
        {"socket.reuse_port_unix=EXDEV", AF_INET, SOL_SOCKET, SO_REUSEPORT, false, 0},
        {"socket.reuse_port_unix=kernel", AF_UNIX, SOL_SOCKET, SO_REUSEPORT, false, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct verdict it =
            socket_option_verdict(&profile, rows[i].domain, rows[i].level, rows[i].name, rows[i].clears);
        ck_assert_msg(it.error == rows[i].error, "row %zu", i);
        ck_assert_int_eq(it.decision, rows[i].error ? DECIDE_FAIL : DECIDE_CALL);
    }
}
END_TEST

START_TEST(shutdown_by_table)
{
    enum state { IDLE, CONNECTED, LISTENING };
    static const struct {
        const char *settings[3];
        int domain;
        enum state state;
        int how;
        enum decision decision;
        int error;
        bool marks;
    } rows[] = {
        {{"shutdown.listener_tcp=EXDEV"}, AF_INET, LISTENING, SHUT_RDWR, DECIDE_FAIL, EXDEV, false},
        {{"shutdown.listener_tcp=EXDEV"}, AF_INET6, LISTENING, SHUT_RD, DECIDE_FAIL, EXDEV, false},
        {{"shutdown.listener_tcp=EXDEV"}, AF_UNIX, LISTENING, SHUT_RDWR, DECIDE_CALL, 0, false},
        {{"shutdown.listener_tcp=EXDEV"}, AF_INET, CONNECTED, SHUT_RDWR, DECIDE_CALL, 0, false},
        {{"shutdown.listener_tcp=EXDEV"}, AF_INET, LISTENING, 77, DECIDE_CALL, 0, false},
        {{"shutdown.listener_tcp=ok"}, AF_INET, LISTENING, SHUT_RDWR, DECIDE_CALL, 0, false},
        {{"shutdown.listener_unix=EXDEV"}, AF_UNIX, LISTENING, SHUT_WR, DECIDE_FAIL, EXDEV, false},
        {{"shutdown.listener_unix=ok"}, AF_UNIX, LISTENING, SHUT_WR, DECIDE_CALL, 0, false},
        {{"shutdown.accept_after=keep"}, AF_INET, LISTENING, SHUT_RDWR, DECIDE_SUCCEED, 0, false},
        {{"shutdown.accept_after=keep"}, AF_UNIX, LISTENING, SHUT_RDWR, DECIDE_CALL, 0, false},
        {{"shutdown.queued=keep"}, AF_INET, LISTENING, SHUT_RD, DECIDE_SUCCEED, 0, false},
        {{"shutdown.queued=keep"}, AF_INET, LISTENING, SHUT_RDWR, DECIDE_CALL, 0, false},
        {{"shutdown.queued=reset"}, AF_INET, LISTENING, SHUT_RD, DECIDE_CALL, 0, false},
        {{"shutdown.accept_after=EXDEV"}, AF_INET, LISTENING, SHUT_RDWR, DECIDE_CALL, 0, true},
        {{"bind.after_disconnect=EXDEV"}, AF_INET, LISTENING, SHUT_RDWR, DECIDE_CALL, 0, true},
        {{"names.after_disconnect=EXDEV"}, AF_INET, LISTENING, SHUT_RDWR, DECIDE_CALL, 0, true},
        {{"shutdown.after_disconnect=EXDEV"}, AF_INET, LISTENING, SHUT_RDWR, DECIDE_CALL, 0, true},
        {{"listen.shutdown_listener=EXDEV"}, AF_INET, LISTENING, SHUT_WR, DECIDE_CALL, 0, true},
        {{"listen.shutdown_listener=EXDEV"}, AF_INET, LISTENING, SHUT_RD, DECIDE_CALL, 0, false},
        {{"listen.shutdown_listener=EXDEV"}, AF_UNIX, LISTENING, SHUT_RDWR, DECIDE_CALL, 0, false},
        {{"shutdown.unconnected_tcp=ok"}, AF_INET, IDLE, SHUT_RDWR, DECIDE_SUCCEED, 0, false},
        {{"shutdown.unconnected_tcp=ok", "listen.shutdown_unconnected=EXDEV"},
         AF_INET,
         IDLE,
         SHUT_RDWR,
         DECIDE_SUCCEED,
         0,
         true},
        {{"shutdown.unconnected_tcp=ok", "listen.shutdown_unconnected=EXDEV"},
         AF_INET,
         IDLE,
         SHUT_RD,
         DECIDE_SUCCEED,
         0,
         false},
        {{"shutdown.unconnected_tcp=EXDEV"}, AF_INET6, IDLE, SHUT_RD, DECIDE_FAIL, EXDEV, false},
        {{"shutdown.unconnected_tcp=EXDEV"}, AF_INET, CONNECTED, SHUT_RD, DECIDE_CALL, 0, false},
        {{"shutdown.unconnected_tcp=kernel"}, AF_INET, IDLE, SHUT_RD, DECIDE_CALL, 0, false},
        {{"shutdown.unconnected_unix=EXDEV"}, AF_UNIX, IDLE, SHUT_RDWR, DECIDE_FAIL, EXDEV, false},
        {{"shutdown.unconnected_unix=EXDEV"}, AF_INET, IDLE, SHUT_RDWR, DECIDE_CALL, 0, false},
        {{"shutdown.unconnected_unix=ok"}, AF_UNIX, IDLE, SHUT_RDWR, DECIDE_CALL, 0, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct facts facts = {.domain = rows[i].domain,
                              .type = SOCK_STREAM,
                              .connected = rows[i].state == CONNECTED,
                              .listening = rows[i].state == LISTENING};
        struct shutdown_verdict it = shutdown_verdict(&profile, &facts, rows[i].how);
        ck_assert_msg(it.verdict.decision == rows[i].decision, "row %zu: %s", i, rows[i].settings[0]);
        ck_assert_int_eq(it.verdict.error, rows[i].error);
        ck_assert_msg(it.marks == rows[i].marks, "row %zu: %s", i, rows[i].settings[0]);
        ck_assert(needs_phase(&profile.needs, CALL_shutdown, PHASE_BEFORE) ||
                  (it.verdict.decision == DECIDE_CALL && !it.marks));
        facts.type = SOCK_DGRAM;
        ck_assert_int_eq(shutdown_verdict(&profile, &facts, rows[i].how).verdict.decision, DECIDE_CALL);
    }
}
END_TEST

START_TEST(a_queue_is_drained)
{
    static const struct {
        const char *settings[3];
        int domain, how;
        bool queued;
        enum decision decision;
        int mark;
    } rows[] = {
        {{"shutdown.queued=drain"}, AF_INET, SHUT_RD, true, DECIDE_SUCCEED, MARK_DRAINING},
        {{"shutdown.queued=drain"}, AF_INET6, SHUT_RDWR, true, DECIDE_SUCCEED, MARK_DRAINING | MARK_DRAINING_SHUT},
        {{"shutdown.queued=drain"}, AF_INET, SHUT_WR, true, DECIDE_SUCCEED, MARK_DRAINING | MARK_DRAINING_SHUT},
        {{"shutdown.queued=drain"}, AF_INET, SHUT_RDWR, false, DECIDE_CALL, 0},
        {{"shutdown.queued=drain"}, AF_UNIX, SHUT_RDWR, true, DECIDE_CALL, 0},
        {{"shutdown.queued=reset"}, AF_INET, SHUT_RDWR, true, DECIDE_CALL, 0},
        {{"shutdown.queued=drain", "shutdown.listener_tcp=EXDEV"}, AF_INET, SHUT_RD, true, DECIDE_FAIL, 0},
        {{"shutdown.queued=drain", "shutdown.accept_error=EXDEV"},
         AF_INET,
         SHUT_RD,
         true,
         DECIDE_SUCCEED,
         MARK_DRAINING | MARK_ABORTED},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct facts facts = {
            .domain = rows[i].domain, .type = SOCK_STREAM, .listening = true, .queued = rows[i].queued};
        struct shutdown_verdict it = shutdown_verdict(&profile, &facts, rows[i].how);
        ck_assert_msg(it.verdict.decision == rows[i].decision && it.mark == rows[i].mark, "row %zu", i);
        ck_assert_int_eq(it.closes_queue, (it.mark & MARK_DRAINING_SHUT) != 0);
        ck_assert(!it.mark || !it.marks);
        ck_assert_int_eq(shutdown_drains(&profile), i != 5);
    }
    /* Another shutdown does the queue no harm. */
    struct profile profile = PROFILE("shutdown.queued=drain", "listen.shutdown_listener=EXDEV");
    struct facts ending = {
        .domain = AF_INET, .type = SOCK_STREAM, .was_listening = true, .shut_down = true, .draining = true};
    struct shutdown_verdict it = shutdown_verdict(&profile, &ending, SHUT_RDWR);
    ck_assert(it.verdict.decision == DECIDE_SUCCEED && !it.marks && !it.passes_on);
}
END_TEST

START_TEST(listeners_that_were_shut_down)
{
    struct profile yes = PROFILE("shutdown.acceptconn_after=yes"), no = PROFILE("shutdown.acceptconn_after=no");
    const struct facts shut = {.was_listening = true}, idle = {0};
    ck_assert(still_accepts(&yes, &shut));
    ck_assert_uint_eq(yes.needs.facts[CALL_getsockopt][PHASE_DONE], NEED_HISTORY);
    ck_assert(!still_accepts(&yes, &idle) && !still_accepts(&no, &shut) && no.needs.phases[CALL_getsockopt] == 0);
}
END_TEST

START_TEST(shutdown_posts_an_error)
{
    static const struct {
        const char *setting;
        int domain, how;
        bool listening, posts;
    } rows[] = {
        {"shutdown.accept_error=EXDEV", AF_INET, SHUT_RDWR, true, true},
        {"shutdown.accept_error=EXDEV", AF_INET6, SHUT_RD, true, true},
        {"shutdown.accept_error=EXDEV", AF_INET, SHUT_WR, true, false},
        {"shutdown.accept_error=EXDEV", AF_INET, SHUT_RDWR, false, false},
        {"shutdown.accept_error=EXDEV", AF_UNIX, SHUT_RDWR, true, false},
        {"shutdown.accept_error=none", AF_INET, SHUT_RDWR, true, false},
        {"shutdown.accept_error=kernel", AF_INET, SHUT_RDWR, true, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = {.domain = rows[i].domain, .type = SOCK_STREAM, .listening = rows[i].listening};
        ck_assert_msg(shutdown_verdict(&profile, &facts, rows[i].how).mark == (rows[i].posts ? MARK_ABORTED : 0),
                      "row %zu", i);
        ck_assert_int_eq(posted_error(&profile), i < 5 ? EXDEV : 0);
    }
    struct profile refuses = PROFILE("shutdown.accept_error=EXDEV", "shutdown.listener_tcp=EDOM");
    struct facts listener = {.domain = AF_INET, .type = SOCK_STREAM, .listening = true};
    ck_assert(shutdown_verdict(&refuses, &listener, SHUT_RD).mark == MARK_ABORTED);
}
END_TEST

START_TEST(shutdown_of_the_disconnected_and_of_datagrams)
{
    static const struct {
        const char *settings[3];
        int domain, type, how;
        enum decision decision;
        int error;
        bool passes_on;
    } rows[] = {
        {{"shutdown.after_disconnect=EXDEV"}, AF_INET, SOCK_STREAM, SHUT_WR, DECIDE_FAIL, EXDEV, false},
        {{"shutdown.after_disconnect=EXDEV"}, AF_INET6, SOCK_STREAM, SHUT_RDWR, DECIDE_FAIL, EXDEV, false},
        {{"shutdown.after_disconnect=EXDEV"}, AF_INET, SOCK_STREAM, SHUT_RD, DECIDE_CALL, 0, false},
        {{"shutdown.after_disconnect=EXDEV"}, AF_UNIX, SOCK_STREAM, SHUT_WR, DECIDE_CALL, 0, false},
        {{"shutdown.after_disconnect=ok"}, AF_INET, SOCK_STREAM, SHUT_WR, DECIDE_SUCCEED, 0, false},
        {{"shutdown.after_disconnect=kernel", "shutdown.unconnected_tcp=EDOM"},
         AF_INET,
         SOCK_STREAM,
         SHUT_WR,
         DECIDE_FAIL,
         EDOM,
         false},
        {{"shutdown.unconnected_udp=ok"}, AF_INET, SOCK_DGRAM, SHUT_RD, DECIDE_SUCCEED, 0, true},
        {{"shutdown.unconnected_udp=EXDEV"}, AF_INET6, SOCK_DGRAM, SHUT_RD, DECIDE_FAIL, EXDEV, false},
        {{"shutdown.unconnected_udp=EXDEV"}, AF_UNIX, SOCK_DGRAM, SHUT_RD, DECIDE_CALL, 0, false},
        {{"shutdown.unconnected_udp=EXDEV"}, AF_INET, SOCK_STREAM, SHUT_RD, DECIDE_CALL, 0, false},
        {{"shutdown.unconnected_udp=ok"}, AF_INET, SOCK_DGRAM, 77, DECIDE_CALL, 0, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct facts facts = {.domain = rows[i].domain, .type = rows[i].type, .connect_failed = true};
        struct shutdown_verdict it = shutdown_verdict(&profile, &facts, rows[i].how);
        ck_assert_msg(it.verdict.decision == rows[i].decision, "row %zu: %s", i, rows[i].settings[0]);
        ck_assert_int_eq(it.verdict.error, rows[i].error);
        ck_assert_msg(it.passes_on == rows[i].passes_on, "row %zu: %s", i, rows[i].settings[0]);
        facts.connected = true;
        ck_assert_int_eq(shutdown_verdict(&profile, &facts, rows[i].how).verdict.decision, DECIDE_CALL);
    }
}
END_TEST

START_TEST(options_that_are_on)
{
    static const struct {
        const char *setting;
        int level, name, number, given;
    } rows[] = {
        {"socket.option_on=bit", SOL_SOCKET, SO_KEEPALIVE, 1, 8},
        {"socket.option_on=bit", SOL_SOCKET, SO_KEEPALIVE, 0, 0},
        {"socket.option_on=bit", SOL_SOCKET, SO_LINGER, 1, 0x80},
        {"socket.option_on=bit", SOL_SOCKET, SO_ACCEPTCONN, 1, 2},
        {"socket.option_on=bit", SOL_SOCKET, SO_REUSEPORT, 1, 0x200},
        {"socket.option_on=bit", SOL_SOCKET, SO_RCVBUF, 4096, 4096},
        {"socket.option_on=bit", SOL_SOCKET, SO_TYPE, SOCK_STREAM, SOCK_STREAM},
        {"socket.option_on=bit", IPPROTO_TCP, SO_KEEPALIVE, 1, 1},
        {"socket.option_on=bit", IPPROTO_TCP, TCP_NODELAY, 1, 1},
        {"socket.option_on=one", SOL_SOCKET, SO_KEEPALIVE, 1, 1},
        {"socket.option_on=kernel", SOL_SOCKET, SO_KEEPALIVE, 1, 1},
        {"socket.nodelay_on=bit", IPPROTO_TCP, TCP_NODELAY, 1, 4},
        {"socket.nodelay_on=bit", IPPROTO_TCP, TCP_NODELAY, 0, 0},
        {"socket.nodelay_on=bit", SOL_SOCKET, SO_KEEPALIVE, 1, 1},
        {"socket.nodelay_on=one", IPPROTO_TCP, TCP_NODELAY, 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile = PROFILE(rows[i].setting);
        int given = option_value(&profile, rows[i].level, rows[i].name, rows[i].number);
        ck_assert_msg(given == rows[i].given, "row %zu: %s: %d", i, rows[i].setting, given);
        ck_assert(needs_phase(&profile.needs, CALL_getsockopt, PHASE_DONE) || given == rows[i].number);
    }
}
END_TEST

START_TEST(sizes_of_buffers)
{
    static const struct {
        const char *setting;
        int level, name;
        bool set;
        int number, given;
    } rows[] = {
        {"socket.buffer_size=given", SOL_SOCKET, SO_SNDBUF, true, 40000, 20000},
        {"socket.buffer_size=given", SOL_SOCKET, SO_RCVBUF, true, 40000, 20000},
        {"socket.buffer_size=given", SOL_SOCKET, SO_RCVBUF, false, 40000, 40000},
        {"socket.buffer_size=given", SOL_SOCKET, SO_RCVLOWAT, true, 4, 4},
        {"socket.buffer_size=given", IPPROTO_TCP, SO_SNDBUF, true, 4, 4},
        {"socket.buffer_size=twice", SOL_SOCKET, SO_SNDBUF, true, 40000, 40000},
        {"socket.buffer_size=kernel", SOL_SOCKET, SO_SNDBUF, true, 40000, 40000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        bool asked = option_is_doubled(&profile, rows[i].level, rows[i].name);
        int given = asked && rows[i].set ? rows[i].number / 2 : rows[i].number;
        ck_assert_msg(given == rows[i].given, "row %zu: %d", i, given);
        ck_assert_int_eq(needs_phase(&profile.needs, CALL_getsockopt, PHASE_DONE),
                         strstr(rows[i].setting, "=given") != NULL);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("socket rules");
    TCase *whole = tcase_create("socket and shutdown");
    tcase_add_test(whole, socket_errors_by_table);
    tcase_add_test(whole, v6only_by_table);
    tcase_add_test(whole, refused_options_by_table);
    tcase_add_test(whole, options_that_are_on);
    tcase_add_test(whole, sizes_of_buffers);
    tcase_add_test(whole, shutdown_by_table);
    tcase_add_test(whole, a_queue_is_drained);
    tcase_add_test(whole, listeners_that_were_shut_down);
    tcase_add_test(whole, shutdown_posts_an_error);
    tcase_add_test(whole, shutdown_of_the_disconnected_and_of_datagrams);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
