/* The rules by table: what each key's values make of a call. */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../../shim/rules/listen.h"
#include "../suite.h"
#include "profile_fixture.h"

#define KERNEL_MAX 4096

static struct facts bound(int domain)
{
    return (struct facts){.domain = domain, .type = SOCK_STREAM, .bound = true, .kernel_max = KERNEL_MAX};
}

/* --- the backlog --- */

static const struct {
    const char *settings[4];
    int asked, legal, backlog, capacity;
    enum key why;
    int error;
} backlogs[] = {
    {{"listen.backlog_min=0"}, 5, 5, 5, 0, KEY_NONE, 0},
    {{"listen.backlog_min=80"}, 5, 80, 80, 0, KEY_listen_backlog_min, 0},
    {{"listen.backlog_min=80"}, 80, 80, 80, 0, KEY_NONE, 0},
    {{"listen.backlog_min=80"}, 81, 81, 81, 0, KEY_NONE, 0},
    {{"listen.backlog_max=5", "listen.backlog_excess=max"}, 5, 5, 5, 0, KEY_NONE, 0},
    {{"listen.backlog_max=5", "listen.backlog_excess=max"}, 6, 5, 5, 0, KEY_listen_backlog_max, 0},
    {{"listen.backlog_max=5", "listen.backlog_excess=max"}, INT_MAX, 5, 5, 0, KEY_listen_backlog_max, 0},
    {{"listen.backlog_max=5", "listen.backlog_excess=EINVAL"}, 6, 6, 6, 0, KEY_listen_backlog_excess, EINVAL},
    {{"listen.backlog_max=5", "listen.backlog_excess=kernel"}, 6, 5, 5, 0, KEY_listen_backlog_max, 0},
    {{"listen.backlog_max=64"}, 64, 64, 64, 0, KEY_NONE, 0},
    {{"listen.backlog_max=64"}, 65, 64, 64, 0, KEY_listen_backlog_max, 0},
    {{"listen.backlog_negative=kernel"}, -1, KERNEL_MAX, -1, 0, KEY_NONE, 0},
    {{"listen.backlog_negative=min"}, -1, 0, 0, 0, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_negative=min", "listen.backlog_min=1"}, -7, 1, 1, 0, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_negative=max", "listen.backlog_max=128"}, INT_MIN, 128, 128, 0, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_negative=max"}, -1, KERNEL_MAX, KERNEL_MAX, 0, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_negative=20"}, -1, 20, 20, 0, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_negative=EINVAL"}, -1, -1, -1, 0, KEY_listen_backlog_negative, EINVAL},
    {{"listen.backlog_negative=hint"}, -1, 200, 200, 0, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_negative=hint"}, -700, 700, 700, 0, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_negative=hint"}, -3000, 3000, 3000, 0, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_zero=kernel"}, 0, 0, 0, 0, KEY_NONE, 0},
    {{"listen.backlog_zero=keep"}, 0, 0, 0, 0, KEY_NONE, 0},
    {{"listen.backlog_zero=min", "listen.backlog_min=80"}, 0, 80, 80, 0, KEY_listen_backlog_zero, 0},
    {{"listen.backlog_zero=max", "listen.backlog_max=128"}, 0, 128, 128, 0, KEY_listen_backlog_zero, 0},
    {{"listen.backlog_zero=1"}, 0, 1, 1, 0, KEY_listen_backlog_zero, 0},
    {{"listen.backlog_zero=EINVAL"}, 0, 0, 0, 0, KEY_listen_backlog_zero, EINVAL},
    {{"listen.backlog_floor=64"}, 5, 64, 64, 0, KEY_listen_backlog_floor, 0},
    {{"listen.backlog_floor=64"}, 64, 64, 64, 0, KEY_NONE, 0},
    {{"listen.backlog_floor=64"}, 65, 65, 65, 0, KEY_NONE, 0},
    {{"listen.backlog_floor=64"}, 0, 64, 64, 0, KEY_listen_backlog_floor, 0},
    {{"listen.backlog_floor=64", "listen.backlog_max=5", "listen.backlog_excess=max"},
     100,
     64,
     64,
     0,
     KEY_listen_backlog_floor,
     0},
    {{"listen.capacity_tcp=b"}, 5, 5, 4, 5, KEY_NONE, 0},
    {{"listen.capacity_tcp=b"}, 0, 0, 0, 0, KEY_NONE, 0},
    {{"listen.capacity_tcp=b min 1"}, 0, 0, 0, 1, KEY_NONE, 0},
    {{"listen.capacity_tcp=3/2 b + 1"}, 5, 5, 7, 8, KEY_NONE, 0},
    {{"listen.capacity_tcp=3/2 b + 1 max 6"}, 5, 5, 5, 6, KEY_NONE, 0},
    {{"listen.capacity_tcp=3/2 b + 1", "listen.backlog_floor=64"}, 5, 64, 96, 97, KEY_listen_backlog_floor, 0},
    {{"listen.capacity_unix=3/2 b"}, 5, 5, 5, 0, KEY_NONE, 0}, /* the other family's keys */
    {{"listen.backlog_max_unix=5", "listen.backlog_excess=max"}, 6, 6, 6, 0, KEY_NONE, 0},
    {{"listen.backlog_negative_unix=EINVAL"}, -1, KERNEL_MAX, -1, 0, KEY_NONE, 0},
    {{"listen.backlog_zero_unix=1"}, 0, 0, 0, 0, KEY_NONE, 0},
};

