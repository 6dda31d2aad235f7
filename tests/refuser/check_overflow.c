/* What a full queue does under each profile, beside other listeners, and after a shutdown. */
#include "../../shim/kernel/facts.h"
#include "../../shim/kernel/host.h"
#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/loader/search.h"
#include "../conformance/expectation.h"
#include "fixture.h"

#define CLIENTS 2000
#define STORM_MS 100000

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

static const char *const places[] = {"127.0.0.1", "0.0.0.0", "::1", "::"};
static const int backlogs[] = {0, 1, 2, 5, 8, 14};

static bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        close(fd);
    return has;
}

/* As many as the profile says are queued and served, and the next one meets what it says. */
static void check_queue(const struct annotated_profile *annotated, const char *place, int backlog)
{
    int clients[QUEUE_LONGEST],
        expected = (int)expected_capacity(annotated->name, NULL, client_domain, backlog, facts_kernel_max());
    struct server server = server_start_at(place, 0, backlog);
    ck_assert_msg(server.port > 0, "%s, %s, listen(%d): %s", annotated->name, place, backlog, strerror(-server.port));
    int count = fill_with(server.port, clients);
    ck_assert_msg(count == expected, "%s, %s, listen(%d): %d, not %d", annotated->name, place, backlog, count,
                  expected);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
    let_all_be_served(&server, clients, count);
    ck_assert_int_ge(enter(server.port), 0);
    server_kill(&server);
}

static void check_queues(const struct annotated_profile *annotated)
{
    surplus_error = annotated->profile.listen_overflow_tcp.word == WORD_RESET ? ECONNRESET : ECONNREFUSED;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        client_domain = strchr(places[i], ':') ? AF_INET6 : AF_INET;
        for (size_t j = 0; j < sizeof backlogs / sizeof *backlogs && (client_domain == AF_INET || has_ipv6()); j++)
            check_queue(annotated, places[i], backlogs[j]);
    }
}

/* Whom nobody answers gets in when there is room, and not before. */
static void check_drop(const struct annotated_profile *annotated)
{
    struct server server = server_start(0, 1);
    int most = (int)expected_capacity(annotated->name, NULL, AF_INET, 1, facts_kernel_max());
    for (int i = 0; i < most; i++)
        ck_assert_int_ge(enter(server.port), 0);
    ck_assert_int_eq(connect_once(server.port), -EINPROGRESS);
    server_kill(&server);
}

static int profile_count(void)
{
    int count = 0;
    while (builtins[count].name)
        count++;
    return count;
}

START_TEST(a_full_queue_does_what_the_profile_says)
{
    struct diagnostics diagnostics = {0};
    struct annotated_profile annotated;
    ck_assert(annotated_profile_load(&annotated, builtins[_i].name, NULL, NULL, &diagnostics));
    setenv("LISTENAS_PROFILE", builtins[_i].name, 1);
    enum word word = annotated.profile.listen_overflow_tcp.word;
    if (word == WORD_REFUSE || word == WORD_RESET)
        check_queues(&annotated);
    else
        check_drop(&annotated);
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

/* On FreeBSD a specific address can be listened on beside the wildcard, in either order. */
START_TEST(neighbours_that_share_a_port_still_can)
{
    static const char *const pairs[][2] = {{"0.0.0.0", "127.0.0.1"}, {"127.0.0.1", "0.0.0.0"}};
    struct server first = server_start_at(pairs[_i][0], 0, 1);
    ck_assert_int_eq(fill(first.port), 2);
    struct server second = server_start_at(pairs[_i][1], first.port, 3);
    ck_assert_int_eq(second.port, first.port);
    struct server duplicate_server = server_start_at(pairs[_i][0], first.port, 3);
    ck_assert_int_eq(duplicate_server.port, -EADDRINUSE);
    if (_i == 0)
        ck_assert_int_eq(fill(second.port), 5); /* the specific one is asked first */
    ck_assert_int_eq(connect_surplus(first.port), -ECONNRESET);
    server_kill(&duplicate_server);
    server_kill(&second);
    server_kill(&first);
    ck_assert(is_free(first.port));
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
    setenv("LISTENAS_PROFILE", "glibc", 1);
    setenv("LISTENAS_SET", _i ? "listen.overflow_tcp=reset" : "", 1);
    surplus_error = _i ? ECONNRESET : ECONNREFUSED;
    struct server server = server_with_port_of_its_own();
    ck_assert_int_eq(fill(server.port), 1);
    ck_assert_int_eq(order(&server, 'x'), 0);
    for (int i = 0; i < 5; i++)
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

static Suite *overflows(void)
{
    Suite *suite = suite_create("overflows");
    TCase *whole = tcase_create("overflows");
    tcase_set_timeout(whole, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, set_up_freebsd, tear_down);
    tcase_add_loop_test(whole, a_full_queue_does_what_the_profile_says, 0, profile_count());
    tcase_add_loop_test(whole, an_observer_that_knows_nothing_of_it_says_the_same, 0,
                        sizeof observed / sizeof *observed);
    tcase_add_test(whole, no_connection_of_the_server_is_reset);
    tcase_add_loop_test(whole, neighbours_that_share_a_port_still_can, 0, 2);
    tcase_add_loop_test(whole, a_listener_that_was_shut_down_stays_so, 0, 2);
    tcase_add_loop_test(whole, a_listener_that_was_shut_down_can_listen_again, 0, 2);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(overflows());
}
