/*
 * What the library makes of the kernel's answers when they are shorter than it asked for, or say that they are longer:
 * it must go by no byte that was not given. Each question is asked twice, on a stack that is painted differently
 * before, and each time the answer is the same; a longer one is never passed on.
 *
 * The linker puts shorten_or_call in place of system_call for all that calls it (--wrap).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../shim/kernel/facts.h"
#include "../../shim/kernel/filter.h"
#include "../../shim/kernel/host.h"
#include "../../shim/kernel/mark.h"
#include "../../shim/kernel/port.h"
#include "../../shim/kernel/socket_options.h"
#include "../../shim/kernel/system.h"
#include "../../shim/kernel/unix_diag.h"
#include "../suite.h"
#include "socket_fixture.h"

#define TEXT_SIZE 256
#define ANSWER_MOST 4096
#define PAINTED 24576
/* The longest option that the library sets. */
#define OPTION_MOST 16

/* --- the kernel between --- */

static int calls, changed;  /* answers there were; which of them is changed (none: -1) */
static size_t given;        /* to so many bytes */
static bool lengthens;      /* or by its length alone, to that many */
static size_t longest, set; /* answer there was; option that was set */

long shorten_or_call(long number, ...) __asm__("__wrap_system_call");
long call(long number, ...) __asm__("__real_system_call");

static void *pointer(long argument)
{
    return (void *)argument; /* NOLINT(performance-no-int-to-ptr): that is how a system call is given one */
}

/* Makes the call with memory of our own for its answer. Returns its result; `size` becomes the length of the answer. */
static long call_into(char *whole, long number, const long argument[6], socklen_t *size)
{
    if (number == SYS_getsockopt)
        return call(number, argument[0], argument[1], argument[2], whole, size);
    if (number != SYS_read)
        return call(number, argument[0], whole, size);
    long result = call(number, argument[0], whole, *size);
    *size = result > 0 ? (socklen_t)result : 0;
    return result;
}

/* Gives of the kernel's answer what is to be given. `length` is that of the room, and of the answer; NULL for read. */
static long answer(long number, const long argument[6], void *to, socklen_t *length)
{
    static _Alignas(64) char whole[ANSWER_MOST];
    size_t room = length ? *length : (size_t)argument[2];
    socklen_t size = (socklen_t)(room < sizeof whole ? room : sizeof whole);
    long result = call_into(whole, number, argument, &size);
    if (result < 0)
        return result;
    bool now = calls++ == changed;
    longest = size > longest ? size : longest;
    if (now && !lengthens && given < size)
        size = (socklen_t)given;
    memcpy(to, whole, size < room ? size : room);
    if (now && lengthens && length)
        size = (socklen_t)given;
    if (length)
        *length = size;
    return length ? result : (long)size;
}

/* Takes six arguments where fewer were passed, too. */
__attribute__((no_sanitize("address"))) long shorten_or_call(long number, ...)
{
    long argument[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++)
        argument[i] = va_arg(list, long);
    va_end(list);
    void *second = pointer(argument[1]);
    if (number == SYS_getsockopt && argument[3])
        return answer(number, argument, pointer(argument[3]), pointer(argument[4]));
    if (number == SYS_getsockname || number == SYS_getpeername)
        return answer(number, argument, second, pointer(argument[2]));
    if (number == SYS_read)
        return answer(number, argument, second, NULL);
    if (number == SYS_setsockopt && (size_t)argument[4] > set)
        set = (size_t)argument[4];
    return call(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
}

/* --- what is asked, and of which sockets --- */

static int connection(int domain)
{
    int fd = listener(domain), client = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(client, (struct sockaddr *)&address, address_length), 0);
    int taken = accept(fd, NULL, NULL);
    ck_assert_int_ge(taken, 0);
    close(client);
    return taken;
}

typedef void question(int fd, char text[TEXT_SIZE]);

/* By its bytes, but for what the compiler leaves between them. */
static void ask_everything(int fd, char text[TEXT_SIZE])
{
    struct facts facts;
    int error = facts_gather(fd, NEED_HISTORY | NEED_BOUND | NEED_SHUT | NEED_KERNEL_MAX, &facts);
    snprintf(text, TEXT_SIZE, "%d: %d %d %d %d %d %d %d %d %d", error, facts.domain, facts.type, facts.bound,
             facts.listening, facts.connected, facts.was_listening, facts.connect_failed, facts.shut_down,
             facts.kernel_max);
}

static void ask_role(int fd, char text[TEXT_SIZE])
{
    struct facts facts;
    int error = facts_gather(fd, NEED_BOUND, &facts);
    snprintf(text, TEXT_SIZE, "%d: %d %d %d %d", error, facts.domain, facts.type, facts.bound, facts.connected);
}

static void ask_queue(int fd, char text[TEXT_SIZE])
{
    struct queue_facts queue;
    bool told = facts_of_queue(fd, &queue);
    snprintf(text, TEXT_SIZE, "%d: %d %d %d", told, queue.domain, told ? queue.queued : 0, told ? queue.backlog : 0);
}

static void ask_peer(int fd, char text[TEXT_SIZE])
{
    struct peer_facts peer;
    facts_of_peer(fd, &peer);
    snprintf(text, TEXT_SIZE, "%d %d", peer.domain, peer.reset);
}

static void ask_peer_user(int fd, char text[TEXT_SIZE])
{
    struct ucred who;
    bool told = facts_peer_credentials(fd, &who);
    snprintf(text, TEXT_SIZE, "%d: %d %d", told, told ? (int)who.pid : 0, told ? (int)who.uid : 0);
}