/* Of AF_UNIX, where it has keys of its own. */
static const struct {
    const char *settings[4];
    int asked, legal;
    enum key why;
    int error;
} unix_backlogs[] = {
    {{"listen.backlog_max=5", "listen.backlog_excess=max"}, 9, 5, KEY_listen_backlog_max, 0},
    {{"listen.backlog_max=5", "listen.backlog_excess=max", "listen.backlog_max_unix=same"},
     9,
     5,
     KEY_listen_backlog_max,
     0},
    {{"listen.backlog_max=5", "listen.backlog_excess=max", "listen.backlog_max_unix=7"},
     9,
     7,
     KEY_listen_backlog_max_unix,
     0},
    {{"listen.backlog_max=5", "listen.backlog_excess=max", "listen.backlog_max_unix=kernel"}, 9, 9, KEY_NONE, 0},
    {{"listen.backlog_max=5", "listen.backlog_excess=EINVAL", "listen.backlog_max_unix=7"},
     9,
     9,
     KEY_listen_backlog_excess,
     EINVAL},
    {{"listen.backlog_negative=20"}, -1, 20, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_negative=20", "listen.backlog_negative_unix=same"}, -1, 20, KEY_listen_backlog_negative, 0},
    {{"listen.backlog_negative=20", "listen.backlog_negative_unix=min"}, -1, 0, KEY_listen_backlog_negative_unix, 0},
    {{"listen.backlog_negative_unix=max", "listen.backlog_max_unix=7"}, -1, 7, KEY_listen_backlog_negative_unix, 0},
    {{"listen.backlog_negative_unix=hint"}, -700, 700, KEY_listen_backlog_negative_unix, 0},
    {{"listen.backlog_negative_unix=30"}, -1, 30, KEY_listen_backlog_negative_unix, 0},
    {{"listen.backlog_negative_unix=EINVAL"}, -1, -1, KEY_listen_backlog_negative_unix, EINVAL},
    {{"listen.backlog_negative=20", "listen.backlog_negative_unix=kernel"}, -1, KERNEL_MAX, KEY_NONE, 0},
    {{"listen.backlog_zero=3"}, 0, 3, KEY_listen_backlog_zero, 0},
    {{"listen.backlog_zero=3", "listen.backlog_zero_unix=same"}, 0, 3, KEY_listen_backlog_zero, 0},
    {{"listen.backlog_zero=3", "listen.backlog_zero_unix=keep"}, 0, 0, KEY_NONE, 0},
    {{"listen.backlog_zero=3", "listen.backlog_zero_unix=kernel"}, 0, 0, KEY_NONE, 0},
    {{"listen.backlog_zero_unix=min", "listen.backlog_min=2"}, 0, 2, KEY_listen_backlog_zero_unix, 0},
    {{"listen.backlog_zero_unix=max", "listen.backlog_max=9"}, 0, 9, KEY_listen_backlog_zero_unix, 0},
    {{"listen.backlog_zero_unix=4"}, 0, 4, KEY_listen_backlog_zero_unix, 0},
    {{"listen.backlog_zero_unix=EINVAL"}, 0, 0, KEY_listen_backlog_zero_unix, EINVAL},
};

START_TEST(backlog_by_table)
{
    struct profile profile = profile_of(backlogs[_i].settings);
    struct facts facts = bound(AF_INET);
    struct listen_verdict it = listen_verdict(&profile, &facts, backlogs[_i].asked);
    ck_assert_int_eq(it.effective, backlogs[_i].legal);
    ck_assert_int_eq(it.backlog, backlogs[_i].backlog);
    ck_assert_int_eq(it.capacity, backlogs[_i].capacity);
    ck_assert_str_eq(key_rows[it.verdict.why].full, key_rows[backlogs[_i].why].full);
    ck_assert_int_eq(it.verdict.error, backlogs[_i].error);
    ck_assert_int_eq(it.verdict.decision, backlogs[_i].error ? DECIDE_FAIL : DECIDE_CALL);
    ck_assert_int_eq(it.limited, false);
}
END_TEST

START_TEST(unix_backlog_by_table)
{
    struct profile profile = profile_of(unix_backlogs[_i].settings);
    struct facts facts = bound(AF_UNIX);
    struct listen_verdict it = listen_verdict(&profile, &facts, unix_backlogs[_i].asked);
    ck_assert_int_eq(it.effective, unix_backlogs[_i].legal);
    ck_assert_str_eq(key_rows[it.verdict.why].full, key_rows[unix_backlogs[_i].why].full);
    ck_assert_int_eq(it.verdict.error, unix_backlogs[_i].error);
}
END_TEST

START_TEST(capacities_of_both_families)
{
    struct profile profile = PROFILE("listen.capacity_tcp=b + 2", "listen.capacity_unix=3/2 b + 1");
    const int domains[] = {AF_INET, AF_INET6, AF_UNIX}, capacities[] = {12, 12, 16};
    for (int i = 0; i < 3; i++) {
        struct facts facts = bound(domains[i]);
        struct listen_verdict it = listen_verdict(&profile, &facts, 10);
        ck_assert_int_eq(it.capacity, capacities[i]);
        ck_assert_int_eq(it.backlog, capacities[i] - 1);
    }
    struct facts facts = bound(AF_UNIX);
    facts.type = SOCK_SEQPACKET;
    ck_assert_int_eq(listen_verdict(&profile, &facts, 10).capacity, 16);
    facts.domain = AF_INET; /* one-to-many SCTP: the TCP formula is not about it */
    ck_assert_int_eq(listen_verdict(&profile, &facts, 10).capacity, 0);
    facts.domain = AF_VSOCK;
    ck_assert_int_eq(listen_verdict(&profile, &facts, 10).backlog, 10);
}
END_TEST

/* The refuser is wanted for a TCP listener that is really made, and a full queue of which refuses. */
static const struct {
    const char *setting;
    int domain, type;
    bool watched, resets;
} overflows[] = {
    {"listen.overflow_tcp=refuse", AF_INET, SOCK_STREAM, true, false},
    {"listen.overflow_tcp=refuse", AF_INET6, SOCK_STREAM, true, false},
    {"listen.overflow_tcp=refuse", AF_UNIX, SOCK_STREAM, false, false},
    {"listen.overflow_tcp=refuse", AF_INET, SOCK_SEQPACKET, false, false},
    {"listen.overflow_tcp=refuse", AF_INET, SOCK_DGRAM, false, false},
    {"listen.overflow_tcp=refuse", AF_VSOCK, SOCK_STREAM, false, false},
    {"listen.overflow_tcp=reset", AF_INET, SOCK_STREAM, true, true},
    {"listen.overflow_tcp=reset", AF_INET6, SOCK_STREAM, true, true},
    {"listen.overflow_tcp=reset", AF_UNIX, SOCK_STREAM, false, false},
    {"listen.overflow_tcp=drop", AF_INET, SOCK_STREAM, false, false},
    {"listen.overflow_tcp=kernel", AF_INET, SOCK_STREAM, false, false},
};

START_TEST(overflows_by_table)
{
    struct profile profile = PROFILE(overflows[_i].setting);
    struct facts facts = bound(overflows[_i].domain);
    facts.type = overflows[_i].type;
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).watched, overflows[_i].watched);
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).resets, overflows[_i].resets);
    ck_assert_int_eq((profile.needs.all & NEED_REFUSER) != 0,
                     strstr(overflows[_i].setting, "=refuse") || strstr(overflows[_i].setting, "=reset"));
    profile = PROFILE(overflows[_i].setting, "listen.backlog_zero=EINVAL");
    ck_assert(!listen_verdict(&profile, &facts, 0).watched);
}
END_TEST

