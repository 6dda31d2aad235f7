/* The rules of accept by table: what each key's values make of a call, of its failure, of a connection and
 * its address. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "../../shim/kernel/mark.h"
#include "../../shim/rules/accept.h"
#include "../../shim/rules/accept_plan.h"
#include "../suite.h"
#include "profile_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* Whether all of these facts are asked for once accept has got a connection. */
static bool needs_at_accepted(const struct profile *profile, unsigned int facts)
{
    return (profile->needs.facts[CALL_accept][PHASE_DONE] & facts) == facts;
}

/* --- flags and what is inherited --- */

START_TEST(flags_by_table)
{
    enum { NOTHING, ASYNC = 1, OWNER = 2 };
    static const struct {
        const char *setting;
        int flags; /* of the listener; FD_CLOEXEC is always on */
        bool accept4;
        int asked, given, set;
    } rows[] = {
        {"accept.inherit_nonblock=yes", O_NONBLOCK, false, 0, SOCK_NONBLOCK, NOTHING},
        {"accept.inherit_nonblock=yes", O_RDWR, false, 0, 0, NOTHING},
        {"accept.inherit_nonblock=yes", O_NONBLOCK, true, 0, 0, NOTHING},
        {"accept.inherit_nonblock=no", O_NONBLOCK, false, 0, 0, NOTHING},
        {"accept.inherit_nonblock=kernel", O_NONBLOCK, false, 0, 0, NOTHING},
        {"accept.inherit_async=yes", O_ASYNC, false, 0, 0, ASYNC},
        {"accept.inherit_async=yes", O_NONBLOCK, false, 0, 0, NOTHING},
        {"accept.inherit_async=yes", O_ASYNC, true, 0, 0, NOTHING},
        {"accept.inherit_async=no", O_ASYNC, false, 0, 0, NOTHING},
        {"accept.inherit_owner=yes", 0, false, 0, 0, OWNER},
        {"accept.inherit_owner=yes", 0, true, 0, 0, NOTHING},
        {"accept.inherit_owner=no", 0, false, 0, 0, NOTHING},
        {"accept.inherit_cloexec=yes", 0, false, 0, SOCK_CLOEXEC, NOTHING},
        {"accept.inherit_cloexec=yes", 0, true, 0, 0, NOTHING},
        {"accept.inherit_cloexec=no", 0, false, 0, 0, NOTHING},
        {"accept.accept4=ignore", O_NONBLOCK, true, SOCK_CLOEXEC | SOCK_NONBLOCK, 0, NOTHING},
        {"accept.accept4_unknown_flag=ignore", 0, true, 1 | SOCK_CLOEXEC, SOCK_CLOEXEC, NOTHING},
        {"accept.accept4_unknown_flag=kernel", 0, true, 1, 1, NOTHING},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct accept_facts facts = {
            .is_accept4 = rows[i].accept4, .asked = rows[i].asked, .flags = rows[i].flags, .close_on_exec = true};
        struct accept_verdict it = accept_verdict(&profile, &facts);
        int set = (it.set_async ? ASYNC : 0) | (it.set_owner ? OWNER : 0);
        ck_assert_int_eq(it.verdict.decision, DECIDE_CALL);
        ck_assert_msg(it.flags == rows[i].given, "row %zu: %s", i, rows[i].setting);
        ck_assert_msg(set == rows[i].set, "row %zu: %s", i, rows[i].setting);
        ck_assert_int_eq(it.verdict.why != KEY_NONE, rows[i].given != rows[i].asked || (set & ASYNC));
    }
}
END_TEST

