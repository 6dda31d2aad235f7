/*
 * A server for tests that has a history: it fills its own queue with 12 clients and accepts them, three times. Then it
 * ends, or waits until it is killed.
 */
#ifndef LISTENAS_TESTS_CLI_BUSY_H
#define LISTENAS_TESTS_CLI_BUSY_H

#include <signal.h>

#include "child.h"
#include "filling.h"

#include "../../shim/ring/keep.h"

/* Its words: "stay" or "go", then the path of an AF_UNIX listener. */
static const char busy_source[] = FILL_AND_DRAIN LISTENER_HEADERS
    "#include <fcntl.h>\n"
    "int main(int count, char **words)\n{\n" LISTENER(100) "    for (int i = 0; i < 3; i++)\n"
                                                           "        fill_and_drain(fd, address, length, 12);\n"
                                                           "    bind(fd, (struct sockaddr *)&in, 3);\n"
                                                           "    if (!strcmp(words[1], \"stay\")) {\n"
                                                           "        close(open(\"ready\", O_CREAT | O_WRONLY, 0600));\n"
                                                           "        pause();\n"
                                                           "    }\n"
                                                           "    return 0;\n}\n";

static inline const char *busy_ring(void)
{
    return in_directory("a.ring");
}

#define SAMPLES "record.queue_samples=1000"

/* Runs it under a profile with a setting until it ends; `path` is of an AF_UNIX listener, NULL: TCP. */
static inline void busy_run(const char *profile, const char *setting, const char *path)
{
    ck_assert(compile("server", busy_source, ""));
    ASSERT_QUIET(RUN("-p", profile, "-o", setting, "-r", busy_ring(), in_directory("server"), "go", path), 0);
}

/* Writes into its ring what a refuser does that turned 15 clients away, and waits of 40 ms, 90 at most. */
static inline void busy_refuse(void)
{
    struct ring ring;
    struct record listens;
    uint64_t number;
    int fd = open(busy_ring(), O_RDWR | O_CLOEXEC);
    ck_assert_int_eq(ring_join(&ring, fd), 0);
    close(fd);
    struct ring_listener *listener = ring_listener(&ring, 1);
    ck_assert(ring_kept(&listener->made_by[MADE_BY_LISTEN], &number, &listens));
    listens.flags |= RECORD_WATCHED | RECORD_TELLS;
    listens.refuser_error = 0;
    ring_keep(&listener->made_by[MADE_BY_LISTEN], number, &listens);
    atomic_store(&listener->turned_away, 15);
    atomic_store(&listener->waits, UINT64_C(90) << 32 | 40);
    ring_close(&ring);
}

/* Starts it so that it stays; returns its process when it has its history. To be ended with busy_end. */
static inline pid_t busy_start(const char *profile)
{
    ck_assert(compile("server", busy_source, ""));
    pid_t pid = fork();
    if (pid == 0) {
        execl(command, command, "run", "-p", profile, "-o", SAMPLES, "-r", busy_ring(), in_directory("server"), "stay",
              (char *)NULL);
        _exit(98);
    }
    for (int i = 0; i < 2000 && access(in_directory("ready"), F_OK) != 0; i++)
        usleep(10000);
    ck_assert_int_eq(access(in_directory("ready"), F_OK), 0);
    return pid;
}

static inline void busy_end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

#endif