/* Of a socket that listens already. */
static const struct {
    const char *settings[5];
    int domain, type;
    bool shortens;
} relistens[] = {
    {{"listen.relisten_excess=reset", "listen.capacity_tcp=b"}, AF_INET, SOCK_STREAM, true},
    {{"listen.relisten_excess=reset", "listen.capacity_tcp=b"}, AF_INET6, SOCK_STREAM, true},
    {{"listen.relisten_excess=reset", "listen.capacity_tcp=unlimited"}, AF_INET, SOCK_STREAM, true},
    {{"listen.relisten_excess=reset"}, AF_INET, SOCK_STREAM, true},
    {{"listen.relisten_excess=reset", "listen.backlog_max=4"}, AF_INET, SOCK_STREAM, true},
    {{"listen.relisten_excess=keep", "listen.capacity_tcp=b"}, AF_INET, SOCK_STREAM, false},
    {{"listen.relisten_excess=kernel", "listen.capacity_tcp=b"}, AF_INET, SOCK_STREAM, false},
    {{"listen.relisten_excess=reset", "listen.capacity_tcp=b"}, AF_INET, SOCK_SEQPACKET, false},
    {{"listen.relisten_excess=reset", "listen.capacity_tcp=b"}, AF_INET, SOCK_DGRAM, false},
    {{"listen.relisten_excess=reset", "listen.capacity_unix=b"}, AF_UNIX, SOCK_STREAM, false},
    {{"listen.relisten_excess=reset", "listen.capacity_tcp=b", "listen.relisten_tcp=update"},
     AF_INET,
     SOCK_STREAM,
     true},
    {{"listen.relisten_excess=reset", "listen.capacity_tcp=b", "listen.relisten_tcp=ignore"},
     AF_INET,
     SOCK_STREAM,
     false},
    {{"listen.relisten_excess=reset", "listen.capacity_tcp=b", "listen.relisten_tcp=EDOM"},
     AF_INET,
     SOCK_STREAM,
     false},
    {{"listen.relisten_excess=reset", "listen.capacity_tcp=b", "listen.backlog_max=4", "listen.backlog_excess=EDOM"},
     AF_INET,
     SOCK_STREAM,
     false},
};

