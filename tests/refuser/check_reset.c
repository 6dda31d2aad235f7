/* Overflow `reset` from outside: as FreeBSD does it, by families, beside other listeners, and lost by nobody. */
#include "fixture.h"

#define CLIENTS 2000
#define STORM_MS 40000

static void set_up_freebsd(void)
{
    set_up();
    setenv("LISTENAS_PROFILE", "freebsd-13", 1);
    surplus_error = ECONNRESET;
}

static void let_all_be_served(struct server *server, int *clients, int count)
{
    char byte = 0;
    for (int i = 0; i < count; i++) {
        struct pollfd wait = {.fd = clients[i], .events = POLLIN};
        ck_assert_int_eq(order(server, 'a'), 0);
        ck_assert_int_eq(poll(&wait, 1, SURE_MS), 1);
        ck_assert_int_eq(read(clients[i], &byte, 1), 1);
        ck_assert_int_eq(byte, 'y');
        close(clients[i]);
    }
}

static const char *const profiles[] = {"freebsd-9", "freebsd-13", "freebsd"};

static const struct {
    const char *place;
    int domain, backlog, capacity;
} queues[] = {
    {"127.0.0.1", AF_INET, 0, 1},  {"127.0.0.1", AF_INET, 1, 2}, {"127.0.0.1", AF_INET, 5, 8},
    {"127.0.0.1", AF_INET, 8, 13}, {"0.0.0.0", AF_INET, 3, 5},   {"::1", AF_INET6, 2, 4},
    {"::", AF_INET6, 3, 5},        {"::1", AF_INET6, 14, 22},
};

START_TEST(all_that_are_queued_are_served_and_the_surplus_is_reset)
{
    int clients[QUEUE_LONGEST];
    setenv("LISTENAS_PROFILE", profiles[_i], 1);
    for (size_t i = 0; i < sizeof queues / sizeof *queues; i++) {
        client_domain = queues[i].domain;
        struct server server = server_start_at(queues[i].place, 0, queues[i].backlog);
        ck_assert_int_gt(server.port, 0);
        int count = fill_with(server.port, clients);
        ck_assert_msg(count == queues[i].capacity, "%s, %s, listen(%d): %d", profiles[_i], queues[i].place,
                      queues[i].backlog, count);
        ck_assert_int_eq(connect_surplus(server.port), -ECONNRESET);
        client_domain = queues[i].domain == AF_INET ? AF_INET6 : AF_INET;
        ck_assert_int_eq(connect_surplus(server.port),
                         -ECONNREFUSED); /* whom the server does not take, nor does its decoy */
        let_all_be_served(&server, clients, count);
        server_kill(&server);
    }
}
END_TEST

static const struct {
    const char *profile, *overflow, *capacity;
} observed[] = {
    {"freebsd-9", "listen.overflow_tcp = reset\n", "inet 5 = 8\ninet 128 = 193\n"},
    {"freebsd-13", "listen.overflow_tcp = reset\n", "inet 5 = 8\ninet 128 = 193\n"},
    {"freebsd", "listen.overflow_tcp = reset\n", "inet 5 = 8\ninet 128 = 193\n"},
    {"glibc", "listen.overflow_tcp = refuse\n", "inet 5 = 5\ninet 128 = 128\n"},
    {"mks", "listen.overflow_tcp = refuse\n", NULL},
};

/* What the observer of tests/conformance, given these words, prints under the profile. */
static const char *output_of(const char *profile, const char *words)
{
    static char text[65536];
    char command[2 * PATH_MAX];
    const char *build = getenv("LISTENAS_BUILD");
    snprintf(command, sizeof command, "%s/listenas run -p %s %s/tests/conformance/conform %s 2>&1", build, profile,
             build, words);
    FILE *output = popen(command, "r");
    text[fread(text, 1, sizeof text - 1, output)] = '\0';
    ck_assert_msg(pclose(output) == 0, "%s: %s", profile, text);
    return text;
}

START_TEST(an_observer_that_knows_nothing_of_it_says_the_same)
{
    const char *text = output_of(observed[_i].profile, "listen");
    ck_assert_msg(strstr(text, observed[_i].overflow) != NULL, "%s: %s", observed[_i].profile, text);
    if (observed[_i].capacity)
        ck_assert_ptr_nonnull(strstr(output_of(observed[_i].profile, "capacity inet 5 128"), observed[_i].capacity));
}
END_TEST