/* Of a listener that has all there is, on a platform whose accept passes all of it on, or nothing. */
START_TEST(accept4_by_table)
{
    enum { NONE = 0, BOTH = SOCK_NONBLOCK | SOCK_CLOEXEC, STRANGE = 1 };
    static const struct {
        const char *value;
        int asked, given; /* where accept passes everything on */
        bool async, owner;
        int given_else; /* where it passes nothing on */
        int error;
        enum key why, through;
    } rows[] = {
        {"kernel", NONE, NONE, false, false, NONE, 0, KEY_NONE, KEY_NONE},
        {"kernel", BOTH, BOTH, false, false, BOTH, 0, KEY_NONE, KEY_NONE},
        {"kernel", STRANGE, STRANGE, false, false, STRANGE, 0, KEY_NONE, KEY_NONE},
        {"yes", NONE, NONE, false, false, NONE, 0, KEY_NONE, KEY_NONE},
        {"yes", SOCK_NONBLOCK, SOCK_NONBLOCK, false, false, SOCK_NONBLOCK, 0, KEY_NONE, KEY_NONE},
        {"yes", STRANGE, STRANGE, false, false, STRANGE, 0, KEY_NONE, KEY_NONE},
        {"emulate", NONE, BOTH, true, true, NONE, 0, KEY_accept_inherit_nonblock, KEY_accept_accept4},
        {"emulate", SOCK_NONBLOCK, BOTH, true, true, SOCK_NONBLOCK, 0, KEY_accept_inherit_cloexec, KEY_accept_accept4},
        {"emulate", SOCK_CLOEXEC, BOTH, true, true, SOCK_CLOEXEC, 0, KEY_accept_inherit_nonblock, KEY_accept_accept4},
        {"emulate", BOTH, BOTH, true, true, BOTH, 0, KEY_accept_inherit_async, KEY_accept_accept4},
        {"emulate", STRANGE, STRANGE, false, false, STRANGE, 0, KEY_NONE, KEY_NONE},
        {"emulate", STRANGE | BOTH, STRANGE | BOTH, false, false, STRANGE | BOTH, 0, KEY_NONE, KEY_NONE},
        {"inherit", NONE, NONE, true, true, NONE, 0, KEY_accept_inherit_async, KEY_accept_accept4},
        {"inherit", SOCK_NONBLOCK, SOCK_NONBLOCK, true, true, SOCK_NONBLOCK, 0, KEY_accept_inherit_async,
         KEY_accept_accept4},
        {"inherit", STRANGE, STRANGE, false, false, STRANGE, 0, KEY_NONE, KEY_NONE},
        {"ignore", NONE, BOTH, true, true, NONE, 0, KEY_accept_inherit_nonblock, KEY_accept_accept4},
        {"ignore", SOCK_NONBLOCK, BOTH, true, true, NONE, 0, KEY_accept_inherit_nonblock, KEY_accept_accept4},
        {"ignore", STRANGE, STRANGE, false, false, STRANGE, 0, KEY_NONE, KEY_NONE},
        {"ENOSYS", NONE, NONE, false, false, NONE, ENOSYS, KEY_accept_accept4, KEY_NONE},
        {"ENOSYS", BOTH, BOTH, false, false, BOTH, ENOSYS, KEY_accept_accept4, KEY_NONE},
        {"EXDEV", STRANGE, STRANGE, false, false, STRANGE, EXDEV, KEY_accept_accept4, KEY_NONE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char setting[64];
        snprintf(setting, sizeof setting, "accept.accept4=%s", rows[i].value);
        struct profile with = PROFILE(setting, "accept.inherit_nonblock=yes", "accept.inherit_async=yes",
                                      "accept.inherit_owner=yes", "accept.inherit_cloexec=yes");
        struct profile without = PROFILE(setting);
        struct accept_facts facts = {
            .is_accept4 = true, .asked = rows[i].asked, .flags = O_NONBLOCK | O_ASYNC, .close_on_exec = true};
        struct accept_verdict it = accept_verdict(&with, &facts);
        ck_assert_msg(it.flags == rows[i].given, "row %zu: %s: %x", i, setting, (unsigned int)it.flags);
        ck_assert_msg(it.set_async == rows[i].async && it.set_owner == rows[i].owner, "row %zu: %s", i, setting);
        ck_assert_int_eq(it.verdict.error, rows[i].error);
        ck_assert_int_eq(it.verdict.decision, rows[i].error ? DECIDE_FAIL : DECIDE_CALL);
        ck_assert_msg(it.verdict.why == rows[i].why && it.through == rows[i].through, "row %zu: %s", i, setting);
        it = accept_verdict(&without, &facts);
        ck_assert_msg(it.flags == rows[i].given_else, "row %zu: %s: %x", i, setting, (unsigned int)it.flags);
        ck_assert(!it.set_async && !it.set_owner && it.through == KEY_NONE);
        facts.is_accept4 = false;
        facts.asked = 0;
        it = accept_verdict(&with, &facts); /* none of this is accept's */
        ck_assert(it.flags == BOTH && it.set_async && it.set_owner && it.through == KEY_NONE);
    }
}
END_TEST

/* Flags that nobody knows are judged first, where the platform has them checked, and nothing else is. */
START_TEST(unknown_flags_of_accept4)
{
    struct accept_facts facts = {.is_accept4 = true,
                                 .asked = 1 | SOCK_CLOEXEC,
                                 .flags = O_NONBLOCK,
                                 .wants_address = true,
                                 .length = MEMORY_NULL,
                                 .posted = true};
    static const struct {
        const char *settings[5];
        int error, given;
    } rows[] = {
        {{"accept.accept4=emulate", "accept.bad_length_loss=no", "shutdown.accept_error=EDOM"}, 0, 1 | SOCK_CLOEXEC},
        {{"accept.accept4=emulate", "accept.accept4_unknown_flag=EXDEV"}, EXDEV, 1 | SOCK_CLOEXEC},
        {{"accept.accept4=ignore", "accept.accept4_unknown_flag=EXDEV"}, EXDEV, 1 | SOCK_CLOEXEC},
        {{"accept.accept4=emulate", "accept.accept4_unknown_flag=ignore", "accept.inherit_nonblock=yes"},
         0,
         SOCK_NONBLOCK | SOCK_CLOEXEC},
        {{"accept.accept4_unknown_flag=ignore", "accept.bad_length_loss=no"}, EFAULT, SOCK_CLOEXEC},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct accept_verdict it = accept_verdict(&profile, &facts);
        ck_assert_msg(it.verdict.error == rows[i].error, "row %zu: %d", i, it.verdict.error);
        ck_assert_msg(it.flags == rows[i].given, "row %zu: %x", i, (unsigned int)it.flags);
        ck_assert_int_eq(accept_flags_are_known(it.flags), !(rows[i].given & 1));
    }
}
END_TEST

START_TEST(posted_errors)
{
    struct profile profile = PROFILE("shutdown.accept_error=EXDEV");
    ck_assert(profile.needs.facts[CALL_accept][PHASE_BEFORE] & NEED_MARK);
    ck_assert_int_eq(accept_verdict(&profile, &(struct accept_facts){0}).verdict.decision, DECIDE_CALL);
    ck_assert_int_eq(accept_verdict(&profile, &(struct accept_facts){.posted = true}).verdict.error, EXDEV);
}
END_TEST

/* What costs a system call is asked for by its own keys only. */
START_TEST(needs_by_table)
{
    static const struct {
        const char *setting;
        bool flags, cloexec, length, address;
    } rows[] = {
        {"accept.inherit_nonblock=yes", true, false, false, false},
        {"accept.inherit_async=yes", true, false, false, false},
        {"accept.accept4=emulate", false, false, false, false},
        {"accept.timeout=no", false, false, false, false},
        {"accept.timeout=yes", false, false, false, false},
        {"accept.closed_queued_name=unnamed", false, false, true, false},
        {"accept.inherit_nonblock=no", false, false, false, false},
        {"accept.inherit_cloexec=yes", false, true, false, false},
        {"accept.null_length=ok", false, false, true, false},
        {"accept.bad_length=EXDEV", false, false, true, false},
        {"accept.bad_length_loss=no", false, false, true, false},
        {"accept.negative_length=ok", false, false, true, false},
        {"accept.negative_length_loss=no", false, false, true, false},
        {"accept.zero_length=ignore", false, false, true, false},
        {"accept.short_length=EXDEV", false, false, true, false},
        {"accept.returned_length=truncated", false, false, true, false},
        {"accept.unix_unnamed_length=16", false, false, true, false},
        {"accept.unix_peer=unnamed", false, false, true, false},
        {"accept.reset_queued_length=0", false, false, true, false},
        {"accept.bad_address_loss=no", false, false, true, true},
        {"accept.inherit_owner=yes", false, false, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        unsigned int expected = (rows[i].flags ? NEED_FLAGS : 0u) | (rows[i].cloexec ? NEED_CLOSE_ON_EXEC : 0u) |
                                (rows[i].length ? NEED_LENGTH : 0u) | (rows[i].address ? NEED_ADDRESS : 0u);
        ck_assert_msg(profile.needs.facts[CALL_accept][PHASE_BEFORE] == expected, "%s", rows[i].setting);
    }
}
END_TEST

START_TEST(options_by_table)
{
    static const struct {
        const char *setting;
        bool local;
        enum inheritance expected[OPTION_GROUPS]; /* basic, other, buffers, timeouts, lowat, nodelay, ip, keepalive */
    } rows[] = {
        {"accept.inherit_options_unix=all", true, {INHERIT_COPY, INHERIT_COPY}},
        {"accept.inherit_options_unix=some", true, {INHERIT_COPY}},
        {"accept.inherit_options_unix=none", true, {INHERIT_LEAVE}},
        {"accept.inherit_options_unix=all", false, {INHERIT_LEAVE}},
        {"accept.inherit_options_tcp=all", false, {INHERIT_LEAVE}},
        {"accept.inherit_buffers_unix=yes", true, {[OPTIONS_BUFFERS] = INHERIT_COPY}},
        {"accept.inherit_buffers_unix=no", true, {INHERIT_LEAVE}},
        {"accept.inherit_buffers_tcp=yes", false, {INHERIT_LEAVE}},
        {"accept.inherit_timeouts_unix=yes", true, {[OPTIONS_TIMEOUTS] = INHERIT_COPY}},
        {"accept.inherit_timeouts_unix=no", true, {INHERIT_LEAVE}},
        {"accept.inherit_timeouts_tcp=yes", false, {INHERIT_LEAVE}},
        {"accept.inherit_timeouts_tcp=no", false, {[OPTIONS_TIMEOUTS] = INHERIT_CLEAR}},
        {"accept.inherit_timeouts_tcp=no", true, {INHERIT_LEAVE}},
        {"accept.inherit_timeouts_tcp=early", false, {[OPTIONS_TIMEOUTS] = INHERIT_EARLY}},
        {"accept.inherit_timeouts_unix=early", true, {[OPTIONS_TIMEOUTS] = INHERIT_EARLY}},
        {"accept.inherit_timeouts_unix=early", false, {INHERIT_LEAVE}},
        {"accept.inherit_lowat_unix=yes", true, {[OPTIONS_LOWAT] = INHERIT_COPY}},
        {"accept.inherit_lowat_unix=no", true, {INHERIT_LEAVE}},
        {"accept.inherit_lowat_tcp=yes", false, {INHERIT_LEAVE}},
        {"accept.inherit_lowat_tcp=no", false, {[OPTIONS_LOWAT] = INHERIT_CLEAR}},
        {"accept.inherit_nodelay=no", false, {[OPTIONS_NODELAY] = INHERIT_CLEAR}},
        {"accept.inherit_nodelay=no", true, {INHERIT_LEAVE}},
        {"accept.inherit_nodelay=yes", false, {INHERIT_LEAVE}},
        {"accept.inherit_ip=no", false, {[OPTIONS_IP] = INHERIT_CLEAR}},
        {"accept.inherit_keepalive=no", false, {[OPTIONS_KEEPALIVE] = INHERIT_CLEAR}},
        {"accept.inherit_keepalive=no", true, {0}},
        {"accept.inherit_keepalive=yes", false, {0}},
        {"accept.inherit_ip=no", true, {INHERIT_LEAVE}},
        {"accept.inherit_ip=yes", false, {INHERIT_LEAVE}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        bool any = false;
        for (int group = 0; group < OPTION_GROUPS; group++) {
            enum inheritance it = accept_inheritance(&profile, rows[i].local, (enum option_group)group);
            ck_assert_msg(it == rows[i].expected[group], "row %zu: %s: group %d", i, rows[i].setting, group);
            any = any || it != INHERIT_LEAVE;
        }
        ck_assert(!any || needs_at_accepted(&profile, rows[i].local ? NEED_OPTIONS_UNIX : NEED_OPTIONS_TCP));
    }
    struct profile profile = PROFILE("accept.inherit_options_unix=none", "accept.inherit_nodelay=yes");
    ck_assert(profile.needs.phases[CALL_accept] == 0);
}
END_TEST

/* --- the program's memory --- */

START_TEST(memory_by_table)
{
    static const struct {
        const char *settings[4];
        enum memory length;
        int room;
        bool bad_address;
        enum passing passing;
        int error;   /* without a call */
        int becomes; /* of an error of the call */
    } rows[] = {
        {{"accept.null_length=kernel"}, MEMORY_NULL, 0, false, PASS_AS_IS, 0, 0},
        {{"accept.null_length=ok"}, MEMORY_NULL, 0, false, PASS_NEITHER, 0, 0},
        {{"accept.null_length=ok", "accept.bad_length_loss=no"}, MEMORY_NULL, 0, false, PASS_NEITHER, 0, 0},
        {{"accept.null_length=ok"}, MEMORY_BAD, 0, false, PASS_AS_IS, 0, 0},
        {{"accept.null_length=EXDEV"}, MEMORY_NULL, 0, false, PASS_AS_IS, 0, EXDEV},
        {{"accept.null_length=EXDEV", "accept.bad_length_loss=yes"}, MEMORY_NULL, 0, false, PASS_AS_IS, 0, EXDEV},
        {{"accept.null_length=EXDEV", "accept.bad_length_loss=no"}, MEMORY_NULL, 0, false, PASS_AS_IS, EXDEV, 0},
        {{"accept.bad_length=EXDEV"}, MEMORY_BAD, 0, false, PASS_AS_IS, 0, EXDEV},
        {{"accept.bad_length=EXDEV", "accept.bad_length_loss=no"}, MEMORY_BAD, 0, false, PASS_AS_IS, EXDEV, 0},
        {{"accept.bad_length=EXDEV", "accept.bad_length_loss=no"}, MEMORY_GOOD, 16, false, PASS_AS_IS, 0, 0},
        {{"accept.bad_length_loss=no"}, MEMORY_BAD, 0, false, PASS_AS_IS, EFAULT, 0},
        {{"accept.negative_length=ok"}, MEMORY_GOOD, -1, false, PASS_OWN_LENGTH, 0, 0},
        {{"accept.negative_length=EXDEV"}, MEMORY_GOOD, -1, false, PASS_AS_IS, 0, EXDEV},
        {{"accept.negative_length=EXDEV", "accept.negative_length_loss=no"},
         MEMORY_GOOD,
         -9,
         false,
         PASS_AS_IS,
         EXDEV,
         0},
        {{"accept.negative_length_loss=no"}, MEMORY_GOOD, -1, false, PASS_AS_IS, EINVAL, 0},
        {{"accept.negative_length=EXDEV", "accept.negative_length_loss=no"}, MEMORY_GOOD, 0, false, PASS_AS_IS, 0, 0},
        {{"accept.bad_address_loss=no"}, MEMORY_GOOD, 16, true, PASS_AS_IS, EFAULT, 0},
        {{"accept.bad_address_loss=no"}, MEMORY_GOOD, 16, false, PASS_AS_IS, 0, 0},
        {{"accept.bad_address_loss=no"}, MEMORY_GOOD, 0, true, PASS_AS_IS, 0, 0},
        {{"accept.bad_address_loss=leak"}, MEMORY_GOOD, 16, true, PASS_NEITHER, 0, 0},
        {{"accept.bad_address_loss=yes"}, MEMORY_GOOD, 16, true, PASS_AS_IS, 0, 0},
        {{"accept.zero_length=ignore"}, MEMORY_GOOD, 0, false, PASS_NEITHER, 0, 0},
        {{"accept.zero_length=ignore"}, MEMORY_GOOD, 1, false, PASS_AS_IS, 0, 0},
        {{"accept.zero_length=ok"}, MEMORY_GOOD, 0, false, PASS_AS_IS, 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct accept_facts facts = {.wants_address = true,
                                     .length = rows[i].length,
                                     .room = rows[i].room,
                                     .address_is_bad = rows[i].bad_address};
        struct accept_verdict it = accept_verdict(&profile, &facts);
        ck_assert_msg(it.verdict.error == rows[i].error, "row %zu: %s", i, rows[i].settings[0]);
        ck_assert_int_eq(it.verdict.decision, rows[i].error ? DECIDE_FAIL : DECIDE_CALL);
        ck_assert_msg(it.passing == rows[i].passing, "row %zu: %s", i, rows[i].settings[0]);
        ck_assert_int_eq(it.memory_error, rows[i].becomes);
        ck_assert_int_eq(it.leaks, rows[i].passing == PASS_NEITHER && rows[i].bad_address);
        facts.wants_address = false;
        it = accept_verdict(&profile, &facts);
        ck_assert(it.verdict.decision == DECIDE_CALL && it.passing == PASS_AS_IS && !it.memory_error);
    }
}
END_TEST

START_TEST(addresses_by_table)
{
    static const struct {
        const char *settings[3];
        bool local;
        socklen_t length, room, returned, filled;
        int error;
        enum end end;
        socklen_t kept; /* 0: not looked at */
    } rows[] = {
        {{"accept.returned_length=actual"}, false, 16, 4, 16, 4, 0, END_NONE, 0},
        {{"accept.returned_length=truncated"}, false, 16, 4, 4, 4, 0, END_NONE, 0},
        {{"accept.returned_length=truncated"}, false, 16, 0, 0, 0, 0, END_NONE, 0},
        {{"accept.returned_length=truncated"}, false, 16, 128, 16, 16, 0, END_NONE, 0},
        {{"accept.zero_length=EXDEV"}, false, 16, 0, 16, 0, EXDEV, END_NONE, 0},
        {{"accept.zero_length=EXDEV"}, false, 16, 1, 16, 1, 0, END_NONE, 0},
        {{"accept.short_length=EXDEV"}, false, 16, 15, 16, 15, EXDEV, END_NONE, 0},
        {{"accept.short_length=EXDEV"}, false, 16, 16, 16, 16, 0, END_NONE, 0},
        {{"accept.short_length=EXDEV"}, false, 16, 0, 16, 0, 0, END_NONE, 0},
        {{"accept.unix_unnamed_length=16"}, true, 2, 110, 16, 16, 0, END_NONE, 0},
        {{"accept.unix_unnamed_length=16"}, true, 2, 8, 16, 8, 0, END_NONE, 0},
        {{"accept.unix_unnamed_length=16", "accept.returned_length=truncated"}, true, 2, 8, 8, 8, 0, END_NONE, 0},
        {{"accept.unix_unnamed_length=16"}, true, 9, 110, 9, 9, 0, END_NONE, 0},
        {{"accept.unix_unnamed_length=2"}, true, 2, 110, 2, 2, 0, END_NONE, 0},
        {{"accept.unix_peer=unnamed"}, true, 9, 110, 2, 2, 0, END_NONE, 0},
        {{"accept.unix_peer=unnamed"}, false, 16, 110, 16, 16, 0, END_NONE, 0},
        {{"accept.unix_peer=named"}, true, 9, 110, 9, 9, 0, END_NONE, 0},
        {{"accept.unix_peer=unnamed", "accept.unix_unnamed_length=16"}, true, 20, 110, 16, 16, 0, END_NONE, 2},
        {{"accept.unix_peer=unnamed", "accept.unix_unnamed_length=16"}, true, 20, 1, 16, 1, 0, END_NONE, 1},
        {{"accept.closed_queued_name=unnamed"}, true, 9, 110, 9, 9, 0, END_NONE, 9},
        {{"accept.closed_queued_name=unnamed"}, true, 9, 110, 2, 2, 0, END_CLOSED, 2},
        {{"accept.closed_queued_name=unnamed"}, false, 16, 110, 16, 16, 0, END_CLOSED, 16},
        {{"accept.closed_queued_name=named"}, true, 9, 110, 9, 9, 0, END_CLOSED, 9},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct address_verdict it =
            accepted_address_verdict(&profile, rows[i].local, rows[i].end, rows[i].length, rows[i].room);
        ck_assert_msg(it.verdict.error == rows[i].error, "row %zu: %s", i, rows[i].settings[0]);
        ck_assert_msg(it.length == rows[i].returned, "row %zu: %s: %u", i, rows[i].settings[0], it.length);
        ck_assert_msg(it.filled == rows[i].filled, "row %zu: %s: %u", i, rows[i].settings[0], it.filled);
        ck_assert_msg(it.kept <= it.filled, "row %zu", i);
        ck_assert_msg(!rows[i].kept || it.kept == rows[i].kept, "row %zu: %s: %u", i, rows[i].settings[0], it.kept);
    }
}
END_TEST

/* --- failures of the kernel's --- */

START_TEST(failures_by_table)
{
    enum state { IDLE, LISTENING, LISTENER_ENDED, SHUT, LISTENER_SHUT }; /* ended: shut for receiving alone */
    static const struct {
        const char *setting;
        int domain, type;
        enum state state;
        bool queued;
        int kernel, error; /* 0: left as it is; -1: to be waited for */
    } rows[] = {
        {"accept.not_listening_inet=EXDEV", AF_INET, SOCK_STREAM, IDLE, false, EINVAL, EXDEV},
        {"accept.not_listening_inet=EXDEV", AF_INET6, SOCK_STREAM, IDLE, false, EINVAL, EXDEV},
        {"accept.not_listening_inet=EXDEV", AF_UNIX, SOCK_STREAM, IDLE, false, EINVAL, 0},
        {"accept.not_listening_inet=EXDEV", AF_INET, SOCK_STREAM, LISTENING, false, EINVAL, 0},
        {"accept.not_listening_unix=EXDEV", AF_UNIX, SOCK_STREAM, IDLE, false, EINVAL, EXDEV},
        {"accept.not_listening_unix=EXDEV", AF_INET, SOCK_STREAM, IDLE, false, EINVAL, 0},
        {"accept.datagram=EXDEV", AF_INET, SOCK_DGRAM, IDLE, false, EOPNOTSUPP, EXDEV},
        {"accept.datagram=EXDEV", AF_UNIX, SOCK_DGRAM, IDLE, false, EOPNOTSUPP, EXDEV},
        {"accept.datagram=EXDEV", AF_UNIX, SOCK_STREAM, IDLE, false, EINVAL, 0},
        {"accept.no_descriptor_empty=EXDEV", AF_INET, SOCK_STREAM, LISTENING, false, EMFILE, EXDEV},
        {"accept.no_descriptor_empty=EXDEV", AF_INET, SOCK_STREAM, LISTENING, false, ENFILE, EXDEV},
        {"accept.no_descriptor_empty=EXDEV", AF_INET, SOCK_STREAM, LISTENING, true, EMFILE, 0},
        {"accept.no_descriptor_empty=EXDEV", AF_INET, SOCK_STREAM, IDLE, false, EMFILE, 0},
        {"accept.no_descriptor_empty=wait", AF_UNIX, SOCK_STREAM, LISTENING, false, EMFILE, -1},
        {"accept.no_descriptor_empty=wait", AF_UNIX, SOCK_STREAM, LISTENING, true, EMFILE, 0},
        {"accept.no_descriptor_not_listening=EXDEV", AF_INET, SOCK_STREAM, IDLE, false, EMFILE, EXDEV},
        {"accept.no_descriptor_not_listening=EXDEV", AF_INET, SOCK_DGRAM, IDLE, false, EMFILE, EXDEV},
        {"accept.bad_descriptor=EXDEV", AF_UNSPEC, 0, IDLE, false, EBADF, EXDEV},
        {"accept.bad_descriptor=EXDEV", AF_INET, SOCK_STREAM, IDLE, false, EINVAL, 0},
        {"accept.no_descriptor_not_listening=EXDEV", AF_INET, SOCK_STREAM, LISTENING, false, EMFILE, 0},
        {"shutdown.accept_after=EXDEV", AF_INET, SOCK_STREAM, LISTENER_SHUT, false, EINVAL, EXDEV},
        {"shutdown.accept_after=EXDEV", AF_INET, SOCK_STREAM, LISTENER_ENDED, false, EINVAL, EXDEV},
        {"shutdown.accept_after=EXDEV", AF_INET, SOCK_STREAM, SHUT, false, EINVAL, 0},
        {"shutdown.accept_after=EXDEV", AF_UNIX, SOCK_STREAM, SHUT, false, EINVAL, 0},
        {"shutdown.accept_after=EXDEV", AF_INET, SOCK_STREAM, IDLE, false, EINVAL, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = {.domain = rows[i].domain,
                              .type = rows[i].type,
                              .listening = rows[i].state == LISTENING,
                              .was_listening = rows[i].state == LISTENER_SHUT || rows[i].state == LISTENER_ENDED,
                              .shut_down = rows[i].state >= SHUT};
        struct verdict it = accept_failed_verdict(&profile, &facts, rows[i].queued, rows[i].kernel);
        enum decision decision = rows[i].error > 0 ? DECIDE_FAIL : rows[i].error < 0 ? DECIDE_WAIT : DECIDE_CALL;
        ck_assert_msg(it.decision == decision, "row %zu: %s", i, rows[i].setting);
        ck_assert_int_eq(it.error, rows[i].error > 0 ? rows[i].error : 0);
        ck_assert(decision == DECIDE_CALL || needs_after(&profile.needs, CALL_accept, rows[i].kernel));
        ck_assert(!needs_after(&profile.needs, CALL_accept, EAGAIN));
    }
    struct profile profile;
    profile_reset(&profile);
    for (int error = 1; error < 134; error++)
        ck_assert(!needs_after(&profile.needs, CALL_accept, error));
}
END_TEST

/* --- connections that ended in the queue --- */

START_TEST(ends_by_table)
{
    static const struct {
        const char *setting;
        enum end end;
        enum decision decision;
        int error;
    } rows[] = {
        {"accept.reset_queued=kernel", END_RESET, DECIDE_CALL, 0},
        {"accept.reset_queued=deliver", END_RESET, DECIDE_CALL, 0},
        {"accept.reset_queued=skip", END_RESET, DECIDE_SKIP, 0},
        {"accept.reset_queued=ECONNABORTED", END_RESET, DECIDE_FAIL, ECONNABORTED},
        {"accept.reset_queued=EPROTO", END_RESET, DECIDE_FAIL, EPROTO},
        {"accept.reset_queued=EPROTO", END_CLOSED, DECIDE_CALL, 0},
        {"accept.closed_queued_unix=deliver", END_CLOSED, DECIDE_CALL, 0},
        {"accept.closed_queued_unix=skip", END_CLOSED, DECIDE_SKIP, 0},
        {"accept.closed_queued_unix=ECONNABORTED", END_CLOSED, DECIDE_FAIL, ECONNABORTED},
        {"accept.closed_queued_unix=ECONNABORTED", END_RESET, DECIDE_CALL, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct verdict it = accepted_verdict(&profile, rows[i].end);
        ck_assert_int_eq(accepted_verdict(&profile, END_NONE).decision, DECIDE_CALL);
        ck_assert_msg(it.decision == rows[i].decision, "row %zu: %s", i, rows[i].setting);
        ck_assert_int_eq(it.error, rows[i].error);
        bool acts = !strstr(rows[i].setting, "kernel") && !strstr(rows[i].setting, "deliver");
        bool local = strstr(rows[i].setting, "closed");
        ck_assert_int_eq(needs_at_accepted(&profile, NEED_CONNECTION), acts && !local);
        ck_assert_int_eq(needs_at_accepted(&profile, NEED_PEER_GONE), acts && local);
        ck_assert_int_eq(it.why != KEY_NONE, rows[i].decision != DECIDE_CALL);
    }
}
END_TEST

/* One that listen had reset is never delivered, whatever the platform makes of those that their clients reset. */
START_TEST(shortened_queues)
{
    static const char *const resets[] = {"accept.reset_queued=deliver", "accept.reset_queued=skip",
                                         "accept.reset_queued=ECONNABORTED"};
    for (size_t i = 0; i < COUNT(resets); i++) {
        struct profile profile = PROFILE(resets[i], "listen.relisten_excess=reset");
        struct verdict it = accepted_verdict(&profile, END_SHORTENED);
        ck_assert_int_eq(it.decision, DECIDE_SKIP);
        ck_assert_int_eq(it.error, 0);
        ck_assert_int_eq(it.why, KEY_listen_relisten_excess);
        ck_assert(needs_at_accepted(&profile, NEED_EXCESS));
        ck_assert_int_ne(accepted_verdict(&profile, END_RESET).why, KEY_listen_relisten_excess);
        ck_assert_int_eq(accepted_verdict(&profile, END_NONE).decision, DECIDE_CALL);
        profile = PROFILE(resets[i], "listen.relisten_excess=keep");
        ck_assert(!needs_at_accepted(&profile, NEED_EXCESS));
        ck_assert_int_eq(needs_at_accepted(&profile, NEED_CONNECTION), i > 0);
    }
}
END_TEST

START_TEST(options_as_they_were_at_listen)
{
    ck_assert_int_eq(early_inheritance(false, false), INHERIT_LEAVE);
    ck_assert_int_eq(early_inheritance(false, true), INHERIT_CLEAR);
    ck_assert_int_eq(early_inheritance(true, false), INHERIT_COPY);
    ck_assert_int_eq(early_inheritance(true, true), INHERIT_LEAVE);
    struct profile tcp = PROFILE("accept.inherit_timeouts_tcp=early");
    struct profile local = PROFILE("accept.inherit_timeouts_unix=early");
    struct profile neither = PROFILE("accept.inherit_timeouts_tcp=no", "accept.inherit_timeouts_unix=yes");
    ck_assert_int_eq(late_timeout_mark(&tcp, SOL_SOCKET, SO_RCVTIMEO), MARK_LATE_RECEIVE);
    ck_assert_int_eq(late_timeout_mark(&local, SOL_SOCKET, SO_SNDTIMEO), MARK_LATE_SEND);
    ck_assert_int_eq(late_timeout_mark(&local, SOL_SOCKET, SO_SNDBUF), 0);
    ck_assert_int_eq(late_timeout_mark(&local, IPPROTO_TCP, SO_SNDTIMEO), 0);
    ck_assert_int_eq(late_timeout_mark(&neither, SOL_SOCKET, SO_RCVTIMEO), 0);
}
END_TEST

/* A name that is forgotten is a reason to look, though the connection is delivered. */
START_TEST(names_of_closed_clients)
{
    struct profile profile = PROFILE("accept.closed_queued_name=unnamed");
    ck_assert(needs_at_accepted(&profile, NEED_PEER_GONE));
    ck_assert_int_eq(accepted_verdict(&profile, END_CLOSED).decision, DECIDE_CALL);
    profile = PROFILE("accept.closed_queued_name=named");
    ck_assert_int_eq(profile.needs.phases[CALL_accept], 0);
}
END_TEST

START_TEST(time_outs)
{
    struct profile without = PROFILE("accept.timeout=no"), with = PROFILE("accept.timeout=yes");
    ck_assert(!accept_times_out(&without) && accept_times_out(&with));
    ck_assert(accept_outlasts(&without, O_RDWR) && !accept_outlasts(&without, O_RDWR | O_NONBLOCK));
    ck_assert(!accept_outlasts(&with, O_RDWR));
    with = PROFILE("accept.timeout=kernel");
    ck_assert(accept_times_out(&with) && !accept_outlasts(&with, O_RDWR));
}
END_TEST

/* --- the plan --- */

/* As profiles are, and with what none of them has. */
static const char *const planned[][3] = {
    {"accept.inherit_nonblock=yes"},
    {"accept.inherit_nonblock=yes", "accept.inherit_owner=yes", "accept.reset_queued=skip"},
    {"accept.inherit_nonblock=yes", "accept.accept4=emulate"},
    {"accept.inherit_nonblock=yes", "accept.accept4=inherit"},
    {"accept.inherit_nonblock=yes", "accept.accept4=ignore"},
    {"accept.accept4=ENOSYS"},
    {"listen.relisten_excess=reset"},
    {"listen.relisten_excess=reset", "accept.inherit_nonblock=yes"},
    {"accept.inherit_async=yes", "accept.bad_address_loss=leak", "accept.negative_length=ok"},
};

static bool is_answer(const struct accept_answer *answer, const struct accept_verdict *it)
{
    bool is_call = it->verdict.decision == DECIDE_CALL;
    return is_call ? answer->flags == it->flags && answer->why == it->verdict.why && answer->through == it->through &&
                         it->passing == PASS_AS_IS && !it->set_async && !it->leaks && !it->memory_error
                   : answer->flags < 0;
}

/* Whatever else a usual call is like, the rules say of it what the plan says. */
START_TEST(a_plan_is_what_the_rules_say)
{
    static const int asked[] = {0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC};
    static const int flags[] = {0, O_NONBLOCK, O_RDWR, O_RDWR | O_NONBLOCK, O_RDWR | O_APPEND};
    static const int rooms[] = {16, 28, 110, 128};
    for (size_t i = 0; i < COUNT(planned); i++)
        for (enum call call = CALL_accept; call <= CALL_accept4; call++) {
            struct profile profile = PROFILE(planned[i][0], planned[i][1], planned[i][2]);
            struct accept_plan plan = accept_plan_of(&profile, call);
            for (size_t k = 0; plan.is_made && k < COUNT(asked) * COUNT(flags) * COUNT(rooms) * 2; k++) {
                struct accept_facts facts = {.is_accept4 = call == CALL_accept4,
                                             .asked = call == CALL_accept4 ? asked[k % 4] : 0,
                                             .flags = flags[k / 4 % COUNT(flags)],
                                             .room = rooms[k / 4 / COUNT(flags) % 4],
                                             .wants_address = k / 16 / COUNT(flags)};
                struct accept_verdict it = accept_verdict(&profile, &facts);
                ck_assert_msg(is_answer(accept_plan_answer(&plan, facts.asked, facts.flags), &it), "%zu, %zu", i, k);
            }
        }
}
END_TEST

START_TEST(a_plan_asks_what_the_profile_needs)
{
    struct profile profile = PROFILE("accept.inherit_nonblock=yes");
    struct accept_plan plan = accept_plan_of(&profile, CALL_accept);
    ck_assert(plan.is_made && plan.asks_flags && !plan.asks_before && !plan.asks_after && !plan.asks_peer);
    profile = PROFILE("accept.reset_queued=ECONNABORTED");
    plan = accept_plan_of(&profile, CALL_accept);
    ck_assert(plan.is_made && !plan.asks_flags && plan.asks_peer);
    profile = PROFILE("listen.relisten_excess=reset");
    plan = accept_plan_of(&profile, CALL_accept);
    ck_assert(plan.is_made && plan.asks_after && !plan.flags_tell);
    profile = PROFILE("listen.relisten_excess=reset", "accept.inherit_nonblock=yes");
    plan = accept_plan_of(&profile, CALL_accept);
    ck_assert(plan.is_made && plan.asks_after && plan.flags_tell);
    profile = PROFILE("listen.relisten_excess=reset", "accept.inherit_nonblock=yes", "accept.inherit_owner=yes");
    plan = accept_plan_of(&profile, CALL_accept);
    ck_assert(plan.is_made && plan.asks_after && !plan.flags_tell);
    profile = PROFILE("accept.inherit_cloexec=yes");
    ck_assert(!accept_plan_of(&profile, CALL_accept).is_made);
    profile = PROFILE("listen.backlog_max=5");
    ck_assert(!accept_plan_of(&profile, CALL_accept).is_made);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("accept rules");
    TCase *whole = tcase_create("accept");
    tcase_add_test(whole, flags_by_table);
    tcase_add_test(whole, accept4_by_table);
    tcase_add_test(whole, unknown_flags_of_accept4);
    tcase_add_test(whole, posted_errors);
    tcase_add_test(whole, needs_by_table);
    tcase_add_test(whole, options_by_table);
    tcase_add_test(whole, memory_by_table);
    tcase_add_test(whole, addresses_by_table);
    tcase_add_test(whole, failures_by_table);
    tcase_add_test(whole, ends_by_table);
    tcase_add_test(whole, shortened_queues);
    tcase_add_test(whole, options_as_they_were_at_listen);
    tcase_add_test(whole, names_of_closed_clients);
    tcase_add_test(whole, time_outs);
    tcase_add_test(whole, a_plan_is_what_the_rules_say);
    tcase_add_test(whole, a_plan_asks_what_the_profile_needs);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