/* How many connections a shorter queue keeps, where the profile says how long it is and where the kernel does. */
START_TEST(shorter_queues_keep)
{
    static const struct {
        const char *settings[3];
        int backlog, remaining;
    } rows[] = {
        {{"listen.relisten_excess=reset"}, 5, 6},
        {{"listen.relisten_excess=reset"}, -1, KERNEL_MAX + 1},
        {{"listen.relisten_excess=reset"}, KERNEL_MAX + 5, KERNEL_MAX + 1},
        {{"listen.relisten_excess=reset", "listen.backlog_max=3"}, 5, 4},
        {{"listen.relisten_excess=reset", "listen.capacity_tcp=b"}, 5, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct facts facts = bound(AF_INET);
        facts.listening = true;
        ck_assert_int_eq(listen_verdict(&profile, &facts, rows[i].backlog).remaining, rows[i].remaining);
    }
}
END_TEST

START_TEST(relistens_by_table)
{
    struct profile profile = profile_of(relistens[_i].settings);
    struct facts facts = bound(relistens[_i].domain);
    facts.type = relistens[_i].type;
    ck_assert(!listen_verdict(&profile, &facts, 5).shortens);
    facts.listening = true;
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).shortens, relistens[_i].shortens);
}
END_TEST

START_TEST(kernel_limit_is_told)
{
    struct profile profile = PROFILE("listen.capacity_tcp=3/2 b + 1");
    struct facts facts = bound(AF_INET);
    facts.kernel_max = 128;
    struct listen_verdict it = listen_verdict(&profile, &facts, 85);
    ck_assert_int_eq(it.backlog, 127);
    ck_assert(!it.limited);
    it = listen_verdict(&profile, &facts, 87);
    ck_assert_int_eq(it.capacity, 131);
    ck_assert_int_eq(it.backlog, 128);
    ck_assert(it.limited);
    profile = PROFILE("listen.backlog_floor=1000");
    ck_assert(listen_verdict(&profile, &facts, 5).limited);
    profile = PROFILE("listen.backlog_negative=hint");
    it = listen_verdict(&profile, &facts, INT_MIN);
    ck_assert_int_eq(it.effective, 65535);
    ck_assert(it.limited);
    profile = PROFILE("listen.capacity_tcp=unlimited");
    it = listen_verdict(&profile, &facts, 5);
    ck_assert_int_eq(it.backlog, 128);
    ck_assert(it.limited);
}
END_TEST