/* One queue for the clients of both families. */
START_TEST(a_dual_stack_queue_turns_both_families_away)
{
    static const char *const settings[] = {"", "listen.overflow_tcp=reset"};
    setenv("LISTENAS_PROFILE", "glibc", 1);
    setenv("LISTENAS_SET", settings[_i], 1);
    surplus_error = _i ? ECONNRESET : ECONNREFUSED;
    struct server server = server_start_at("::", 0, 5);
    ck_assert_int_ge(connect_once(server.port), 0);
    client_domain = AF_INET6;
    ck_assert_int_ge(connect_once(server.port), 0);
    ck_assert_int_eq(fill(server.port), 3);
    for (int i = 0; i < 3; i++) {
        client_domain = i & 1 ? AF_INET6 : AF_INET;
        ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
        ck_assert_int_eq(order(&server, 'a'), 0);
        ck_assert_int_ge(enter(server.port), 0);
        ck_assert_int_eq(fill(server.port), 0);
    }
    server_kill(&server);
}
END_TEST

static int count_answers(struct server *server)
{
    int count = 0;
    while (read_answer(server) != INT_MIN)
        count++;
    return count;
}

/* The server tells how many it accepted: none of them was reset, and none that was told to be served was not. */
START_TEST(no_connection_of_the_server_is_reset)
{
    struct server server = server_start(0, 5);
    fputc('l', server.orders);
    fflush(server.orders);
    struct storm storm = storm_run(server.port, CLIENTS, 16, STORM_MS);
    kill(-server.pid, SIGKILL);
    int accepted = count_answers(&server);
    ck_assert_msg(storm.served == accepted && storm.served + storm.reset == CLIENTS && storm.reset > 0,
                  "accepted %d, served %d, refused %d, reset %d, dropped %d, lost %d", accepted, storm.served,
                  storm.refused, storm.reset, storm.dropped, storm.lost);
    server_kill(&server);
}
END_TEST

/* The errno of binding to the port and listening on it, or 0. */
static int duplicate(int port, bool reuse_address, bool reuse_port)
{
    const int address_option = reuse_address, port_option = reuse_port;
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &address_option, sizeof address_option);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &port_option, sizeof port_option);
    int error = bind(fd, (struct sockaddr *)&where, sizeof where) == 0 && listen(fd, 1) == 0 ? 0 : errno;
    close(fd);
    return error;
}

static void assert_alone(int port)
{
    for (int i = 0; i < 4; i++)
        ck_assert_msg(duplicate(port, i & 1, i & 2) == EADDRINUSE, "SO_REUSEADDR %d, SO_REUSEPORT %d", i & 1, i & 2);
}

/* Nor does the decoy let in who was kept out before, be it open or closed. */
START_TEST(a_duplicate_still_fails)
{
    setenv("LISTENAS_PROFILE", "glibc", 1);
    setenv("LISTENAS_SET", "listen.overflow_tcp=reset", 1);
    struct server server = server_start(0, 2);
    assert_alone(server.port);
    ck_assert_int_eq(fill(server.port), 2);
    assert_alone(server.port);
    ck_assert_int_eq(order(&server, 'a'), 0);
    ck_assert_int_ge(enter(server.port), 0);
    assert_alone(server.port);
    server_kill(&server);
}
END_TEST

/* On FreeBSD a specific address can be listened on beside the wildcard, in either order. */
START_TEST(neighbours_that_share_a_port_still_can)
{
    static const char *const places[][2] = {{"0.0.0.0", "127.0.0.1"}, {"127.0.0.1", "0.0.0.0"}};
    struct server first = server_start_at(places[_i][0], 0, 1);
    ck_assert_int_eq(fill(first.port), 2);
    struct server second = server_start_at(places[_i][1], first.port, 3);
    ck_assert_int_eq(second.port, first.port);
    struct server duplicate_server = server_start_at(places[_i][0], first.port, 3);
    ck_assert_int_eq(duplicate_server.port, -EADDRINUSE);
    if (_i == 0)
        ck_assert_int_eq(fill(second.port), 5); /* the specific one is asked first */
    ck_assert_int_eq(connect_surplus(first.port), -ECONNRESET);
    server_kill(&duplicate_server);
    server_kill(&second);
    server_kill(&first);
    ck_assert(becomes_free(first.port));
}
END_TEST

/* Under a profile that shares ports the kernel asks whose the decoy is. */
START_TEST(a_server_that_was_root_is_kept)
{
    if (getuid() != 0) {
        puts("skipped: a_server_that_was_root_is_kept: only root can");
        return;
    }
    struct server server = server_start(0, 1);
    ck_assert_int_eq(order(&server, 'd'), 0);
    server.port = order(&server, 'n');
    ck_assert_int_eq(fill(server.port), 2);
    ck_assert_int_eq(order(&server, 'b'), server.port);
    server_kill(&server);
}
END_TEST