static void ask_peer_is_gone(int fd, char text[TEXT_SIZE])
{
    snprintf(text, TEXT_SIZE, "%d", facts_peer_is_gone(fd));
}

static void ask_small(int fd, char text[TEXT_SIZE])
{
    struct port_range range = facts_port_range();
    snprintf(text, TEXT_SIZE, "%d %d %d %d %d", facts_mark(fd), facts_receive_timeout(fd), facts_sizes_set(fd),
             range.low, range.high);
}

static void ask_filter(int fd, char text[TEXT_SIZE])
{
    struct filter_facts filter;
    int error = facts_of_filter(fd, &filter);
    snprintf(text, TEXT_SIZE, "%d: %d %d", error, error ? 0 : filter.backlog, error ? 0 : (int)filter.installed);
}

static void ask_port(int fd, char text[TEXT_SIZE])
{
    struct port_claim claim;
    struct port_use use = {0};
    port_claim_of(fd, AF_INET, &claim);
    bool told = port_use_of(&claim, (struct sockaddr *)&address, &use);
    snprintf(text, TEXT_SIZE, "%d: %d %d %d", told, told && use.listening, told && use.bound, told && use.same);
}

/* What is copied, and to where it is cleared. */
static void ask_options(int fd, char text[TEXT_SIZE])
{
    int to = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval limit = {.tv_sec = 3};
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), 0);
    for (size_t i = 0; i < socket_option_count; i++) {
        option_copy(&socket_options[i], fd, to);
        option_clear(&socket_options[i], to);
    }
    snprintf(text, TEXT_SIZE, "%d", options_learn(fd, AF_INET));
    close(to);
}

static const struct trial {
    const char *name;
    int domain;
    bool connects;
    question *ask;
} trials[] = {
    {"a listener", AF_INET, false, ask_everything},
    {"a connection", AF_INET, true, ask_everything},
    {"a role", AF_INET, true, ask_role},
    {"a listener of AF_UNIX", AF_UNIX, false, ask_role},
    {"a queue", AF_INET, false, ask_queue},
    {"a queue of AF_UNIX", AF_UNIX, false, ask_queue},
    {"a peer", AF_INET, true, ask_peer},
    {"a peer's user", AF_UNIX, true, ask_peer_user},
    {"a peer of AF_UNIX", AF_UNIX, true, ask_peer_is_gone},
    {"single numbers", AF_INET, false, ask_small},
    {"a filter", AF_INET, false, ask_filter},
    {"a port", AF_INET, false, ask_port},
    {"options", AF_INET, false, ask_options},
};

/* --- the tests --- */

/* Leaves this byte where the next frames will be. */
__attribute__((noinline)) static void paint(unsigned char with)
{
    volatile unsigned char area[PAINTED];
    for (size_t i = 0; i < sizeof area; i++)
        area[i] = with;
}

__attribute__((noinline)) static void ask_on(unsigned char with, const struct trial *trial, int fd,
                                             char text[TEXT_SIZE])
{
    calls = 0;
    memset(text, 0, TEXT_SIZE);
    paint(with);
    trial->ask(fd, text);
    text[TEXT_SIZE - 1] = '\0'; /* so that this frame is still there, and the next is where the paint is */
}

/* A question that changes what is asked of is asked of a socket of its own. */
static int asked(const struct trial *trial)
{
    return trial->connects ? connection(trial->domain) : listener(trial->domain);
}

static void compare(const struct trial *trial, int fd)
{
    char one[TEXT_SIZE], other[TEXT_SIZE];
    set = 0;
    ask_on(0xa5, trial, fd, one);
    ask_on(0x5a, trial, fd, other);
    ck_assert_msg(strcmp(one, other) == 0, "%s: answer %d of %zu bytes: \"%s\", then \"%s\"", trial->name, changed,
                  given, one, other);
    ck_assert_msg(set <= OPTION_MOST, "%s: an option of %zu bytes was set", trial->name, set);
}

START_TEST(a_short_answer_is_not_read_beyond)
{
    const struct trial *trial = &trials[_i];
    char text[TEXT_SIZE];
    int fd = asked(trial);
    changed = -1;
    longest = 0;
    ask_on(0, trial, fd, text);
    int count = calls;
    size_t most = longest < 320 ? longest : 320; /* of one message of a dump, and a part of the next */
    ck_assert_int_gt(count, 0);
    for (changed = 0; changed < count; changed++)
        for (given = 0; given < most; given += given < 24 ? 1 : 5)
            compare(trial, fd);
    close(fd);
}
END_TEST

START_TEST(a_long_answer_is_not_believed)
{
    static const size_t lengths[] = {17, 129, 4096, INT_MAX};
    const struct trial *trial = &trials[_i];
    char text[TEXT_SIZE];
    int fd = asked(trial);
    changed = -1;
    ask_on(0, trial, fd, text);
    int count = calls;
    lengthens = true;
    for (changed = 0; changed < count; changed++)
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            given = lengths[i];
            compare(trial, fd);
        }
    close(fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("short answers");
    TCase *answers = tcase_create("answers");
    tcase_set_timeout(answers, 60);
    int count = sizeof trials / sizeof *trials;
    tcase_add_loop_test(answers, a_short_answer_is_not_read_beyond, 0, count);
    tcase_add_loop_test(answers, a_long_answer_is_not_believed, 0, count);
    suite_add_tcase(suite, answers);
    return suite_run(suite);
}