START_TEST(formulas_by_table)
{
    static const struct {
        const char *text;
        int b, capacity;
    } rows[] = {
        {"b", 7, 7},
        {"b + 1", INT_MAX, INT_MAX},
        {"3/2 b + 1", 3, 5},
        {"3/2 b + 1", 0, 1},
        {"3/2 b + 1", INT_MAX, INT_MAX},
        {"3/2 b min 1", 0, 1},
        {"3/2 b min 1", 1, 1},
        {"3 b + 1", 80, 241},
        {"3/2 b + 1 max 128", 85, 128},
        {"b + 3", 0, 3},
        {"0 b + 4", 100, 4},
        {"unlimited", 0, INT_MAX},
    };
    struct formula formula;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_msg(formula_parse(rows[i].text, &formula), "%s", rows[i].text);
        ck_assert_int_eq(formula_capacity(&formula, rows[i].b), rows[i].capacity);
    }
}
END_TEST

/* --- the state of the socket --- */

enum state {
    UNBOUND,
    BOUND,
    CONNECTED,
    CONNECTED_UNBOUND,
    PEER_CLOSED,
    CONNECTING,
    FAILED,
    LISTENING,
    WAS_LISTENING,
    SHUT_DOWN
};

static const struct {
    const char *key;
    int domain, type;
    enum state state;
} states[] = {
    {"listen.unbound_inet", AF_INET, SOCK_STREAM, UNBOUND},
    {"listen.unbound_inet", AF_INET6, SOCK_STREAM, UNBOUND},
    {"listen.unbound_unix", AF_UNIX, SOCK_STREAM, UNBOUND},
    {"listen.unbound_unix", AF_UNIX, SOCK_SEQPACKET, UNBOUND},
    {"listen.connected_tcp", AF_INET, SOCK_STREAM, CONNECTED},
    {"listen.connected_tcp", AF_INET6, SOCK_STREAM, CONNECTED},
    {"listen.connecting_tcp", AF_INET, SOCK_STREAM, CONNECTING},
    {"listen.connected_unix", AF_UNIX, SOCK_STREAM, CONNECTED_UNBOUND},
    {"listen.connected_unix_bound", AF_UNIX, SOCK_STREAM, CONNECTED},
    {"listen.closed_peer_unix", AF_UNIX, SOCK_STREAM, PEER_CLOSED},
    {"listen.closed_peer_unix", AF_UNIX, SOCK_SEQPACKET, PEER_CLOSED},
    {"listen.connect_failed", AF_INET, SOCK_STREAM, FAILED},
    {"listen.datagram_inet", AF_INET, SOCK_DGRAM, UNBOUND},
    {"listen.datagram_inet", AF_INET6, SOCK_DGRAM, BOUND},
    {"listen.datagram_unix", AF_UNIX, SOCK_DGRAM, BOUND},
    {"listen.datagram_unix_unbound", AF_UNIX, SOCK_DGRAM, UNBOUND},
    {"listen.relisten_tcp", AF_INET, SOCK_STREAM, LISTENING},
    {"listen.relisten_tcp", AF_INET6, SOCK_STREAM, LISTENING},
    {"listen.relisten_unix", AF_UNIX, SOCK_STREAM, LISTENING},
    {"listen.shutdown_listener", AF_INET, SOCK_STREAM, WAS_LISTENING},
    {"listen.shutdown_unconnected", AF_INET6, SOCK_STREAM, SHUT_DOWN},
};

