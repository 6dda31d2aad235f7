/*
 * What the library finds out of the kernel when the kernel fails: each of its system calls fails once, with each of
 * several errors, and each time the answer is the one that the header promises and no descriptor is left open.
 *
 * The linker puts fail_or_call in place of system_call for all that calls it (--wrap).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../shim/kernel/facts.h"
#include "../../shim/kernel/filter.h"
#include "../../shim/kernel/host.h"
#include "../../shim/kernel/mark.h"
#include "../../shim/kernel/port.h"
#include "../../shim/kernel/system.h"
#include "../../shim/kernel/unix_diag.h"
#include "../../shim/profile/errno_name.h"
#include "../suite.h"
#include "socket_fixture.h"

#define TEXT_SIZE 160
#define ANSWERS_MOST 8

/* --- the fault --- */

static int calls, failing, fault;      /* how many there were, which one fails (none: -1), and how */
static long failed_number, lying = -1; /* one that is said to succeed, and is not made */

long fail_or_call(long number, ...) __asm__("__wrap_system_call");
long call(long number, ...) __asm__("__real_system_call");

/* A close that fails has closed nevertheless, as that of Linux. Takes six arguments where fewer were passed, too. */
__attribute__((no_sanitize("address"))) long fail_or_call(long number, ...)
{
    long argument[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++)
        argument[i] = va_arg(list, long);
    va_end(list);
    bool fails = calls++ == failing;
    if (number == lying)
        return 0;
    if (fails)
        failed_number = number;
    if (fails && number == SYS_close)
        call(SYS_close, argument[0]);
    if (fails) {
        errno = fault;
        return -1;
    }
    return call(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
}

/* --- sockets to ask of --- */

static int none(void)
{
    return -1;
}

static int come(void)
{
    int client = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(client, (struct sockaddr *)&address, address_length), 0);
    return client;
}

static int tcp_listener(void)
{
    return listener(AF_INET);
}

static int tcp_listener_with_client(void)
{
    int fd = listener(AF_INET);
    come();
    return fd;
}

static int unix_listener_with_client(void)
{
    int fd = listener(AF_UNIX);
    come();
    return fd;
}

static int tcp_connection(void)
{
    int fd = listener(AF_INET), client = come(), connection = accept(fd, NULL, NULL);
    ck_assert_int_ge(connection, 0);
    (void)client;
    return connection;
}

static int tcp_connection_that_was_reset(void)
{
    const struct linger reset = {.l_onoff = 1};
    int fd = listener(AF_INET), client = come(), connection = accept(fd, NULL, NULL);
    ck_assert_int_eq(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    close(client);
    return connection;
}

static int tcp_listener_that_was_shut(void)
{
    int fd = listener(AF_INET);
    shutdown(fd, SHUT_RD);
    return fd;
}

static int marked(int fd, int bits)
{
    int mark = mark_value(bits);
    ck_assert_msg(setsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &mark, sizeof mark) == 0, "SO_INCOMING_CPU: %s",
                  strerror(errno));
    return fd;
}

static int tcp_that_was_aborted(void)
{
    return marked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), MARK_ABORTED);
}

static int tcp_listener_that_is_drained(void)
{
    return marked(listener(AF_INET), MARK_DRAINING | MARK_DRAINING_SHUT);
}

static int tcp_that_is_bound(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address_length = sizeof address;
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&loopback, sizeof loopback), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &address_length), 0);
    return fd;
}

static int unix_without_peer(void)
{
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    close(ends[1]);
    return ends[0];
}

static int with_timeout(void)
{
    struct timeval limit = {.tv_sec = 3};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    return fd;
}

static int filtered_listener(void)
{
    return marked(listener(AF_INET), FILTER_HTTPREADY);
}

static int with_port_options(void)
{
    int fd = bound(AF_INET), on = 1;
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), 0);
    return fd;
}

/* --- questions, each of which writes what it was told --- */

typedef void question(int fd, char text[TEXT_SIZE]);

static void say(char text[TEXT_SIZE], bool told, const char *yes, const char *no)
{
    snprintf(text, TEXT_SIZE, "%s", told ? yes : no);
}

static void ask_kernel_max(int fd, char text[TEXT_SIZE])
{
    (void)fd;
    say(text, facts_kernel_max() < INT_MAX, "known", "unknown");
}

static void ask_port_range(int fd, char text[TEXT_SIZE])
{
    struct port_range range = facts_port_range();
    (void)fd;
    say(text, range.low > 0 && range.high > range.low, "known", range.low || range.high ? "half known" : "unknown");
}

