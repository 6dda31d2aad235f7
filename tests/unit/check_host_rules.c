/* The kernel-wide settings by table. */
#include <check.h>
#include <limits.h>

#include "../../shim/rules/host.h"
#include "../suite.h"
#include "profile_fixture.h"

#define EVERY(rows) (sizeof(rows) / sizeof *(rows))

#define LEFT                                                                                                           \
    {                                                                                                                  \
        HOST_LEFT, HOST_LEFT, HOST_LEFT, HOST_LEFT                                                                     \
    }

START_TEST(settings_by_table)
{
    static const struct {
        const char *setting;
        struct host_settings expected;
    } rows[] = {
        {"host.somaxconn=kernel", LEFT},
        {"host.somaxconn=5", {5, HOST_LEFT, HOST_LEFT, HOST_LEFT}},
        {"host.unprivileged_port=kernel", LEFT},
        {"host.unprivileged_port=0", {HOST_LEFT, 0, HOST_LEFT, HOST_LEFT}},
        {"host.unprivileged_port=1024", {HOST_LEFT, 1024, HOST_LEFT, HOST_LEFT}},
        {"host.syncookies=kernel", LEFT},
        {"host.syncookies=no", {HOST_LEFT, HOST_LEFT, 0, HOST_LEFT}},
        {"host.syncookies=yes", {HOST_LEFT, HOST_LEFT, 1, HOST_LEFT}},
        {"host.syn_backlog=kernel", LEFT},
        {"host.syn_backlog=128", {HOST_LEFT, HOST_LEFT, HOST_LEFT, 128}},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct host_settings it = host_settings(&profile, 4096), expected = rows[i].expected;
        ck_assert_msg(memcmp(&it, &expected, sizeof it) == 0, "%s: %d %d %d %d", rows[i].setting, it.somaxconn,
                      it.unprivileged_port, it.syncookies, it.syn_backlog);
    }
}
END_TEST

/* Where the kernel allows 100. */
START_TEST(a_longer_queue_raises_the_limit)
{
    static const struct {
        const char *settings[4];
        int longest, somaxconn;
    } rows[] = {
        {{"listen.backlog_max=kernel"}, 0, HOST_LEFT},
        {{"listen.backlog_max=100"}, 101, HOST_LEFT},
        {{"listen.backlog_max=101"}, 102, 101},
        {{"listen.backlog_max=101", "host.somaxconn=50"}, 102, 101},
        {{"listen.backlog_max=101", "host.somaxconn=200"}, 102, 200},
        {{"listen.backlog_max=101", "host.somaxconn=50", "host.somaxconn_live=yes"}, 102, 50},
        {{"listen.backlog_max=101", "host.somaxconn_live=yes"}, 102, HOST_LEFT},
        {{"listen.backlog_max=101", "host.somaxconn=50", "host.somaxconn_live=no"}, 102, 101},
        {{"listen.backlog_max=60", "host.somaxconn=50"}, 61, 60},
        {{"listen.backlog_max=101", "listen.capacity_tcp=3/2 b + 1"}, 152, 151},
        {{"listen.backlog_max=10", "listen.capacity_unix=12 b"}, 120, 119},
        {{"listen.backlog_max=10", "listen.backlog_max_unix=300"}, 301, 300},
        {{"listen.backlog_max_unix=2147483647", "listen.capacity_unix=b"}, INT_MAX, INT_MAX - 1},
        {{"listen.backlog_max=10", "listen.backlog_excess=EINVAL", "listen.capacity_tcp=20 b"}, 200, 199},
        {{"listen.backlog_max=10", "listen.backlog_negative=400"}, 401, 400},
        {{"listen.backlog_max=10", "listen.backlog_zero=400"}, 401, 400},
        {{"listen.backlog_max=10", "listen.backlog_min=400"}, 401, 400},
        {{"listen.backlog_floor=400"}, 401, 400},
        {{"listen.capacity_unix=unlimited"}, INT_MAX, INT_MAX - 1},
        {{"listen.backlog_max=200", "listen.capacity_tcp=b", "listen.overflow_tcp=refuse"}, 201, 200},
        {{"listen.backlog_max=200", "listen.capacity_tcp=b", "listen.overflow_tcp=reset"}, 201, 200},
        {{"listen.backlog_max=10", "listen.overflow_tcp=refuse"}, 11, HOST_LEFT},
        {{"listen.backlog_max=10", "listen.overflow_tcp=refuse", "host.somaxconn=10"}, 11, 10},
        {{"listen.capacity_tcp=b", "listen.overflow_tcp=refuse"}, INT_MAX, INT_MAX - 1},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        int longest = longest_queue(&profile, 100), somaxconn = host_settings(&profile, 100).somaxconn;
        ck_assert_msg(longest == rows[i].longest, "row %zu: %d connections", i, longest);
        ck_assert_msg(somaxconn == rows[i].somaxconn, "row %zu: somaxconn %d", i, somaxconn);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host rules");
    TCase *whole = tcase_create("host");
    tcase_add_test(whole, settings_by_table);
    tcase_add_test(whole, a_longer_queue_raises_the_limit);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
