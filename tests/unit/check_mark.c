/* The mark that a socket has in SO_INCOMING_CPU, beside the processor that its program set there. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../shim/kernel/listener.h"
#include "../../shim/kernel/mark.h"
#include "../suite.h"

static const int marks[] = {0,
                            MARK_FILTER,
                            MARK_LATE_SEND,
                            MARK_LATE_RECEIVE,
                            MARK_ABORTED,
                            MARK_DRAINING,
                            MARK_DRAINING_SHUT,
                            MARK_OPTIONS_KNOWN,
                            MARK_OPTIONS_KNOWN | MARK_SWITCHES_SET,
                            MARK_OPTIONS_KNOWN | MARK_VALUES_SET,
                            MARK_OPTIONS_KNOWN | MARK_PROTOCOL_SET,
                            MARK_EXCESS_ONE,
                            MARK_EXCESS,
                            MARK_FILTER | MARK_LATE_SEND | MARK_LATE_RECEIVE | MARK_ABORTED | MARK_DRAINING |
                                MARK_DRAINING_SHUT | MARK_OPTIONS_KNOWN | MARK_OPTIONS_SET | MARK_EXCESS};
#define MARKS (sizeof marks / sizeof *marks)

START_TEST(a_mark_keeps_the_programs_processor)
{
    static const int cpus[] = {-1, 0, 1, 63, 511, MARK_CPU_MOST};
    for (size_t i = 0; i < MARKS; i++)
        for (size_t j = 0; j < sizeof cpus / sizeof *cpus; j++) {
            int bits = mark_with_cpu(marks[i], cpus[j]), value = mark_value(bits);
            ck_assert_int_eq(mark_bits(value), bits);
            ck_assert_int_eq(mark_cpu(bits), cpus[j]);
            ck_assert_int_eq(bits & ~MARK_CPU, marks[i]);
            ck_assert_int_eq(mark_cpu(mark_with_cpu(bits, -1)), -1);
            /* Without a mark the kernel has the number that it would have without us. */
            ck_assert_msg(marks[i] ? value < -1 : value == cpus[j], "%x, %d: %d", (unsigned)marks[i], cpus[j], value);
        }
}
END_TEST

/* What has no place is left out, and no mark is made of it. */
START_TEST(numbers_that_are_no_processors)
{
    static const int odd[] = {-2, -1000, INT_MIN, MARK_CPU_MOST + 1, 100000, INT_MAX};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        ck_assert_int_eq(mark_cpu(mark_with_cpu(MARK_ABORTED, odd[i])), -1);
        ck_assert_int_eq(mark_with_cpu(MARK_ABORTED, odd[i]), MARK_ABORTED);
    }
    ck_assert_int_eq(mark_bits(-1), 0);
    ck_assert_int_eq(mark_bits(-2), 0);
    ck_assert_int_eq(mark_bits(-1000), 0);
    ck_assert_int_eq(mark_bits(INT_MAX), 0);
}
END_TEST

START_TEST(a_socket_keeps_them)
{
    static const int domains[] = {AF_INET, AF_UNIX};
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        int fd = socket(domains[i], SOCK_STREAM | SOCK_CLOEXEC, 0), cpu = 5;
        int value = mark_value(mark_with_cpu(MARK_ABORTED | MARK_EXCESS_ONE, 77));
        ck_assert_int_eq(facts_mark(fd), 0);
        ck_assert_msg(setsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &cpu, sizeof cpu) == 0, "SO_INCOMING_CPU: %s",
                      strerror(errno));
        ck_assert_int_eq(mark_cpu(facts_mark(fd)), 5);
        ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &value, sizeof value), 0);
        ck_assert_int_eq(facts_mark(fd) & ~MARK_CPU, MARK_ABORTED | MARK_EXCESS_ONE);
        ck_assert_int_eq(mark_cpu(facts_mark(fd)), 77);
        close(fd);
    }
    ck_assert_int_eq(facts_mark(-1), 0);
}
END_TEST

/* A process that shares the listener, and was there before, knows it by the flags, which keep all else. */
START_TEST(a_shortened_listener_is_known)
{
    int told[2], status, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    char byte;
    ck_assert_int_eq(pipe2(told, O_CLOEXEC), 0);
    ck_assert(!listener_may_be_shortened(fcntl(fd, F_GETFL)));
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(read(told[0], &byte, 1) == 1 && listener_may_be_shortened(fcntl(fd, F_GETFL)) &&
                      !listener_may_be_shortened(fcntl(told[0], F_GETFL))
                  ? 0
                  : 1);
    listener_note_shortened(fd);
    ck_assert(fcntl(fd, F_GETFL) & O_NONBLOCK);
    ck_assert_int_eq(write(told[1], "", 1), 1);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    ck_assert(listener_may_be_shortened(fcntl(fd, F_GETFL))); /* by the one that shortened it */
    close(fd);
    close(told[0]);
    close(told[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mark");
    TCase *whole = tcase_create("mark");
    tcase_add_test(whole, a_mark_keeps_the_programs_processor);
    tcase_add_test(whole, numbers_that_are_no_processors);
    tcase_add_test(whole, a_socket_keeps_them);
    tcase_add_test(whole, a_shortened_listener_is_known);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
