/* The rules of getsockname, getpeername, send, recv and poll by table. */
#include <check.h>
#include <errno.h>

#include "../../shim/rules/names.h"
#include "../../shim/rules/poll.h"
#include "../../shim/rules/send.h"
#include "../suite.h"
#include "profile_fixture.h"

#define EVERY(rows) (sizeof(rows) / sizeof *(rows))

enum state { FRESH, BOUND, LISTENING, CONNECTING, CONNECTED, FAILED, SHUT, SHUT_RECEIVING, SHUT_SENDING };

static struct facts facts_in(int domain, int type, enum state state)
{
    return (struct facts){.domain = domain,
                          .type = type,
                          .bound = state == BOUND,
                          .listening = state == LISTENING,
                          .connecting = state == CONNECTING,
                          .connected = state == CONNECTED,
                          .connect_failed = state == FAILED,
                          .shut_down = state == SHUT,
                          .shut_reading = state == SHUT_RECEIVING,
                          .shut_writing = state == SHUT_SENDING};
}

START_TEST(names_by_table)
{
    static const struct {
        const char *setting;
        int domain, type;
        enum state state;
        int error;
    } rows[] = {
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_STREAM, FRESH, EXDEV},
        {"names.unbound_tcp=EXDEV", AF_INET6, SOCK_STREAM, FRESH, EXDEV},
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_STREAM, BOUND, 0},
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_STREAM, LISTENING, 0},
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_STREAM, CONNECTED, 0},
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_STREAM, FAILED, 0},
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_DGRAM, FRESH, 0},
        {"names.unbound_tcp=EXDEV", AF_UNIX, SOCK_STREAM, FRESH, 0},
        {"names.unbound_tcp=ok", AF_INET, SOCK_STREAM, FRESH, 0},
        {"names.lost_tcp=EXDEV", AF_INET, SOCK_STREAM, FAILED, EXDEV},
        {"names.lost_tcp=EXDEV", AF_INET, SOCK_STREAM, SHUT, EXDEV},
        {"names.lost_tcp=EXDEV", AF_INET, SOCK_STREAM, FRESH, 0},
        {"names.lost_tcp=EXDEV", AF_UNIX, SOCK_STREAM, SHUT, 0},
        {"names.lost_tcp=ok", AF_INET, SOCK_STREAM, FAILED, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = facts_in(rows[i].domain, rows[i].type, rows[i].state);
        struct verdict it = socket_name_verdict(&profile, &facts);
        ck_assert_msg(it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        ck_assert(!it.error || socket_name_minds(&profile));
    }
    struct profile profile = PROFILE("names.unix_peer_closed=EXDEV");
    ck_assert(peer_name_minds(&profile) && !socket_name_minds(&profile));
}
END_TEST

START_TEST(name_lengths_by_table)
{
    static const struct {
        const char *setting;
        bool local;
        socklen_t length, room, told, filled;
    } rows[] = {
        {"names.returned_length=truncated", false, 16, 4, 4, 4},
        {"names.returned_length=truncated", false, 16, 128, 16, 16},
        {"names.returned_length=actual", false, 16, 4, 16, 4},
        {"names.unix_unnamed_length=16", true, 2, 128, 16, 16},
        {"names.unix_unnamed_length=16", true, 2, 4, 16, 4},
        {"names.unix_unnamed_length=16", true, 10, 128, 10, 10},
        {"names.unix_unnamed_length=16", false, 2, 128, 2, 2},
        {"names.unix_unnamed_length=kernel", true, 2, 128, 2, 2},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct name_length it = name_length(&profile, rows[i].local, rows[i].length, rows[i].room);
        ck_assert_msg(it.told == rows[i].told && it.filled == rows[i].filled, "row %zu: %s", i, rows[i].setting);
    }
}
END_TEST

