/* Kinds of listeners: of both families at once, several at one port, MPTCP, bound to an interface, on another one. */
#include <netinet/tcp.h>

#include "ask.h"
#include "cable.h"
#include "fixture.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif
#define DROPS 8 /* in SO_MEMINFO: SK_MEMINFO_DROPS */

static enum refuser_wish wish(void)
{
    return surplus_error == ECONNRESET ? REFUSER_RESET : REFUSER_REFUSE;
}

static void set_up_one_of_two(int which)
{
    if (which)
        set_up_reset();
    else
        set_up();
}

/* Full: the next client is turned away, until one is accepted. */
static void assert_watched(struct server *server)
{
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(connect_surplus(server->port), -surplus_error);
        ck_assert_int_eq(order(server, 'a'), 0);
        ck_assert_int_ge(enter(server->port), 0);
        ck_assert_int_eq(fill(server->port), 0);
    }
}

/* One queue for the clients of both families. */
START_TEST(both_families)
{
    set_up_one_of_two(_i);
    struct server server = server_start_at("::", 0, 5);
    ck_assert_int_ge(enter(server.port), 0);
    client_domain = AF_INET6;
    ck_assert_int_ge(enter(server.port), 0);
    ck_assert_int_eq(fill(server.port), 3);
    assert_watched(&server);
    client_domain = AF_INET;
    assert_watched(&server);
    server_kill(&server);
}
END_TEST

/* --- several at one port (SO_REUSEPORT): the kernel chooses one for each client --- */

#define MEMBERS 3

struct group {
    int port, member[MEMBERS], drops[MEMBERS];
};

static int drops_of(int listener)
{
    unsigned int memory[DROPS + 1] = {0};
    socklen_t length = sizeof memory;
    ck_assert_int_eq(getsockopt(listener, SOL_SOCKET, SO_MEMINFO, memory, &length), 0);
    return (int)memory[DROPS];
}

static int queued_of(int listener)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    ck_assert_int_eq(getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &length), 0);
    return (int)info.tcpi_unacked;
}

static struct group make_group(const int *backlogs)
{
    struct group group = {0};
    const int yes = 1;
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof where;
    for (int i = 0; i < MEMBERS; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes), 0);
        ck_assert_int_eq(bind(fd, (struct sockaddr *)&where, length), 0);
        ck_assert_int_eq(listen(fd, backlogs[i]), 0);
        ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&where, &length), 0);
        ck_assert_int_eq(ask_watch(fd, wish()), 0);
        group.member[i] = fd;
    }
    group.port = ntohs(where.sin_port);
    return group;
}

/* Lets clients come until all members are full; returns how many were turned away by then. */
static int crowd_group(const struct group *group, const int *backlogs)
{
    int away = 0, queued = 0, most = 0;
    for (int i = 0; i < MEMBERS; i++)
        most += backlogs[i] + 1;
    while (queued < most) {
        int client = come(group->port);
        ck_assert(client >= 0 || client == -surplus_error);
        away += client < 0;
        queued += client >= 0;
    }
    return away;
}

/* Who came to a full member was turned away, who came to one with room was not: each holds as many as it may. */
START_TEST(members_of_a_group)
{
    static const int backlogs[MEMBERS] = {1, 7, 3};
    set_up_one_of_two(_i);
    struct group group = make_group(backlogs);
    int away = crowd_group(&group, backlogs), dropped = 0;
    for (int i = 0; i < MEMBERS; i++) {
        ck_assert_int_eq(queued_of(group.member[i]), backlogs[i] + 1);
        dropped += drops_of(group.member[i]);
    }
    /* A SYN that was sent again was dropped again, and once more after two answers, as was seen with resets. */
    ck_assert_int_ge(dropped, away);
    ck_assert_int_le(dropped, away + 2 * syns_again);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(connect_surplus(group.port), -surplus_error);
    for (int i = 0; i < MEMBERS; i++)
        close(group.member[i]);
}
END_TEST

/* One with room takes its clients though the others are full, and though nobody asked for it. */
START_TEST(a_member_that_nobody_named)
{
    static const int backlogs[MEMBERS] = {0, 0, 0};
    int accepted = 0, away = 0;
    const int yes = 1;
    struct sockaddr_in where;
    set_up_one_of_two(_i);
    struct group group = make_group(backlogs);
    socklen_t length = sizeof where;
    ck_assert_int_eq(getsockname(group.member[0], (struct sockaddr *)&where, &length), 0);
    int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(setsockopt(other, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes), 0);
    ck_assert_int_eq(bind(other, (struct sockaddr *)&where, sizeof where), 0);
    ck_assert_int_eq(listen(other, 100), 0);
    for (int i = 0; i < 60; i++) {
        int client = come(group.port);
        ck_assert(client >= 0 || client == -surplus_error);
        accepted += client >= 0;
        away += client < 0;
    }
    ck_assert_int_eq(accepted, MEMBERS + queued_of(other));
    ck_assert_int_gt(queued_of(other), 0);
    ck_assert_int_gt(away, 0);
    for (int i = 0; i < MEMBERS; i++)
        close(group.member[i]);
    close(other);
}
END_TEST