static struct facts facts_in(int domain, int type, enum state state)
{
    return (struct facts){.domain = domain,
                          .type = type,
                          .bound = state != UNBOUND && state != CONNECTED_UNBOUND && state != PEER_CLOSED,
                          .peer_closed = state == PEER_CLOSED,
                          .connected = state == CONNECTED || state == CONNECTED_UNBOUND || state == PEER_CLOSED,
                          .connecting = state == CONNECTING,
                          .connect_failed = state == FAILED,
                          .listening = state == LISTENING,
                          .was_listening = state == WAS_LISTENING,
                          .shut_down = state == SHUT_DOWN || state == WAS_LISTENING,
                          .kernel_max = KERNEL_MAX};
}

/* Each legal word of the key, and an errno that no platform of ours uses, so that it can come from nowhere else. */
START_TEST(states_by_table)
{
    static const struct {
        const char *value;
        enum decision decision;
        int error;
    } values[] = {
        {"kernel", DECIDE_CALL, 0},    {"autobind", DECIDE_CALL, 0},  {"update", DECIDE_CALL, 0},
        {"keep", DECIDE_CALL, 0},      {"yes", DECIDE_CALL, 0},       {"ok", DECIDE_SUCCEED, 0},
        {"ignore", DECIDE_SUCCEED, 0}, {"EXDEV", DECIDE_FAIL, EXDEV},
    };
    enum key key = key_of_name(states[_i].key);
    struct facts facts = facts_in(states[_i].domain, states[_i].type, states[_i].state);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct profile profile;
        bool promise_only;
        profile_reset(&profile);
        if (key_set(&profile, key, values[i].value, &promise_only) || promise_only)
            continue;
        struct listen_verdict it = listen_verdict(&profile, &facts, 5);
        ck_assert_msg(it.verdict.decision == values[i].decision, "%s = %s", states[_i].key, values[i].value);
        ck_assert_int_eq(it.verdict.error, values[i].error);
        bool silent = values[i].decision == DECIDE_CALL && !it.keep_port;
        ck_assert_int_eq(it.verdict.why, silent ? KEY_NONE : key);
        ck_assert_int_eq(it.keep_port, strcmp(values[i].value, "keep") == 0);
    }
}
END_TEST

START_TEST(listen_without_a_free_descriptor)
{
    static const struct {
        const char *settings[3];
        int domain, type, error;
    } rows[] = {
        {{"listen.no_descriptors=EXDEV"}, AF_INET, SOCK_STREAM, EXDEV},
        {{"listen.no_descriptors=EXDEV"}, AF_UNIX, SOCK_STREAM, EXDEV},
        {{"listen.no_descriptors=EXDEV"}, AF_VSOCK, SOCK_STREAM, 0},
        {{"listen.no_descriptors=EXDEV", "listen.datagram_inet=EDOM"}, AF_INET, SOCK_DGRAM, EDOM},
        {{"listen.no_descriptors=yes"}, AF_INET, SOCK_STREAM, 0},
        {{"listen.no_descriptors=kernel"}, AF_INET, SOCK_STREAM, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct facts facts = bound(rows[i].domain);
        facts.type = rows[i].type;
        ck_assert_int_eq(listen_verdict(&profile, &facts, 5).verdict.decision,
                         rows[i].error == EDOM ? DECIDE_FAIL : DECIDE_CALL);
        facts.no_descriptors = true;
        struct verdict it = listen_verdict(&profile, &facts, 5).verdict;
        ck_assert_msg(it.error == rows[i].error, "row %zu: %d", i, it.error);
        ck_assert(it.error != EXDEV || it.why == KEY_listen_no_descriptors);
        bool asks = profile.needs.facts[CALL_listen][PHASE_BEFORE] & NEED_DESCRIPTORS;
        ck_assert_int_eq(asks, strstr(rows[i].settings[0], "EXDEV") != NULL);
    }
}
END_TEST

/* A key speaks of its own case only: with every other state key an error, the case itself still passes. */
START_TEST(states_do_not_mix)
{
    struct profile profile;
    bool promise_only;
    profile_reset(&profile);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        key_set(&profile, key_of_name(states[i].key), "EXDEV", &promise_only);
    key_reset(&profile, key_of_name(states[_i].key));
    struct facts facts = facts_in(states[_i].domain, states[_i].type, states[_i].state);
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).verdict.decision, DECIDE_CALL);
    facts = facts_in(AF_INET, SOCK_STREAM, BOUND);
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).verdict.decision, DECIDE_CALL);
}
END_TEST

