/*
 * What the test programs of the refuser share: a network and a refuser for each test, and whether they can be had.
 */
#ifndef LISTENAS_REFUSER_FIXTURE_H
#define LISTENAS_REFUSER_FIXTURE_H

#include <check.h>

#include "../suite.h"
#include "ask.h"
#include "client.h"
#include "place.h"

/* How long a test may take, on a machine however busy; its own limits are shorter. */
#define REFUSER_TEST_SECONDS 240

static pid_t refuser;

static inline void set_up(void)
{
    enter_place();
    refuser = refuser_daemon_start();
}

/* The same promises, except in what a client meets at a full queue. */
static inline void set_up_reset(void)
{
    set_up();
    setenv("LISTENAS_SET", "listen.overflow_tcp=reset", 1);
    surplus_error = ECONNRESET;
}

static inline void tear_down(void)
{
    refuser_daemon_stop(refuser);
    while (waitpid(-1, NULL, 0) > 0 || errno != ECHILD)
        continue;
}

static inline int listen_on_loopback(struct sockaddr_in *where, int backlog)
{
    socklen_t length = sizeof *where;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *where = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_eq(bind(fd, (struct sockaddr *)where, length), 0);
    ck_assert_int_eq(listen(fd, backlog), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)where, &length), 0);
    return fd;
}

/*
 * Whether it may refuse there, in a process that may then go where it must; a refuser that does not work is no reason.
 * An ordinary user has the right in a user namespace, but no command that this user executes there has it.
 */
static inline bool can_be_watched(void)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0) {
        enter_place();
        _exit(geteuid() != 0 || socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW) < 0);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

/* Runs the suite, where that is possible; returns the exit status of the program. */
static inline int run_where_watched(Suite *suite)
{
    if (can_be_watched())
        return suite_run(suite);
    puts("skipped: the refuser: no refuser can answer clients here");
    return EXIT_SUCCESS;
}

#endif