START_TEST(a_group_of_a_server)
{
    int queued = 0;
    set_up_one_of_two(_i);
    struct server server = server_start(0, 2);
    server.port = order(&server, 'j');
    ck_assert_int_gt(server.port, 0);
    while (queued < 8) {
        int client = come(server.port);
        ck_assert(client >= 0 || client == -surplus_error);
        queued += client >= 0;
    }
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
    server_kill(&server);
}
END_TEST

/* --- MPTCP --- */

static int multipath_client(int port)
{
    struct sockaddr_storage address;
    socklen_t length = client_address(&address, client_domain, port);
    int fd = socket(client_domain, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);
    int error = connect(fd, (struct sockaddr *)&address, length) == 0 ? 0 : errno;
    if (error == 0 && surplus_error == ECONNRESET)
        error = await_reset(fd, SURE_MS);
    close(fd);
    return error;
}

static const char *const places[] = {"127.0.0.1", "0.0.0.0", "::1", "::"};

START_TEST(multipath)
{
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);
    if (probe < 0) {
        puts("skipped: MPTCP: this kernel has none");
        return;
    }
    close(probe);
    set_up_one_of_two(_i & 1);
    client_domain = strchr(places[_i / 2], ':') ? AF_INET6 : AF_INET;
    struct server server = server_start_at(places[_i / 2], 0, 3);
    server.port = order(&server, 'k');
    ck_assert_int_gt(server.port, 0);
    ck_assert_int_eq(fill(server.port), 3);
    assert_watched(&server);
    ck_assert_int_eq(multipath_client(server.port), surplus_error);
    server_kill(&server);
}
END_TEST

/* --- interfaces --- */

/* A listener that its program bound to an interface. */
START_TEST(bound_to_an_interface)
{
    static const char loopback[] = "lo";
    struct sockaddr_in where;
    set_up_one_of_two(_i);
    int fd = listen_on_loopback(&where, 1), port = ntohs(where.sin_port), client;
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, loopback, sizeof loopback) != 0) {
        puts("skipped: bound_to_an_interface: no privilege");
        return;
    }
    ck_assert_int_eq(ask_watch(fd, wish()), 0);
    ck_assert_int_eq(fill(port), 2);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(connect_surplus(port), -surplus_error);
        ck_assert_int_ge(client = accept(fd, NULL, NULL), 0);
        close(client);
        ck_assert_int_ge(enter(port), 0);
    }
    close(fd);
}
END_TEST

static const struct {
    const char *place, *client; /* where the server listens, and where its clients go */
    int domain;
} ends[] = {
    {CABLE_HERE, CABLE_HERE, AF_INET},          {"0.0.0.0", CABLE_HERE, AF_INET}, {"::", CABLE_HERE, AF_INET},
    {CABLE_HERE_SIX, CABLE_HERE_SIX, AF_INET6}, {"::", CABLE_HERE_SIX, AF_INET6},
};

/* The server is at one end, its clients come by the other. */
START_TEST(across_a_cable)
{
    struct cable cable;
    set_up_one_of_two(_i & 1);
    if (!cable_lay(&cable))
        return;
    struct server server = server_start_at(ends[_i / 2].place, 0, 4);
    ck_assert_int_gt(server.port, 0);
    client_domain = ends[_i / 2].domain;
    client_host = ends[_i / 2].client;
    cable_go(cable.there);
    ck_assert_int_eq(fill(server.port), 4);
    assert_watched(&server);
    cable_go(cable.here);
    assert_watched(&server); /* the same address from here is loopback's */
    server_kill(&server);
}
END_TEST

static Suite *kinds(void)
{
    Suite *suite = suite_create("kinds");
    TCase *whole = tcase_create("kinds");
    tcase_set_timeout(whole, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, NULL, tear_down);
    tcase_add_loop_test(whole, both_families, 0, 2);
    tcase_add_loop_test(whole, members_of_a_group, 0, 2);
    tcase_add_loop_test(whole, a_member_that_nobody_named, 0, 2);
    tcase_add_loop_test(whole, a_group_of_a_server, 0, 2);
    tcase_add_loop_test(whole, multipath, 0, 2 * (int)(sizeof places / sizeof *places));
    tcase_add_loop_test(whole, bound_to_an_interface, 0, 2);
    tcase_add_loop_test(whole, across_a_cable, 0, 2 * (int)(sizeof ends / sizeof *ends));
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(kinds());
}
