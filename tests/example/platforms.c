/*
 * An example: the tests of a small server, each on several platforms, with Check.
 *
 *     cc platforms.c $(pkg-config --cflags --libs listenas check) -o platforms
 *     listenas run -p linux -- ./platforms
 *
 * Without the library the tests of platforms are skipped: a line on stdout says so, and the exit status is 77 (what
 * automake and meson take for "skipped") unless another test fails. They never count as passed.
 */
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listenas.h"

#define EXIT_SKIPPED 77
#define CLIENTS_MOST 64

/* --- the server under test --- */

/* Returns a listener on a port of 127.0.0.1 that `name` gets. */
static int open_server(int backlog, struct sockaddr_in *name)
{
    socklen_t size = sizeof *name;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    *name = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    if (bind(fd, (struct sockaddr *)name, size) == 0 && listen(fd, backlog) == 0 &&
        getsockname(fd, (struct sockaddr *)name, &size) == 0)
        return fd;
    close(fd);
    return -1;
}

/* --- what the tests need --- */

static const struct expected {
    const char *platform;
    int capacity; /* of listen(fd, 5) */
    int recorded; /* the same, 0 where the kernel queues as many by itself */
} expected[] = {{"linux", 6, 0}, {"bsd", 8, 8}, {"freebsd", 8, 8}, {"mks", 5, 5}};

#define PLATFORMS ((int)(sizeof expected / sizeof *expected))

/* Connects clients one by one until the queue is full; returns how many. */
static int fill(int server, const struct sockaddr_in *name)
{
    int count = 0;
    for (; listenas_wait_full(server, 0) == 0 && count < CLIENTS_MOST; count++) {
        struct pollfd client = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), .events = POLLOUT};
        (void)connect(client.fd, (const struct sockaddr *)name, sizeof *name);
        while (poll(&client, 1, 1) == 0 && listenas_wait_full(server, 0) == 0)
            continue;
    }
    return count;
}

static int serve_all(int server)
{
    int served = 0;
    while (accept(server, NULL, NULL) >= 0)
        served++;
    return served;
}

static int find_capacity(const struct listenas_call *call, void *capacity)
{
    if (strcmp(call->name, "listen") == 0)
        *(int *)capacity = call->capacity;
    return 0;
}

/* --- the tests --- */

START_TEST(server_opens)
{
    struct sockaddr_in name;
    ck_assert_int_ge(open_server(5, &name), 0);
}
END_TEST

/* Check runs each turn of the loop in a child of its own, so no platform meets what another left. */
START_TEST(queue_is_as_long_as_the_platform_says)
{
    const struct expected *now = &expected[_i];
    struct sockaddr_in name;
    int capacity = -1;
    ck_assert_msg(listenas_use(now->platform) == 0, "%s", listenas_message());
    ck_assert_int_eq(listenas_mark("the queue begins"), 0);
    int server = open_server(5, &name);
    ck_assert_int_ge(server, 0);
    fill(server, &name);
    ck_assert_msg(listenas_wait_full(server, 10000) == 1, "as %s: never full", now->platform);
    ck_assert_int_eq(serve_all(server), now->capacity);
    ck_assert_int_ge(listenas_walk(find_capacity, &capacity), 1);
    ck_assert_int_eq(capacity, now->recorded);
}
END_TEST

static Suite *make_suite(int on_platforms)
{
    Suite *suite = suite_create("server");
    TCase *anywhere = tcase_create("anywhere");
    tcase_add_test(anywhere, server_opens);
    suite_add_tcase(suite, anywhere);
    if (on_platforms) {
        TCase *platforms = tcase_create("platforms");
        tcase_add_loop_test(platforms, queue_is_as_long_as_the_platform_says, 0, PLATFORMS);
        suite_add_tcase(suite, platforms);
    }
    return suite;
}

/* Check knows no skipped tests: those are not added, and told. */
int main(void)
{
    SRunner *runner = srunner_create(make_suite(listenas_is_here()));
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (!listenas_is_here())
        printf("skipped: the queue on %d platforms: %s\n", PLATFORMS, listenas_message());
    if (failed > 0)
        return EXIT_FAILURE;
    return listenas_is_here() ? EXIT_SUCCESS : EXIT_SKIPPED;
}