static void ask_name(int fd, char text[TEXT_SIZE])
{
    struct sockaddr_storage name;
    socklen_t length;
    say(text, facts_name(fd, &name, &length), "named", "no name");
}

static void ask_domain(int fd, char text[TEXT_SIZE])
{
    snprintf(text, TEXT_SIZE, "%d", facts_domain(fd));
}

static void tell_role(int error, const struct facts *facts, char text[TEXT_SIZE])
{
    if (error)
        snprintf(text, TEXT_SIZE, "%s", errno_name(error));
    else
        snprintf(text, TEXT_SIZE, "%s%s%s%s%s%s%s", facts->domain == AF_INET ? "inet" : "unix",
                 facts->listening ? " listening" : "", facts->connected ? " connected" : "",
                 facts->was_listening ? " was-listening" : "", facts->shut_down ? " shut-down" : "",
                 facts->bound ? " bound" : "", facts->peer_closed ? " peer-closed" : "");
}

static void ask_role(int fd, char text[TEXT_SIZE])
{
    struct facts facts;
    tell_role(facts_gather(fd, NEED_ROLE, &facts), &facts, text);
}

static void ask_history(int fd, char text[TEXT_SIZE])
{
    struct facts facts;
    tell_role(facts_gather(fd, NEED_HISTORY | NEED_STOPPED, &facts), &facts, text);
}

static void ask_socket(int fd, char text[TEXT_SIZE])
{
    struct facts facts;
    tell_role(facts_gather(fd, NEED_ROLE | NEED_BOUND | NEED_KERNEL_MAX, &facts), &facts, text);
}

static void ask_queue(int fd, char text[TEXT_SIZE])
{
    struct queue_facts facts;
    if (facts_of_queue(fd, &facts))
        snprintf(text, TEXT_SIZE, "domain %d, %d of %d", facts.domain, facts.queued, facts.backlog);
    else
        strcpy(text, "no queue");
}

static void ask_peer(int fd, char text[TEXT_SIZE])
{
    struct peer_facts facts;
    facts_of_peer(fd, &facts);
    snprintf(text, TEXT_SIZE, "domain %d%s", facts.domain, facts.reset ? ", reset" : "");
}

static void ask_peer_is_gone(int fd, char text[TEXT_SIZE])
{
    say(text, facts_peer_is_gone(fd), "gone", "there");
}

static void ask_queued(int fd, char text[TEXT_SIZE])
{
    say(text, facts_has_queued(fd), "queued", "none");
}

static void ask_hung_up(int fd, char text[TEXT_SIZE])
{
    say(text, facts_is_hung_up(fd), "hung up", "well");
}

static void ask_timeout(int fd, char text[TEXT_SIZE])
{
    snprintf(text, TEXT_SIZE, "%d ms", facts_receive_timeout(fd));
}

static void ask_mark(int fd, char text[TEXT_SIZE])
{
    snprintf(text, TEXT_SIZE, "%#x", (unsigned int)facts_mark(fd));
}

static void ask_filter(int fd, char text[TEXT_SIZE])
{
    struct filter_facts facts;
    int error = facts_of_filter(fd, &facts);
    if (error)
        snprintf(text, TEXT_SIZE, "%s", errno_name(error));
    else
        snprintf(text, TEXT_SIZE, "filter %d, backlog %d", (int)facts.installed, facts.backlog);
}

static void ask_claim(int fd, char text[TEXT_SIZE])
{
    struct port_claim claim;
    port_claim_of(fd, AF_INET, &claim);
    snprintf(text, TEXT_SIZE, "%s%s%s", claim.protocol == IPPROTO_TCP ? "tcp" : "unknown",
             claim.reuse_address ? " reuse-address" : "", claim.reuse_port ? " reuse-port" : "");
}

static void ask_use(int fd, char text[TEXT_SIZE])
{
    struct port_claim claim = {.protocol = IPPROTO_TCP, .domain = AF_INET};
    struct port_use use;
    (void)fd;
    bool told = port_use_of(&claim, (struct sockaddr *)&address, &use);
    say(text, told, use.same ? "in use" : "free", "not told");
}

static void ask_descriptor(int fd, char text[TEXT_SIZE])
{
    say(text, facts_no_descriptors(fd), "none", "free");
}

/* Linux lists sockets that are only bound since 6.8. */
static void ask_silence(int fd, char text[TEXT_SIZE])
{
    (void)fd;
    say(text, port_is_silent((struct sockaddr *)&address), "silent", "not told");
}

