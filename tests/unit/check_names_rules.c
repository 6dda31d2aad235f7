/* The rules of getsockname and getpeername by table. */
#include <check.h>
#include <errno.h>

#include "../../shim/rules/names.h"
#include "../suite.h"
#include "profile_fixture.h"

#define EVERY(rows) (sizeof(rows) / sizeof *(rows))

enum state { FRESH, BOUND, LISTENING, CONNECTING, CONNECTED, FAILED, SHUT };

static struct facts facts_in(int domain, int type, enum state state)
{
    return (struct facts){.domain = domain,
                          .type = type,
                          .bound = state == BOUND,
                          .listening = state == LISTENING,
                          .connecting = state == CONNECTING,
                          .connected = state == CONNECTED,
                          .connect_failed = state == FAILED,
                          .shut_down = state == SHUT};
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
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_STREAM, CONNECTING, 0},
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_STREAM, CONNECTED, 0},
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_STREAM, FAILED, 0},
        {"names.unbound_tcp=EXDEV", AF_INET, SOCK_DGRAM, FRESH, 0},
        {"names.unbound_tcp=EXDEV", AF_UNIX, SOCK_STREAM, FRESH, 0},
        {"names.unbound_tcp=ok", AF_INET, SOCK_STREAM, FRESH, 0},
        {"names.after_disconnect=EXDEV", AF_INET, SOCK_STREAM, FAILED, EXDEV},
        {"names.after_disconnect=EXDEV", AF_INET, SOCK_STREAM, SHUT, EXDEV},
        {"names.after_disconnect=EXDEV", AF_INET, SOCK_STREAM, FRESH, 0},
        {"names.after_disconnect=EXDEV", AF_UNIX, SOCK_STREAM, SHUT, 0},
        {"names.after_disconnect=ok", AF_INET, SOCK_STREAM, FAILED, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = facts_in(rows[i].domain, rows[i].type, rows[i].state);
        struct verdict it = socket_name_verdict(&profile, &facts);
        ck_assert_msg(it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        ck_assert(!it.error || profile.needs.facts[CALL_getsockname][PHASE_BEFORE] & NEED_HISTORY);
    }
    struct profile profile = PROFILE("names.unix_peer_closed=EXDEV");
    ck_assert(profile.needs.facts[CALL_getpeername][PHASE_BEFORE] & NEED_PEER_GONE);
    ck_assert_int_eq(profile.needs.phases[CALL_getsockname], 0);
    ck_assert_int_eq(peer_name_verdict(&profile, true).error, EXDEV);
    ck_assert_int_eq(peer_name_verdict(&profile, false).decision, DECIDE_CALL);
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

int main(void)
{
    Suite *suite = suite_create("names rules");
    TCase *whole = tcase_create("names");
    tcase_add_test(whole, names_by_table);
    tcase_add_test(whole, name_lengths_by_table);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