/* Where nothing is said of a connected one, it is as any. */
START_TEST(connected_datagrams)
{
    struct profile profile = PROFILE("listen.datagram_connected=EXDEV", "listen.datagram_inet=EDOM");
    struct facts facts = facts_in(AF_INET, SOCK_DGRAM, CONNECTED), fresh = facts_in(AF_INET, SOCK_DGRAM, UNBOUND);
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).verdict.error, EXDEV);
    ck_assert_int_eq(listen_verdict(&profile, &fresh, 5).verdict.error, EDOM);
    facts.domain = AF_UNIX;
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).verdict.error, EXDEV);
    profile = PROFILE("listen.datagram_inet=EDOM");
    facts.domain = AF_INET;
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).verdict.error, EDOM);
}
END_TEST

/* A socket that was shut down before it was bound is still not bound. */
START_TEST(shut_down_and_unbound)
{
    struct profile profile = PROFILE("listen.unbound_inet=EXDEV", "listen.shutdown_unconnected=yes");
    struct facts facts = facts_in(AF_INET, SOCK_STREAM, SHUT_DOWN);
    facts.bound = false;
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).verdict.error, EXDEV);
    profile = PROFILE("listen.unbound_inet=EXDEV", "listen.shutdown_unconnected=ELOOP");
    ck_assert_int_eq(listen_verdict(&profile, &facts, 5).verdict.error, ELOOP);
}
END_TEST

/* A listener that was shut down for receiving alone listens again, at its own port where its queue was drained. */
START_TEST(listeners_that_were_shut_for_receiving)
{
    struct profile strict = PROFILE("listen.shutdown_listener=EXDEV", "listen.shutdown_unconnected=EDOM");
    struct profile drains = PROFILE("listen.shutdown_listener=EXDEV", "shutdown.queued=drain");
    struct facts facts = facts_in(AF_INET, SOCK_STREAM, WAS_LISTENING);
    ck_assert_int_eq(listen_verdict(&drains, &facts, 5).verdict.error, EXDEV);
    facts.shut_down = false;
    ck_assert_int_eq(listen_verdict(&strict, &facts, 5).verdict.decision, DECIDE_CALL);
    ck_assert(!listen_verdict(&strict, &facts, 5).keep_port);
    ck_assert(listen_verdict(&drains, &facts, 5).keep_port);
    ck_assert_int_eq(listen_verdict(&drains, &facts, 5).verdict.why, KEY_shutdown_queued);
}
END_TEST

START_TEST(descriptors_that_are_none)
{
    struct profile profile = PROFILE("listen.bad_descriptor=EXDEV");
    struct facts none = {0};
    struct verdict it = listened_verdict(&profile, &none, EBADF);
    ck_assert_int_eq(it.decision, DECIDE_FAIL);
    ck_assert_int_eq(it.error, EXDEV);
    ck_assert_int_eq(it.why, KEY_listen_bad_descriptor);
    ck_assert(needs_after(&profile.needs, CALL_listen, EBADF) && !needs_after(&profile.needs, CALL_listen, ENOTSOCK));
    profile = PROFILE("listen.bad_descriptor=kernel");
    ck_assert_int_eq(listened_verdict(&profile, &none, EBADF).decision, DECIDE_CALL);
}
END_TEST