static void ask_sizes(int fd, char text[TEXT_SIZE])
{
    snprintf(text, TEXT_SIZE, "%d", facts_sizes_set(fd));
}

static void ask_inode(int fd, char text[TEXT_SIZE])
{
    struct unix_diag_rqlen lengths = {0};
    bool told = unix_diag(fd, UDIAG_SHOW_RQLEN, UNIX_DIAG_RQLEN, &lengths, sizeof lengths);
    snprintf(text, TEXT_SIZE, told ? "%u queued" : "not told", lengths.udiag_rqueue);
}

/* --- what must come out --- */

/* The error's own name. */
#define ERROR "errno"

/*
 * What is told when all is well; then when the first call fails, the second, and so on, the last for all that follow. A
 * close that fails makes no difference to any.
 */
static const struct trial {
    const char *name;
    int (*make)(void);
    question *ask;
    const char *well;
    const char *failed[ANSWERS_MOST];
} trials[] = {
    {"kernel_max", none, ask_kernel_max, "known", {"unknown"}},
    {"port_range", none, ask_port_range, "known", {"unknown"}},
    {"name", tcp_listener, ask_name, "named", {"no name"}},
    {"domain", tcp_listener, ask_domain, "2", {"-1"}},
    {"role of a listener",
     tcp_listener,
     ask_role,
     "inet listening",
     {ERROR, ERROR, "inet listening", ERROR, "inet listening"}},
    {"role of a connection", tcp_connection, ask_role, "inet connected", {ERROR, ERROR, "inet", ERROR}},
    {"history of a connection", tcp_connection, ask_history, "inet connected", {"inet connected", ERROR}},
    {"history of a listener that was shut",
     tcp_listener_that_was_shut,
     ask_history,
     "inet was-listening",
     {"inet", ERROR, "inet was-listening"}},
    {"socket",
     tcp_listener,
     ask_socket,
     "inet listening bound",
     {ERROR, ERROR, "inet listening bound", ERROR, "inet listening", "inet listening bound"}},
    {"history of a listener that is drained",
     tcp_listener_that_is_drained,
     ask_history,
     "inet was-listening shut-down",
     {"inet was-listening shut-down", ERROR, "inet listening"}},
    {"free descriptor", tcp_listener, ask_descriptor, "free", {"free"}},
    {"silent port", tcp_that_is_bound, ask_silence, "silent", {"not told"}},
    {"sizes", tcp_listener, ask_sizes, "0", {"3"}},
    {"queue of TCP", tcp_listener_with_client, ask_queue, "domain 2, 1 of 5", {"no queue"}},
    {"queue of AF_UNIX", unix_listener_with_client, ask_queue, "domain 1, 1 of 5", {"no queue"}},
    {"peer", tcp_connection, ask_peer, "domain 2", {"domain 2"}},
    {"peer that has reset", tcp_connection_that_was_reset, ask_peer, "domain 2, reset", {"domain 2", "domain -1"}},
    {"peer that is gone", unix_without_peer, ask_peer_is_gone, "gone", {"there"}},
    {"client in the queue", tcp_listener_with_client, ask_queued, "queued", {"none"}},
    {"hang-up", unix_without_peer, ask_hung_up, "hung up", {"well"}},
    {"time-out", with_timeout, ask_timeout, "3000 ms", {"-1 ms"}},
    {"mark", tcp_that_was_aborted, ask_mark, "0x10", {"0"}},
    {"filter",
     filtered_listener,
     ask_filter,
     "filter 2, backlog 5",
     {ERROR, "filter 0, backlog 5", "filter 2, backlog 5", "filter 2, backlog -1"}},
    {"port claim",
     with_port_options,
     ask_claim,
     "tcp reuse-address reuse-port",
     {"unknown reuse-address reuse-port", "tcp reuse-port", "tcp reuse-address"}},
    {"port use", tcp_listener, ask_use, "in use", {"not told"}},
    {"AF_UNIX alone", unix_listener_with_client, ask_inode, "1 queued", {"not told"}},
};

static const int faults[] = {EIO, ENOMEM, EMFILE, EPERM};

static const char *expected(const struct trial *trial, int call_failed)
{
    int last = 0;
    while (last + 1 < ANSWERS_MOST && trial->failed[last + 1])
        last++;
    const char *answer = trial->failed[call_failed < last ? call_failed : last];
    if (failed_number == SYS_close)
        return trial->well;
    return strcmp(answer, ERROR) == 0 ? errno_name(fault) : answer;
}