START_TEST(sends_by_table)
{
    static const struct {
        const char *setting;
        int domain, type;
        enum state state;
        bool addressed;
        int kernel, error;
    } rows[] = {
        {"send.unconnected_tcp=EXDEV", AF_INET, SOCK_STREAM, FRESH, false, EPIPE, EXDEV},
        {"send.unconnected_tcp=EXDEV", AF_INET6, SOCK_STREAM, LISTENING, false, EPIPE, EXDEV},
        {"send.unconnected_tcp=EXDEV", AF_INET, SOCK_STREAM, CONNECTED, false, EPIPE, 0},
        {"send.unconnected_tcp=EXDEV", AF_INET, SOCK_STREAM, FAILED, false, EPIPE, 0},
        {"send.unconnected_tcp=EXDEV", AF_INET, SOCK_STREAM, SHUT, false, EPIPE, 0},
        {"send.unconnected_tcp=EXDEV", AF_INET, SOCK_STREAM, FRESH, false, ECONNREFUSED, 0},
        {"send.unconnected_tcp=EXDEV", AF_UNIX, SOCK_STREAM, FRESH, false, EPIPE, 0},
        {"send.unconnected_tcp=EXDEV", AF_INET, SOCK_DGRAM, FRESH, false, EPIPE, 0},
        {"send.unconnected_tcp=EXDEV", AF_INET, SOCK_STREAM, FRESH, true, EPIPE, 0},
        {"send.addressed_tcp=EXDEV", AF_INET, SOCK_STREAM, FRESH, true, EPIPE, EXDEV},
        {"send.addressed_tcp=EXDEV", AF_INET, SOCK_STREAM, FRESH, false, EPIPE, 0},
        {"send.addressed_tcp=EXDEV", AF_INET, SOCK_STREAM, FAILED, true, EPIPE, 0},
        {"send.addressed_tcp=EXDEV", AF_INET, SOCK_STREAM, LISTENING, true, EPIPE, 0},
        {"send.unconnected_tcp=EXDEV", AF_INET, SOCK_STREAM, LISTENING, true, EPIPE, EXDEV},
        {"send.connecting_tcp=EXDEV", AF_INET, SOCK_STREAM, CONNECTING, false, EAGAIN, EXDEV},
        {"send.connecting_tcp=EXDEV", AF_INET, SOCK_STREAM, CONNECTED, false, EAGAIN, 0},
        {"send.unconnected_unix_datagram=EXDEV", AF_UNIX, SOCK_DGRAM, FRESH, false, ENOTCONN, EXDEV},
        {"send.unconnected_unix_datagram=EXDEV", AF_UNIX, SOCK_DGRAM, FRESH, true, ENOTCONN, 0},
        {"send.unconnected_unix_datagram=EXDEV", AF_UNIX, SOCK_STREAM, FRESH, false, ENOTCONN, 0},
        {"send.addressed_unix=EXDEV", AF_UNIX, SOCK_STREAM, FRESH, true, EOPNOTSUPP, EXDEV},
        {"send.addressed_unix=EXDEV", AF_UNIX, SOCK_STREAM, FRESH, false, EOPNOTSUPP, 0},
        {"send.addressed_unix=EXDEV", AF_UNIX, SOCK_STREAM, CONNECTED, true, EOPNOTSUPP, 0},
        {"send.connected_unix=EXDEV", AF_UNIX, SOCK_STREAM, CONNECTED, true, EISCONN, EXDEV},
        {"send.connected_unix=EXDEV", AF_INET, SOCK_STREAM, CONNECTED, true, EISCONN, 0},
        {"send.connected_unix=EXDEV", AF_UNIX, SOCK_STREAM, CONNECTED, false, EISCONN, 0},
        {"send.connected_unix=kernel", AF_UNIX, SOCK_STREAM, CONNECTED, true, EISCONN, 0},
        {"send.shut_udp=EXDEV", AF_INET, SOCK_DGRAM, SHUT_SENDING, false, EDESTADDRREQ, EXDEV},
        {"send.shut_udp=EXDEV", AF_INET, SOCK_DGRAM, FRESH, false, EDESTADDRREQ, 0},
        {"send.shut_udp=EXDEV", AF_INET6, SOCK_DGRAM, SHUT_SENDING, true, EDESTADDRREQ, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = facts_in(rows[i].domain, rows[i].type, rows[i].state);
        struct verdict it = send_failed_verdict(&profile, &facts, rows[i].addressed, rows[i].kernel);
        ck_assert_msg(it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        ck_assert(!it.error || send_failure_matters(&profile, rows[i].kernel));
        ck_assert(!send_failure_matters(&profile, ECONNRESET));
    }
}
END_TEST

START_TEST(sends_without_their_address_or_with_a_signal)
{
    struct profile ok = PROFILE("send.connected_unix=ok"), signals = PROFILE("send.signal_packets=yes");
    struct facts connected = facts_in(AF_UNIX, SOCK_STREAM, CONNECTED);
    ck_assert_int_eq(send_failed_verdict(&ok, &connected, true, EISCONN).decision, DECIDE_SUCCEED);
    ck_assert(send_failure_matters(&ok, EISCONN) && !send_failure_matters(&signals, EISCONN));
    ck_assert(send_signals(&signals, SOCK_DGRAM) && send_signals(&signals, SOCK_SEQPACKET));
    ck_assert(!send_signals(&signals, SOCK_STREAM) && !send_signals(&ok, SOCK_DGRAM));
}
END_TEST

START_TEST(addressed_sends)
{
    struct profile profile = PROFILE("send.addressed_datagram=EXDEV"), silent = PROFILE("send.addressed_datagram=ok");
    static const int domains[] = {AF_INET, AF_INET6, AF_UNIX};
    ck_assert(send_minds_address(&profile) && !send_minds_address(&silent));
    for (size_t i = 0; i < EVERY(domains); i++) {
        struct facts connected = facts_in(domains[i], SOCK_DGRAM, CONNECTED),
                     fresh = facts_in(domains[i], SOCK_DGRAM, FRESH),
                     stream = facts_in(domains[i], SOCK_STREAM, CONNECTED);
        ck_assert_int_eq(send_verdict(&profile, &connected).error, EXDEV);
        ck_assert_int_eq(send_verdict(&profile, &fresh).error, 0);
        ck_assert_int_eq(send_verdict(&profile, &stream).error, 0);
    }
}
END_TEST

START_TEST(receives_by_table)
{
    static const struct {
        const char *setting;
        int domain, type;
        enum state state;
        int kernel;
        enum decision decision;
        int error;
    } rows[] = {
        {"receive.unconnected_unix=EXDEV", AF_UNIX, SOCK_STREAM, FRESH, EINVAL, DECIDE_FAIL, EXDEV},
        {"receive.unconnected_unix=EXDEV", AF_UNIX, SOCK_STREAM, CONNECTED, EINVAL, DECIDE_CALL, 0},
        {"receive.unconnected_unix=EXDEV", AF_INET, SOCK_STREAM, FRESH, EINVAL, DECIDE_CALL, 0},
        {"receive.lost_tcp=end", AF_INET, SOCK_STREAM, FAILED, ENOTCONN, DECIDE_SUCCEED, 0},
        {"receive.lost_tcp=EXDEV", AF_INET6, SOCK_STREAM, FAILED, ENOTCONN, DECIDE_FAIL, EXDEV},
        {"receive.lost_tcp=end", AF_INET, SOCK_STREAM, FRESH, ENOTCONN, DECIDE_CALL, 0},
        {"receive.lost_tcp=end", AF_INET, SOCK_STREAM, FAILED, EAGAIN, DECIDE_CALL, 0},
        {"shutdown.unconnected_tcp=ok", AF_INET, SOCK_STREAM, SHUT_RECEIVING, ENOTCONN, DECIDE_SUCCEED, 0},
        {"receive.shut_tcp=EXDEV", AF_INET6, SOCK_STREAM, SHUT_RECEIVING, ENOTCONN, DECIDE_FAIL, EXDEV},
        {"shutdown.unconnected_tcp=ok", AF_INET, SOCK_STREAM, SHUT_RECEIVING, EAGAIN, DECIDE_CALL, 0},
        {"shutdown.unconnected_tcp=ok", AF_INET, SOCK_STREAM, FRESH, ENOTCONN, DECIDE_CALL, 0},
        {"receive.lost_tcp=end", AF_UNIX, SOCK_SEQPACKET, FAILED, ENOTCONN, DECIDE_CALL, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = facts_in(rows[i].domain, rows[i].type, rows[i].state);
        struct verdict it = receive_failed_verdict(&profile, &facts, rows[i].kernel);
        ck_assert_msg(it.decision == rows[i].decision && it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        ck_assert(it.decision == DECIDE_CALL || receive_failure_matters(&profile, rows[i].kernel));
        ck_assert(receive_minds(&profile));
    }
}
END_TEST

#define BOTH (POLLIN | POLLOUT)

START_TEST(polls_by_table)
{
    static const struct {
        const char *settings[3];
        int domain, type;
        enum state state;
        short asked, seen, given;
    } rows[] = {
        {{"poll.unconnected=wait"}, AF_INET, SOCK_STREAM, FRESH, BOTH, POLLOUT | POLLHUP, 0},
        {{"poll.unconnected=wait"}, AF_UNIX, SOCK_SEQPACKET, BOUND, BOTH, POLLOUT | POLLHUP, 0},
        {{"poll.unconnected=ready"}, AF_INET, SOCK_STREAM, FRESH, BOTH, POLLOUT | POLLHUP, POLLOUT | POLLHUP},
        {{"poll.unconnected=wait"}, AF_UNIX, SOCK_STREAM, SHUT, BOTH, BOTH | POLLHUP, BOTH | POLLHUP},
        {{"poll.unconnected=wait"}, AF_UNIX, SOCK_STREAM, CONNECTED, BOTH, BOTH | POLLHUP, BOTH | POLLHUP},
        {{"poll.unconnected=wait"}, AF_INET, SOCK_STREAM, FAILED, BOTH, POLLOUT | POLLHUP, BOTH | POLLHUP},
        {{"poll.unconnected=wait", "poll.hangup=none"}, AF_INET, SOCK_STREAM, FAILED, BOTH, POLLOUT | POLLHUP, BOTH},
        {{"poll.unconnected=wait", "poll.hangup=alone"},
         AF_INET,
         SOCK_STREAM,
         FAILED,
         BOTH,
         POLLOUT | POLLHUP,
         POLLIN | POLLHUP},
        {{"poll.unconnected=wait"}, AF_NETLINK, SOCK_STREAM, FRESH, BOTH, POLLHUP, POLLHUP},
        {{"poll.hangup=none"}, AF_UNIX, SOCK_STREAM, CONNECTED, BOTH, BOTH | POLLHUP, BOTH},
        {{"poll.hangup=none"}, AF_UNIX, SOCK_STREAM, CONNECTED, 0, POLLHUP, 0},
        {{"poll.hangup=alone"}, AF_UNIX, SOCK_STREAM, CONNECTED, BOTH, BOTH | POLLHUP, POLLIN | POLLHUP},
        {{"poll.hangup=both"}, AF_UNIX, SOCK_STREAM, CONNECTED, BOTH, BOTH | POLLHUP, BOTH | POLLHUP},
        {{"poll.error=no"}, AF_INET, SOCK_STREAM, SHUT, BOTH, BOTH | POLLERR | POLLHUP, BOTH | POLLHUP},
        {{"poll.error=no"}, AF_INET, SOCK_DGRAM, CONNECTED, POLLIN, POLLERR, POLLIN},
        {{"poll.error=yes"}, AF_INET, SOCK_DGRAM, CONNECTED, POLLIN, POLLERR, POLLERR},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct facts facts = facts_in(rows[i].domain, rows[i].type, rows[i].state);
        struct poll_verdict it = poll_verdict(&profile, &facts, rows[i].asked, rows[i].seen);
        ck_assert_msg(it.events == rows[i].given, "row %zu: %s: %x", i, rows[i].settings[0], (unsigned int)it.events);
        ck_assert(poll_event_matters(rows[i].seen) && !poll_event_matters(BOTH));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("call rules");
    TCase *whole = tcase_create("names, send, receive, poll");
    tcase_add_test(whole, names_by_table);
    tcase_add_test(whole, name_lengths_by_table);
    tcase_add_test(whole, sends_by_table);
    tcase_add_test(whole, sends_without_their_address_or_with_a_signal);
    tcase_add_test(whole, addressed_sends);
    tcase_add_test(whole, receives_by_table);
    tcase_add_test(whole, polls_by_table);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