START_TEST(errors_of_the_real_call)
{
    static const struct {
        const char *setting;
        enum state state;
        int error, given;
    } rows[] = {
        {"listen.ports_exhausted=EXDEV", UNBOUND, EADDRINUSE, EXDEV},
        {"listen.ports_exhausted=EXDEV", BOUND, EADDRINUSE, 0},
        {"listen.ports_exhausted=EXDEV", UNBOUND, EINVAL, 0},
        {"listen.ports_exhausted=kernel", UNBOUND, EADDRINUSE, 0},
        {"listen.address_taken=EXDEV", BOUND, EADDRINUSE, EXDEV},
        {"listen.address_taken=EXDEV", UNBOUND, EADDRINUSE, 0},
        {"listen.address_taken=EXDEV", BOUND, EACCES, 0},
        {"listen.address_taken=kernel", BOUND, EADDRINUSE, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = facts_in(AF_INET, SOCK_STREAM, rows[i].state);
        struct verdict it = listened_verdict(&profile, &facts, rows[i].error);
        ck_assert_msg(it.error == rows[i].given, "row %zu: %s", i, rows[i].setting);
        ck_assert_int_eq(it.decision, rows[i].given ? DECIDE_FAIL : DECIDE_CALL);
        ck_assert_int_eq(it.why != KEY_NONE, rows[i].given != 0);
    }
}
END_TEST

static bool is_native(const struct profile *profile)
{
    for (int call = 0; call < CALL_COUNT; call++)
        if (profile->needs.phases[call])
            return false;
    return true;
}

/* Promises that no rule can keep reach no profile in force. */
START_TEST(promises_stay_promises)
{
    static const struct {
        const char *key, *promise, *kept;
    } rows[] = {
        {"listen.capacity_burst", "3/2 b + 1", "kernel"},
        {"listen.queue_order", "lifo", "fifo"},
        {"listen.failure_marks", "yes", "no"},
        {"listen.address_taken", "ok", "EADDRINUSE"},
        {"listen.connecting_tcp", "ok", "EINVAL"},
        {"listen.connected_unix", "ok", "EINVAL"},
        {"listen.connected_unix_bound", "ok", "EINVAL"},
        {"listen.overflow_tcp", "ignore", "drop"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile;
        bool promise_only;
        enum key key = key_of_name(rows[i].key);
        profile_reset(&profile);
        ck_assert_ptr_null(key_set(&profile, key, rows[i].promise, &promise_only));
        profile_derive(&profile);
        ck_assert_msg(promise_only && is_native(&profile), "%s", rows[i].key);
        ck_assert_ptr_null(key_set(&profile, key, rows[i].kept, &promise_only));
        ck_assert_msg(!promise_only, "%s", rows[i].key);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rules");
    TCase *listens = tcase_create("listen");
    tcase_add_loop_test(listens, backlog_by_table, 0, sizeof backlogs / sizeof *backlogs);
    tcase_add_loop_test(listens, unix_backlog_by_table, 0, sizeof unix_backlogs / sizeof *unix_backlogs);
    tcase_add_test(listens, capacities_of_both_families);
    tcase_add_loop_test(listens, overflows_by_table, 0, sizeof overflows / sizeof *overflows);
    tcase_add_loop_test(listens, relistens_by_table, 0, sizeof relistens / sizeof *relistens);
    tcase_add_test(listens, shorter_queues_keep);
    tcase_add_test(listens, kernel_limit_is_told);
    tcase_add_test(listens, formulas_by_table);
    tcase_add_loop_test(listens, states_by_table, 0, sizeof states / sizeof *states);
    tcase_add_loop_test(listens, states_do_not_mix, 0, sizeof states / sizeof *states);
    tcase_add_test(listens, shut_down_and_unbound);
    tcase_add_test(listens, connected_datagrams);
    tcase_add_test(listens, listeners_that_were_shut_for_receiving);
    tcase_add_test(listens, descriptors_that_are_none);
    tcase_add_test(listens, listen_without_a_free_descriptor);
    tcase_add_test(listens, errors_of_the_real_call);
    tcase_add_test(listens, promises_stay_promises);
    suite_add_tcase(suite, listens);
    return suite_run(suite);
}