/* The lowest free descriptor: one that was left open is below it, since all are low. */
static int lowest_free(void)
{
    int fd = dup(STDERR_FILENO);
    close(fd);
    return fd;
}

/* Asks with that call failing; returns how many calls there were. */
static int ask_failing(const struct trial *trial, int fd, int which, char text[TEXT_SIZE])
{
    int free_before = lowest_free();
    calls = 0;
    failing = which;
    trial->ask(fd, text);
    failing = -1;
    ck_assert_msg(lowest_free() == free_before, "%s: call %d, of number %ld, fails: a descriptor is left open",
                  trial->name, which, failed_number);
    return calls;
}

START_TEST(each_call_may_fail)
{
    const struct trial *trial = &trials[_i];
    int fd = trial->make();
    char text[TEXT_SIZE];
    int count = ask_failing(trial, fd, -1, text);
    ck_assert_msg(strcmp(text, trial->well) == 0, "%s: all is well: \"%s\"", trial->name, text);
    ck_assert_int_gt(count, 0);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        for (int which = 0; which < count; which++) {
            fault = faults[i];
            ask_failing(trial, fd, which, text);
            ck_assert_msg(strcmp(text, expected(trial, which)) == 0,
                          "%s: call %d, of number %ld, fails with %s: \"%s\" instead of \"%s\"", trial->name, which,
                          failed_number, errno_name(fault), text, expected(trial, which));
        }
}
END_TEST

/* Two ways to find out about memory: the second where the first cannot tell. */
START_TEST(memory_is_told_by_one_of_two_ways)
{
    static const int unable[] = {EINVAL, EPERM, ENOSYS, EIO};
    char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), mine[TEXT_SIZE];
    ck_assert_ptr_ne(page, MAP_FAILED);
    failing = -1;
    ck_assert(facts_readable(mine, sizeof mine) && !facts_readable(page, TEXT_SIZE) && !facts_readable(NULL, 1));
    for (size_t i = 0; i < sizeof unable / sizeof *unable; i++) {
        failing = calls = 0;
        fault = unable[i];
        ck_assert_msg(facts_readable(mine, sizeof mine), "%s", errno_name(fault));
        calls = 0;
        ck_assert_msg(!facts_readable(page, TEXT_SIZE), "%s", errno_name(fault));
    }
    failing = -1;
    lying = SYS_madvise; /* an emulator of a kernel takes any advice */
    ck_assert(facts_readable(mine, sizeof mine) && !facts_readable(page, TEXT_SIZE));
    lying = -1;
    munmap(page, 4096);
}
END_TEST

/* The contract of system_call itself: that of syscall(2). */
START_TEST(answers_as_syscall)
{
    char byte;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    errno = 99;
    ck_assert_int_eq(call(SYS_write, ends[1], "x", 1ul), 1);
    ck_assert_int_eq(call(SYS_read, ends[0], &byte, 1ul), 1);
    ck_assert_int_eq(call(SYS_getpid), getpid());
    ck_assert_int_eq(errno, 99);
    ck_assert_int_eq(call(SYS_read, -1, &byte, 1ul), -1);
    ck_assert_int_eq(errno, EBADF);
    ck_assert_int_eq(call(4095), -1); /* for a number out of all range ARM has a signal */
    ck_assert_int_eq(errno, ENOSYS);
}
END_TEST

/* Bytes sent with all six arguments, the address's length the last. */
START_TEST(takes_six_arguments)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof to;
    int receiver = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
        sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    char data[8] = "";
    ck_assert_int_eq(bind(receiver, (struct sockaddr *)&to, length), 0);
    ck_assert_int_eq(getsockname(receiver, (struct sockaddr *)&to, &length), 0);
    ck_assert_int_eq(call(SYS_sendto, sender, "hello", 5ul, MSG_NOSIGNAL, &to, length), 5);
    ck_assert_int_eq(recv(receiver, data, sizeof data, 0), 5);
    ck_assert_str_eq(data, "hello");
    ck_assert_int_eq(call(SYS_sendto, sender, "hello", 5ul, MSG_NOSIGNAL, &to, 1), -1);
    ck_assert_int_eq(errno, EINVAL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("faults");
    TCase *whole = tcase_create("faults");
    failing = -1;
    tcase_add_loop_test(whole, each_call_may_fail, 0, sizeof trials / sizeof *trials);
    tcase_add_test(whole, memory_is_told_by_one_of_two_ways);
    tcase_add_test(whole, answers_as_syscall);
    tcase_add_test(whole, takes_six_arguments);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
