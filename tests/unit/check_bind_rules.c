/* The rules of bind by table: what each key's values make of an address, a length, a port that others have.
 */
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "../../shim/rules/bind.h"
#include "../../shim/rules/bind_port.h"
#include "../suite.h"
#include "profile_fixture.h"

#define EVERY(rows) (sizeof(rows) / sizeof *(rows))

static struct facts facts_of(int domain, int type)
{
    return (struct facts){.domain = domain, .type = type};
}

/* --- before the address is looked at --- */

START_TEST(lengths_by_table)
{
    static const struct {
        const char *setting;
        int domain;
        bool null;
        socklen_t length;
        int error;
    } rows[] = {
        {"bind.negative_address=EXDEV", AF_INET, false, (socklen_t)-1, EXDEV},
        {"bind.negative_address=EXDEV", AF_UNIX, false, 0x80000000u, EXDEV},
        {"bind.negative_address=EXDEV", AF_INET, false, 0x7fffffff, 0},
        {"bind.negative_address=kernel", AF_INET, false, (socklen_t)-1, 0},
        {"bind.huge_address=EXDEV", AF_INET6, false, 256, EXDEV},
        {"bind.huge_address=EXDEV", AF_UNIX, true, 0x7fffffff, EXDEV},
        {"bind.huge_address=EXDEV", AF_INET, false, 255, 0},
        {"bind.huge_address=EXDEV", AF_INET, false, (socklen_t)-1, 0},
        {"bind.huge_address=EXDEV", AF_NETLINK, false, 256, 0},
        {"bind.no_family=EXDEV", AF_INET, false, 0, EXDEV},
        {"bind.no_family=EXDEV", AF_UNIX, false, 1, EXDEV},
        {"bind.no_family=EXDEV", AF_INET, false, 2, 0},
        {"bind.null_address=EXDEV", AF_INET, true, 16, EXDEV},
        {"bind.null_address=EXDEV", AF_UNIX, true, 110, EXDEV},
        {"bind.null_address=EXDEV", AF_INET, true, 0, 0},
        {"bind.null_address=EXDEV", AF_INET, false, 16, 0},
        {"bind.null_address=kernel", AF_INET, true, 16, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = facts_of(rows[i].domain, SOCK_STREAM);
        struct verdict it = bind_length_verdict(&profile, &facts, rows[i].null, rows[i].length);
        ck_assert_msg(it.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        ck_assert_int_eq(it.decision, rows[i].error ? DECIDE_FAIL : DECIDE_CALL);
    }
}
END_TEST

static struct bind_verdict bind_inet(const struct profile *profile, int domain, int family, socklen_t length)
{
    struct sockaddr_storage address = {.ss_family = (sa_family_t)family};
    ((struct sockaddr_in *)&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct facts facts = {.domain = domain, .type = SOCK_STREAM};
    return bind_verdict(profile, &facts, (struct sockaddr *)&address, length);
}

START_TEST(bind_of_inet_addresses)
{
    static const struct {
        const char *setting;
        int domain, family;
        socklen_t length;
        int error;
    } rows[] = {
        {"bind.wrong_family_inet=EXDEV", AF_INET, AF_INET6, 28, EXDEV},
        {"bind.wrong_family_inet=EXDEV", AF_INET, AF_UNSPEC, 16, EXDEV},
        {"bind.wrong_family_inet=EXDEV", AF_INET6, AF_INET, 28, EXDEV},
        {"bind.wrong_family_inet=EXDEV", AF_INET, AF_INET, 16, 0},
        {"bind.wrong_family_inet=kernel", AF_INET, AF_INET6, 28, 0},
        {"bind.wrong_family_inet6=EXDEV", AF_INET6, AF_INET, 28, EXDEV},
        {"bind.wrong_family_inet6=EXDEV", AF_INET, AF_INET6, 28, 0},
        {"bind.wrong_family_inet6=same", AF_INET6, AF_INET, 28, 0},
        {"bind.family_first=yes", AF_INET, AF_INET6, 28, EAFNOSUPPORT},
        {"bind.family_first=yes", AF_INET6, AF_INET, 16, EAFNOSUPPORT},
        {"bind.family_first=yes", AF_INET, AF_UNIX, 4, EAFNOSUPPORT},
        {"bind.family_first=yes", AF_INET, AF_INET, 4, 0},
        {"bind.family_first=no", AF_INET6, AF_INET, 16, 0},
        {"bind.short_address=EXDEV", AF_INET, AF_INET, 15, EXDEV},
        {"bind.short_address=EXDEV", AF_INET, AF_INET, 0, EXDEV},
        {"bind.short_address=EXDEV", AF_INET, AF_INET, 16, 0},
        {"bind.short_address=EXDEV", AF_INET6, AF_INET6, 23, EXDEV},
        {"bind.short_address=EXDEV", AF_INET6, AF_INET6, 24, 0},
        {"bind.long_address=EXDEV", AF_INET, AF_INET, 17, EXDEV},
        {"bind.long_address=EXDEV", AF_INET, AF_INET, 16, 0},
        {"bind.long_address=EXDEV", AF_INET6, AF_INET6, 29, EXDEV},
        {"bind.long_address=EXDEV", AF_INET6, AF_INET6, 24, EXDEV},
        {"bind.long_address=EXDEV", AF_INET6, AF_INET6, 28, 0},
        {"bind.long_address=EXDEV", AF_INET6, AF_INET6, 23, 0},
        {"bind.long_address=ok", AF_INET, AF_INET, 128, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct bind_verdict it = bind_inet(&profile, rows[i].domain, rows[i].family, rows[i].length);
        ck_assert_msg(it.verdict.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
        ck_assert_int_eq(it.verdict.decision, rows[i].error ? DECIDE_FAIL : DECIDE_CALL);
        ck_assert(!it.own_family);
    }
}
END_TEST

START_TEST(bind_that_ignores_the_family)
{
    struct profile profile = PROFILE("bind.wrong_family_inet=ignore");
    struct bind_verdict it = bind_inet(&profile, AF_INET, 77, 16);
    ck_assert_int_eq(it.verdict.decision, DECIDE_CALL);
    ck_assert(it.own_family);
    ck_assert(!bind_inet(&profile, AF_INET, AF_INET, 16).own_family);
}
END_TEST

/* AF_UNSPEC with 0.0.0.0 is a case of its own: Linux takes it as AF_INET. */
START_TEST(bind_to_the_unspecified_wildcard)
{
    static const struct {
        const char *setting;
        int error;
    } rows[] = {
        {"bind.wrong_family_inet=EXDEV", 0},
        {"bind.unspec_wildcard=EXDEV", EXDEV},
        {"bind.unspec_wildcard=ok", 0},
        {"bind.unspec_wildcard=kernel", 0},
    };
    struct sockaddr_in address = {.sin_family = AF_UNSPEC};
    struct facts facts = facts_of(AF_INET, SOCK_STREAM);
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct bind_verdict it = bind_verdict(&profile, &facts, (struct sockaddr *)&address, sizeof address);
        ck_assert_msg(it.verdict.error == rows[i].error, "%s", rows[i].setting);
        ck_assert(!it.own_family);
    }
}
END_TEST

START_TEST(places_by_table)
{
    static const struct {
        const char *setting;
        in_addr_t place;
        int type, error;
    } rows[] = {
        {"bind.loopback_net=EXDEV", 0x7f000002, SOCK_STREAM, EXDEV},
        {"bind.loopback_net=EXDEV", 0x7fffffff, SOCK_DGRAM, EXDEV},
        {"bind.loopback_net=EXDEV", 0x7f000001, SOCK_STREAM, 0},
        {"bind.loopback_net=EXDEV", 0x80000002, SOCK_STREAM, 0},
        {"bind.loopback_net=ok", 0x7f000002, SOCK_STREAM, 0},
        {"bind.multicast_tcp=EXDEV", 0xe0000001, SOCK_STREAM, EXDEV},
        {"bind.multicast_tcp=EXDEV", 0xefffffff, SOCK_STREAM, EXDEV},
        {"bind.multicast_tcp=EXDEV", 0xe0000001, SOCK_DGRAM, 0},
        {"bind.multicast_tcp=EXDEV", 0xffffffff, SOCK_STREAM, 0},
        {"bind.multicast_tcp=ok", 0xe0000001, SOCK_STREAM, 0},
        {"bind.broadcast_tcp=EXDEV", 0xffffffff, SOCK_STREAM, EXDEV},
        {"bind.broadcast_tcp=EXDEV", 0xffffffff, SOCK_DGRAM, 0},
        {"bind.broadcast_tcp=EXDEV", 0xe0000001, SOCK_STREAM, 0},
        {"bind.broadcast_tcp=ok", 0xffffffff, SOCK_STREAM, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = facts_of(AF_INET, rows[i].type);
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(rows[i].place)};
        struct bind_verdict it = bind_verdict(&profile, &facts, (struct sockaddr *)&address, sizeof address);
        ck_assert_msg(it.verdict.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
    }
}
END_TEST

START_TEST(low_ports_by_table)
{
    static const struct {
        const char *setting;
        bool wildcard;
        uint16_t port;
        int error, platform;
    } rows[] = {
        {"bind.low_port=EPERM", false, 80, EACCES, EPERM},
        {"bind.low_port=EPERM", false, 1023, EACCES, EPERM},
        {"bind.low_port=EPERM", false, 1024, EACCES, 0},
        {"bind.low_port=EPERM", true, 80, EACCES, 0},
        {"bind.low_port=EPERM", false, 80, EADDRINUSE, 0},
        {"bind.low_port=kernel", false, 80, EACCES, 0},
        {"bind.low_port_wildcard=EPERM", true, 80, EACCES, EPERM},
        {"bind.low_port_wildcard=EPERM", false, 80, EACCES, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts four = facts_of(AF_INET, SOCK_STREAM), six = facts_of(AF_INET6, SOCK_STREAM);
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(rows[i].port)};
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = in.sin_port};
        in.sin_addr.s_addr = htonl(rows[i].wildcard ? INADDR_ANY : INADDR_LOOPBACK);
        in6.sin6_addr = rows[i].wildcard ? in6addr_any : in6addr_loopback;
        int error = bind_failed_verdict(&profile, &four, (struct sockaddr *)&in, rows[i].error).error;
        ck_assert_msg(error == rows[i].platform, "row %zu: %s", i, rows[i].setting);
        error = bind_failed_verdict(&profile, &six, (struct sockaddr *)&in6, rows[i].error).error;
        ck_assert_msg(error == rows[i].platform, "row %zu: %s", i, rows[i].setting);
    }
}
END_TEST

START_TEST(bind_twice)
{
    struct profile profile = PROFILE("bind.bound=EXDEV");
    const int domains[] = {AF_INET, AF_INET6, AF_UNIX};
    struct sockaddr_storage address = {0};
    for (int i = 0; i < 3; i++) {
        struct facts facts = facts_of(domains[i], SOCK_STREAM);
        address.ss_family = (sa_family_t)domains[i];
        ck_assert_int_eq(bind_verdict(&profile, &facts, (struct sockaddr *)&address, 28).verdict.error, 0);
        facts.bound = true;
        ck_assert_int_eq(bind_verdict(&profile, &facts, (struct sockaddr *)&address, 28).verdict.error, EXDEV);
    }
}
END_TEST

START_TEST(bind_of_unix_addresses)
{
    static const struct {
        const char *settings[3];
        int family;
        const char *path;
        size_t path_length; /* bytes of path in the address */
        int error;
    } rows[] = {
        {{"bind.unix_path_max=4"}, AF_UNIX, "12345", 6, EINVAL},
        {{"bind.unix_path_max=4", "bind.unix_path_long=ENAMETOOLONG"}, AF_UNIX, "12345", 5, ENAMETOOLONG},
        {{"bind.unix_path_max=4"}, AF_UNIX, "1234", 5, 0},
        {{"bind.unix_path_max=4"}, AF_UNIX, "1234\0tail", 9, 0},
        {{"bind.unix_path_max=kernel"}, AF_UNIX, "12345", 5, 0},
        {{"bind.unix_path_max=4", "bind.unix_path_long=kernel"}, AF_UNIX, "12345", 5, EINVAL},
        {{"bind.unix_path_long=ENAMETOOLONG"}, AF_UNIX, "12345", 5, 0},
        {{"bind.unix_abstract=ENOENT"}, AF_UNIX, "\0name", 5, ENOENT},
        {{"bind.unix_abstract=ENOENT"}, AF_UNIX, "name", 5, 0},
        {{"bind.unix_abstract=ok"}, AF_UNIX, "\0name", 5, 0},
        {{"bind.unix_unnamed=EISDIR"}, AF_UNIX, "", 0, EISDIR},
        {{"bind.unix_unnamed=EISDIR"}, AF_UNIX, "x", 1, 0},
        {{"bind.unix_unnamed=autobind"}, AF_UNIX, "", 0, 0},
        {{"bind.wrong_family_unix=EXDEV"}, AF_INET, "x", 1, EXDEV},
        {{"bind.wrong_family_unix=EXDEV"}, AF_UNIX, "x", 1, 0},
        {{"bind.wrong_family_unix=ignore"}, AF_INET, "x", 1, 0},
        {{"bind.wrong_family_unix=ignore", "bind.unix_path_max=4"}, AF_INET, "12345", 5, EINVAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct sockaddr_un address = {.sun_family = (sa_family_t)rows[i].family};
        struct facts facts = {.domain = AF_UNIX, .type = SOCK_STREAM};
        memcpy(address.sun_path, rows[i].path, rows[i].path_length);
        socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + rows[i].path_length);
        struct bind_verdict it = bind_verdict(&profile, &facts, (struct sockaddr *)&address, length);
        ck_assert_msg(it.verdict.error == rows[i].error, "row %zu: %s", i, rows[i].settings[0]);
        ck_assert_int_eq(it.own_family, strstr(rows[i].settings[0], "=ignore") && rows[i].family != AF_UNIX);
    }
}
END_TEST

/* A path beyond what Linux takes: the errno is the platform's even where it took the path. */
START_TEST(bind_to_a_path_beyond_all)
{
    struct profile profile = PROFILE("bind.unix_path_long=ENAMETOOLONG"), silent = PROFILE("bind.bound=EXDEV");
    struct facts facts = facts_of(AF_UNIX, SOCK_STREAM);
    struct sockaddr_storage address = {.ss_family = AF_UNIX};
    char *path = (char *)&address + offsetof(struct sockaddr_un, sun_path);
    memset(path, 'p', 109);
    const struct sockaddr *at = (const struct sockaddr *)&address;
    ck_assert_int_eq(bind_verdict(&profile, &facts, at, 2 + 109).verdict.error, ENAMETOOLONG);
    ck_assert_int_eq(bind_verdict(&profile, &facts, at, 2 + 108).verdict.decision, DECIDE_CALL);
    ck_assert_int_eq(bind_verdict(&silent, &facts, at, 2 + 109).verdict.decision, DECIDE_CALL);
}
END_TEST

/* --- ports that others have --- */

enum use { SAME = 1, OVERLAPPING = 2, DUAL = 4, IPV4 = 8, CONNECTIONS = 16, CROSSING = 32, LENT = 64, UNSHARED = 128 };
enum claim { NOTHING = 0, ADDRESS = 1, PORT = 2 };

START_TEST(sharing_by_table)
{
    static const struct {
        const char *settings[4];
        unsigned int claim, use;
        enum decision decision;
        int error;
    } rows[] = {
        {{"bind.reuse=bsd"}, NOTHING, OVERLAPPING, DECIDE_FAIL, EADDRINUSE},
        {{"bind.reuse=bsd"}, ADDRESS, OVERLAPPING, DECIDE_SHARE, 0},
        {{"bind.reuse=bsd"}, PORT, OVERLAPPING, DECIDE_SHARE, 0},
        {{"bind.reuse=bsd"}, ADDRESS, SAME, DECIDE_FAIL, EADDRINUSE},
        {{"bind.reuse=bsd"}, ADDRESS, SAME | OVERLAPPING, DECIDE_FAIL, EADDRINUSE},
        {{"bind.reuse=bsd"}, PORT, SAME, DECIDE_SHARE, 0},
        {{"bind.reuse=bsd"}, ADDRESS, CONNECTIONS, DECIDE_CALL, 0},
        {{"bind.reuse=bsd"}, ADDRESS, OVERLAPPING | CONNECTIONS, DECIDE_CALL, 0},
        {{"bind.reuse=bsd", "bind.time_wait_reuse=new"}, ADDRESS, OVERLAPPING | CONNECTIONS, DECIDE_SHARE, 0},
        {{"bind.reuse=bsd", "bind.time_wait_reuse=ok"}, NOTHING, OVERLAPPING | CONNECTIONS, DECIDE_FAIL, EADDRINUSE},
        {{"bind.reuse=winsock"}, NOTHING, OVERLAPPING, DECIDE_SHARE, 0},
        {{"bind.reuse=winsock"}, ADDRESS, OVERLAPPING, DECIDE_SHARE, 0},
        {{"bind.reuse=winsock"}, NOTHING, SAME, DECIDE_FAIL, EADDRINUSE},
        {{"bind.reuse=winsock"}, ADDRESS, SAME | UNSHARED, DECIDE_FAIL, EACCES},
        {{"bind.reuse=winsock"}, ADDRESS, SAME, DECIDE_SHARE, 0},
        {{"bind.reuse=winsock"}, ADDRESS, SAME | OVERLAPPING, DECIDE_SHARE, 0},
        {{"bind.reuse=winsock"}, PORT, SAME, DECIDE_FAIL, EADDRINUSE},
        {{"bind.reuse=nt"}, NOTHING, OVERLAPPING, DECIDE_FAIL, EADDRINUSE},
        {{"bind.reuse=nt"}, ADDRESS, OVERLAPPING, DECIDE_SHARE, 0},
        {{"bind.reuse=nt"}, ADDRESS, SAME, DECIDE_SHARE, 0},
        {{"bind.reuse=linux"}, ADDRESS, OVERLAPPING, DECIDE_CALL, 0},
        {{"bind.time_wait_reuse=new"}, NOTHING, CONNECTIONS, DECIDE_FAIL, EADDRINUSE},
        {{"bind.time_wait_reuse=new"}, ADDRESS, CONNECTIONS, DECIDE_SHARE, 0},
        {{"bind.time_wait_reuse=ok"}, NOTHING, CONNECTIONS, DECIDE_SHARE, 0},
        {{"bind.time_wait_reuse=both"}, ADDRESS, CONNECTIONS, DECIDE_CALL, 0},
        {{"bind.time_wait_reuse=ok"}, ADDRESS, SAME | CONNECTIONS, DECIDE_CALL, 0},
        {{"bind.dual_stack=after"}, NOTHING, IPV4, DECIDE_SHARE, 0},
        {{"bind.dual_stack=after"}, ADDRESS, DUAL, DECIDE_FAIL, EADDRINUSE},
        {{"bind.dual_stack=reuse"}, NOTHING, IPV4, DECIDE_SHARE, 0},
        {{"bind.dual_stack=reuse"}, ADDRESS, DUAL, DECIDE_SHARE, 0},
        {{"bind.dual_stack=reuse"}, NOTHING, DUAL, DECIDE_FAIL, EADDRINUSE},
        {{"bind.dual_stack=ok"}, NOTHING, DUAL, DECIDE_SHARE, 0},
        {{"bind.reuse=bsd"}, PORT, SAME | LENT, DECIDE_FAIL, EADDRINUSE},
        {{"bind.reuse=bsd"}, PORT, OVERLAPPING | LENT, DECIDE_SHARE, 0},
        {{"bind.dual_stack=after"}, PORT, DUAL, DECIDE_SHARE, 0},
        {{"bind.dual_stack=after"}, PORT, DUAL | LENT, DECIDE_FAIL, EADDRINUSE},
        {{"bind.dual_stack=after"}, NOTHING, CROSSING, DECIDE_FAIL, EADDRINUSE},
        {{"bind.dual_stack=after"}, ADDRESS, CROSSING | LENT, DECIDE_SHARE, 0},
        {{"bind.dual_stack=after"}, NOTHING, IPV4 | CROSSING, DECIDE_FAIL, EADDRINUSE},
        {{"bind.dual_stack=reuse"}, PORT, DUAL | LENT, DECIDE_SHARE, 0},
        {{"bind.dual_stack=reuse"}, NOTHING, CROSSING, DECIDE_FAIL, EADDRINUSE},
        {{"bind.dual_stack=reuse"}, ADDRESS, CROSSING, DECIDE_SHARE, 0},
        {{"bind.dual_stack=linux"}, ADDRESS, CROSSING, DECIDE_CALL, 0},
        {{"bind.dual_stack=linux"}, ADDRESS, IPV4, DECIDE_CALL, 0},
        {{"bind.dual_stack=ok", "bind.reuse=bsd"}, NOTHING, DUAL | OVERLAPPING, DECIDE_FAIL, EADDRINUSE},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct port_claim claim = {.domain = rows[i].use & IPV4 ? AF_INET6 : AF_INET, .protocol = IPPROTO_TCP};
        claim.reuse_address = rows[i].claim & ADDRESS;
        claim.reuse_port = rows[i].claim & PORT;
        struct port_use use = {.same = rows[i].use & SAME,
                               .overlapping = rows[i].use & OVERLAPPING,
                               .dual_stack = rows[i].use & DUAL,
                               .ipv4 = rows[i].use & IPV4,
                               .crossing = rows[i].use & CROSSING,
                               .lent = rows[i].use & LENT,
                               .unshared = rows[i].use & UNSHARED,
                               .connections = rows[i].use & CONNECTIONS};
        struct verdict it = sharing_verdict(&profile, &claim, &use);
        ck_assert_msg(it.decision == rows[i].decision && it.error == rows[i].error, "row %zu: %s", i,
                      rows[i].settings[0]);
    }
}
END_TEST

/* Two keys let it share: it is the listener that it meets first. */
START_TEST(a_listener_is_the_reason_before_its_connections)
{
    struct profile profile = PROFILE("bind.reuse=winsock", "bind.time_wait_reuse=ok");
    struct port_claim claim = {.domain = AF_INET, .protocol = IPPROTO_TCP, .reuse_address = true};
    struct port_use use = {.same = true, .connections = true}, old = {.connections = true};
    struct verdict it = sharing_verdict(&profile, &claim, &use);
    ck_assert_int_eq(it.decision, DECIDE_SHARE);
    ck_assert_int_eq(it.why, KEY_bind_reuse);
    ck_assert_int_eq(sharing_verdict(&profile, &claim, &old).why, KEY_bind_time_wait_reuse);
}
END_TEST

/* Of UDP, whose key gives the reason; a peer is no obstacle to one that asks for reuse. */
START_TEST(sharing_of_datagrams_by_table)
{
    static const struct {
        unsigned int claim;
        struct port_use use;
        enum decision decision;
    } rows[] = {
        {NOTHING, {.overlapping = true}, DECIDE_FAIL}, {ADDRESS, {.overlapping = true}, DECIDE_SHARE},
        {ADDRESS, {.same = true}, DECIDE_FAIL},        {PORT, {.same = true}, DECIDE_SHARE},
        {NOTHING, {.ipv4 = true}, DECIDE_SHARE},       {NOTHING, {.crossing = true}, DECIDE_FAIL},
        {NOTHING, {.connections = true}, DECIDE_FAIL}, {ADDRESS, {.connections = true}, DECIDE_SHARE},
        {PORT, {.connections = true}, DECIDE_SHARE},
    };
    struct profile profile = PROFILE("bind.reuse=bsd", "bind.dual_stack=after", "bind.reuse_udp=same");
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct port_claim claim = {.protocol = IPPROTO_UDP,
                                   .domain = AF_INET6,
                                   .reuse_address = rows[i].claim == ADDRESS,
                                   .reuse_port = rows[i].claim == PORT};
        struct verdict it = sharing_verdict(&profile, &claim, &rows[i].use);
        ck_assert_msg(it.decision == rows[i].decision, "row %zu", i);
        ck_assert_int_eq(it.why, KEY_bind_reuse_udp);
    }
}
END_TEST

START_TEST(sharing_is_in_force_or_not)
{
    static const struct {
        const char *setting;
        bool shares, hides, marks;
    } rows[] = {
        {"bind.reuse=kernel", false, false, false},
        {"bind.reuse=linux", false, false, false},
        {"bind.reuse=bsd", true, true, false},
        {"bind.reuse=winsock", true, false, true},
        {"bind.reuse=nt", true, false, false},
        {"bind.time_wait_reuse=both", false, false, false},
        {"bind.time_wait_reuse=new", true, false, false},
        {"bind.time_wait_reuse=ok", true, false, false},
        {"bind.dual_stack=linux", false, false, false},
        {"bind.dual_stack=after", true, false, false},
        {"bind.dual_stack=ok", true, false, false},
        {"bind.port_min=2000", false, false, false},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        bool shares = profile.needs.facts[CALL_bind][PHASE_BEFORE] & NEED_PORT_USE;
        ck_assert_msg(shares == rows[i].shares, "%s", rows[i].setting);
        ck_assert(sharing_is_of(&profile, IPPROTO_TCP) && !sharing_is_of(&profile, IPPROTO_UDP));
        ck_assert_msg(sharing_hides_reuse(&profile) == rows[i].hides, "%s", rows[i].setting);
        ck_assert_msg(sharing_is_mutual(&profile) == rows[i].marks, "%s", rows[i].setting);
    }
    struct profile same = PROFILE("bind.reuse=bsd", "bind.reuse_udp=same"), apart = PROFILE("bind.reuse=bsd");
    ck_assert(sharing_is_of(&same, IPPROTO_UDP) && !sharing_is_of(&same, IPPROTO_ICMP));
    ck_assert(!sharing_is_of(&apart, IPPROTO_UDP));
}
END_TEST

START_TEST(ranges_by_table)
{
    static const struct {
        const char *settings[3];
        int low, high;
    } rows[] = {
        {{"bind.port_min=1024", "bind.port_max=5000"}, 1024, 5000},
        {{"bind.port_min=40000", "bind.port_max=40000"}, 40000, 40000},
        {{"bind.port_min=32768", "bind.port_max=60999"}, 0, 0}, /* the host's own */
        {{"bind.port_min=5000", "bind.port_max=1024"}, 0, 0},
        {{"bind.port_min=1024", "bind.port_max=kernel"}, 1024, 60999},
        {{"bind.port_min=61000"}, 61000, 65535},
        {{"bind.port_max=40000"}, 32768, 40000},
        {{"bind.port_max=5000"}, 1024, 5000},
        {{"bind.reuse=bsd"}, 0, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct port_range range = chosen_range(&profile, (struct port_range){32768, 60999});
        ck_assert_msg(range.low == rows[i].low && range.high == rows[i].high, "row %zu", i);
    }
}
END_TEST

START_TEST(lost_sockets_by_table)
{
    enum history { FRESH, FAILED, SHUT, CONNECTED };
    static const struct {
        const char *setting;
        int domain, type;
        enum history history;
        int error;
    } rows[] = {
        {"bind.after_disconnect=EXDEV", AF_INET, SOCK_STREAM, FAILED, EXDEV},
        {"bind.after_disconnect=EXDEV", AF_INET6, SOCK_STREAM, SHUT, 0},
        {"bind.shut_tcp=EXDEV", AF_INET6, SOCK_STREAM, SHUT, EXDEV},
        {"bind.shut_tcp=EXDEV", AF_INET, SOCK_STREAM, FAILED, 0},
        {"bind.shut_tcp=EXDEV", AF_INET, SOCK_STREAM, CONNECTED, 0},
        {"bind.shut_tcp=EXDEV", AF_UNIX, SOCK_STREAM, SHUT, 0},
        {"bind.shut_tcp=ok", AF_INET, SOCK_STREAM, SHUT, 0},
        {"bind.after_disconnect=EXDEV", AF_INET, SOCK_STREAM, FRESH, 0},
        {"bind.after_disconnect=EXDEV", AF_INET, SOCK_STREAM, CONNECTED, 0},
        {"bind.after_disconnect=EXDEV", AF_UNIX, SOCK_STREAM, SHUT, 0},
        {"bind.after_disconnect=EXDEV", AF_INET, SOCK_DGRAM, SHUT, 0},
        {"bind.after_disconnect=ok", AF_INET, SOCK_STREAM, FAILED, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = facts_of(rows[i].domain, rows[i].type);
        struct sockaddr_storage address = {.ss_family = (sa_family_t)rows[i].domain};
        facts.connect_failed = rows[i].history == FAILED;
        facts.shut_down = rows[i].history == SHUT;
        facts.connected = rows[i].history == CONNECTED;
        struct bind_verdict it = bind_verdict(&profile, &facts, (struct sockaddr *)&address, 28);
        ck_assert_msg(it.verdict.error == rows[i].error, "row %zu: %s", i, rows[i].setting);
    }
}
END_TEST

START_TEST(wildcards_and_broadcasts)
{
    struct facts stream = facts_of(AF_INET, SOCK_STREAM), datagram = facts_of(AF_INET, SOCK_DGRAM);
    struct sockaddr_in other = {.sin_family = AF_UNIX}, none = {.sin_family = AF_UNSPEC},
                       everybody = {.sin_family = AF_INET, .sin_addr.s_addr = INADDR_BROADCAST};
    struct profile passes = PROFILE("bind.wrong_family_wildcard=ok"),
                   fails = PROFILE("bind.wrong_family_wildcard=EXDEV"),
                   broadcasts = PROFILE("bind.broadcast_udp=EXDEV");
    struct bind_verdict it = bind_verdict(&passes, &stream, (struct sockaddr *)&other, sizeof other);
    ck_assert(it.own_family && it.verdict.decision == DECIDE_CALL && it.verdict.why == KEY_bind_wrong_family_wildcard);
    ck_assert_int_eq(bind_verdict(&fails, &stream, (struct sockaddr *)&other, sizeof other).verdict.error, EXDEV);
    ck_assert(!bind_verdict(&passes, &stream, (struct sockaddr *)&none, sizeof none).own_family);
    other.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert(!bind_verdict(&passes, &stream, (struct sockaddr *)&other, sizeof other).own_family);
    ck_assert_int_eq(bind_verdict(&broadcasts, &datagram, (struct sockaddr *)&everybody, sizeof other).verdict.error,
                     EXDEV);
    ck_assert_int_eq(bind_verdict(&broadcasts, &stream, (struct sockaddr *)&everybody, sizeof other).verdict.error, 0);
}
END_TEST

START_TEST(paths_in_long_addresses)
{
    static const struct {
        const char *setting;
        size_t path;
        socklen_t length, given;
    } rows[] = {
        {"bind.unix_long_address=ok", 5, 111, 8},     {"bind.unix_long_address=ok", 107, 255, 110},
        {"bind.unix_long_address=ok", 108, 255, 0},   {"bind.unix_long_address=ok", 5, 110, 0},
        {"bind.unix_long_address=EINVAL", 5, 111, 0}, {"bind.unix_long_address=kernel", 5, 111, 0},
    };
    for (size_t i = 0; i < EVERY(rows); i++) {
        struct profile profile = PROFILE(rows[i].setting);
        struct facts facts = facts_of(AF_UNIX, SOCK_STREAM);
        char address[255] = {0};
        ((struct sockaddr *)address)->sa_family = AF_UNIX;
        memset(address + sizeof(sa_family_t), 'p', rows[i].path);
        struct bind_verdict it = bind_verdict(&profile, &facts, (struct sockaddr *)address, rows[i].length);
        ck_assert_msg(it.length == rows[i].given, "row %zu: %s: %u", i, rows[i].setting, (unsigned int)it.length);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bind rules");
    TCase *addresses = tcase_create("addresses"), *ports = tcase_create("ports");
    tcase_add_test(addresses, lengths_by_table);
    tcase_add_test(addresses, lost_sockets_by_table);
    tcase_add_test(addresses, wildcards_and_broadcasts);
    tcase_add_test(addresses, paths_in_long_addresses);
    tcase_add_test(addresses, bind_of_inet_addresses);
    tcase_add_test(addresses, bind_that_ignores_the_family);
    tcase_add_test(addresses, bind_to_the_unspecified_wildcard);
    tcase_add_test(addresses, places_by_table);
    tcase_add_test(addresses, bind_twice);
    tcase_add_test(addresses, bind_of_unix_addresses);
    tcase_add_test(addresses, bind_to_a_path_beyond_all);
    tcase_add_test(ports, low_ports_by_table);
    tcase_add_test(ports, sharing_by_table);
    tcase_add_test(ports, a_listener_is_the_reason_before_its_connections);
    tcase_add_test(ports, sharing_of_datagrams_by_table);
    tcase_add_test(ports, sharing_is_in_force_or_not);
    tcase_add_test(ports, ranges_by_table);
    suite_add_tcase(suite, addresses);
    suite_add_tcase(suite, ports);
    return suite_run(suite);
}