/* One that asks for its port keeps it when it is shut down. */
static struct server server_with_port_of_its_own(void)
{
    struct server server = server_start(0, 1);
    server_kill(&server);
    return server_start(server.port, 1);
}

START_TEST(a_listener_that_was_shut_down_stays_so)
{
    const struct refuser_request check = {.version = REFUSER_VERSION, .wish = REFUSER_CHECK};
    setenv("LISTENAS_PROFILE", "glibc", 1);
    setenv("LISTENAS_SET", _i ? "listen.overflow_tcp=reset" : "", 1);
    surplus_error = _i ? ECONNRESET : ECONNREFUSED;
    struct server server = server_with_port_of_its_own();
    ck_assert_int_eq(fill(server.port), 1);
    ck_assert_int_eq(order(&server, 'x'), 0);
    ck_assert_int_eq(ask_anything(&check, sizeof check, NULL, 0), 0);
    ck_assert_int_eq(connect_surplus(server.port), -ECONNREFUSED);
    server_kill(&server);
}
END_TEST

/* At the port that it asked for, or at a new one if it asked for any. */
START_TEST(a_listener_that_was_shut_down_can_listen_again)
{
    setenv("LISTENAS_PROFILE", "glibc", 1);
    setenv("LISTENAS_SET", "listen.overflow_tcp=reset", 1);
    struct server server = _i ? server_with_port_of_its_own() : server_start(0, 1);
    ck_assert_int_eq(fill(server.port), 1);
    for (int i = 0; i < 5; i++) {
        server.port = order(&server, 'h');
        ck_assert_int_gt(server.port, 0);
        ck_assert_int_eq(fill(server.port), 1);
        ck_assert_int_eq(order(&server, 'a'), 0);
        ck_assert_int_ge(enter(server.port), 0);
    }
    server_kill(&server);
}
END_TEST

/* A listener that its program bound to an interface stays bound to it. */
START_TEST(the_interface_of_a_listener_counts)
{
    static const char loopback[] = "lo";
    char bound[IF_NAMESIZE] = "";
    socklen_t length = sizeof bound;
    struct sockaddr_in where;
    surplus_error = _i ? ECONNRESET : ECONNREFUSED;
    int fd = listen_on_loopback(&where, 1), client;
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, loopback, sizeof loopback) != 0) {
        puts("skipped: the_interface_of_a_listener_counts: no privilege");
        return;
    }
    ck_assert_int_eq(ask_watch(fd, _i ? REFUSER_RESET : REFUSER_REFUSE), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(fill(ntohs(where.sin_port)), i == 0 ? 2 : 0);
        ck_assert_int_eq(connect_surplus(ntohs(where.sin_port)), -surplus_error);
        ck_assert_int_ge(client = accept(fd, NULL, NULL), 0);
        close(client);
        ck_assert_int_ge(enter(ntohs(where.sin_port)), 0);
    }
    ck_assert_int_ge(client = accept(fd, NULL, NULL), 0);
    close(client);
    ck_assert_int_ge(enter(ntohs(where.sin_port)), 0);
    close(accept(fd, NULL, NULL));
    ck_assert_int_ge(enter(ntohs(where.sin_port)), 0);
    refuser_daemon_stop(refuser);
    refuser = 0;
    ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, bound, &length), 0);
    ck_assert_str_eq(bound, loopback);
}
END_TEST

static Suite *decoy(void)
{
    Suite *suite = suite_create("decoy");
    TCase *whole = tcase_create("decoy");
    tcase_set_timeout(whole, 60);
    tcase_add_checked_fixture(whole, set_up_freebsd, tear_down);
    tcase_add_loop_test(whole, all_that_are_queued_are_served_and_the_surplus_is_reset, 0,
                        sizeof profiles / sizeof *profiles);
    tcase_add_loop_test(whole, an_observer_that_knows_nothing_of_it_says_the_same, 0,
                        sizeof observed / sizeof *observed);
    tcase_add_loop_test(whole, a_dual_stack_queue_turns_both_families_away, 0, 2);
    tcase_add_test(whole, no_connection_of_the_server_is_reset);
    tcase_add_test(whole, a_duplicate_still_fails);
    tcase_add_loop_test(whole, neighbours_that_share_a_port_still_can, 0, 2);
    tcase_add_test(whole, a_server_that_was_root_is_kept);
    tcase_add_loop_test(whole, a_listener_that_was_shut_down_stays_so, 0, 2);
    tcase_add_loop_test(whole, a_listener_that_was_shut_down_can_listen_again, 0, 2);
    tcase_add_loop_test(whole, the_interface_of_a_listener_counts, 0, 2);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(decoy());
}
