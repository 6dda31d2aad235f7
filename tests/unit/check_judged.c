/* What recorded calls come to as each platform: the rules' verdicts beside what Linux did. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "../../shim/cli/judge/judge.h"
#include "../../shim/kernel/socket_options.h"
#include "../suite.h"

#define TCP .domain = AF_INET, .type = SOCK_STREAM
#define TCP6 .domain = AF_INET6, .type = SOCK_STREAM
#define UDP .domain = AF_INET, .type = SOCK_DGRAM
#define LOCAL .domain = AF_UNIX, .type = SOCK_STREAM
#define WANTS_NAME CASE_KNOWN | CASE_WANTS_ADDRESS

/* One setting, one call, and what is to come of it. `number`: of a queue; FAILS, SUCCEEDS, OTHERWISE, NOTHING. */
#define NOTHING (-1)

struct row {
    const char *set;
    enum call call;
    struct ring_case seen;
    const char *address; /* "inet PLACE PORT", "inet6", "unix LENGTH"; NULL for none */
    int turn;            /* enum turn, or NOTHING */
    int number;          /* the errno, or the length of the queue */
    enum consequence consequence;
};

static const struct row rows[] = {
    /* listen */
    {"listen.backlog_max=5",
     CALL_listen,
     {TCP, .facts = CASE_KNOWN | CASE_BOUND, .kernel_max = 4096, .arguments = {100}},
     NULL,
     TURN_QUEUE,
     6,
     CONSEQUENCE_NUMBER},
    {"listen.capacity_tcp=3/2 b + 1",
     CALL_listen,
     {TCP, .facts = CASE_KNOWN | CASE_BOUND, .kernel_max = 4096, .arguments = {100}},
     NULL,
     TURN_QUEUE,
     151,
     CONSEQUENCE_NUMBER},
    {"listen.capacity_tcp=b + 1",
     CALL_listen,
     {TCP, .facts = CASE_KNOWN | CASE_BOUND, .kernel_max = 4096, .arguments = {100}},
     NULL,
     NOTHING,
     0,
     0},
    {"listen.overflow_tcp=refuse",
     CALL_listen,
     {TCP, .facts = CASE_KNOWN | CASE_BOUND, .kernel_max = 4096, .arguments = {100}},
     NULL,
     TURN_QUEUE,
     101,
     CONSEQUENCE_NUMBER},
    {"listen.backlog_max=5",
     CALL_listen,
     {UDP, .facts = CASE_KNOWN, .error = EOPNOTSUPP, .arguments = {100}},
     NULL,
     NOTHING,
     0,
     0},
    {"listen.unbound_inet=EINVAL",
     CALL_listen,
     {TCP, .facts = CASE_KNOWN, .kernel_max = 4096, .arguments = {5}},
     NULL,
     TURN_FAILS,
     EINVAL,
     CONSEQUENCE_FAILURE},
    {"listen.unbound_unix=EDESTADDRREQ",
     CALL_listen,
     {LOCAL, .facts = CASE_KNOWN, .error = EINVAL},
     NULL,
     TURN_FAILS,
     EDESTADDRREQ,
     CONSEQUENCE_ERRNO},
    {"listen.datagram_inet=ok",
     CALL_listen,
     {UDP, .facts = CASE_KNOWN, .error = EOPNOTSUPP},
     NULL,
     TURN_SUCCEEDS,
     0,
     CONSEQUENCE_ERRNO},
    {"listen.relisten_tcp=ignore",
     CALL_listen,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING | CASE_BOUND, .kernel_max = 4096},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_WRONG},
    {"listen.bad_descriptor=ENOTSOCK", CALL_listen, {.error = EBADF}, NULL, TURN_FAILS, ENOTSOCK, CONSEQUENCE_ERRNO},
    {"listen.unbound_inet=EINVAL", CALL_listen, {.error = EBADF}, NULL, NOTHING, 0, 0},
    /* bind */
    {"bind.long_address=EINVAL",
     CALL_bind,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE, .length = 128},
     "inet 1 80",
     TURN_FAILS,
     EINVAL,
     CONSEQUENCE_FAILURE},
    {"bind.long_address=EINVAL",
     CALL_bind,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE, .length = 16},
     "inet 1 80",
     NOTHING,
     0,
     0},
    {"bind.loopback_net=EADDRNOTAVAIL",
     CALL_bind,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE, .length = 16},
     "inet 7 80",
     TURN_FAILS,
     EADDRNOTAVAIL,
     CONSEQUENCE_FAILURE},
    {"bind.null_address=EINVAL",
     CALL_bind,
     {TCP, .facts = CASE_KNOWN | CASE_NULL_ADDRESS, .length = 16, .error = EFAULT},
     NULL,
     TURN_FAILS,
     EINVAL,
     CONSEQUENCE_ERRNO},
    {"bind.low_port=EPERM",
     CALL_bind,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE, .length = 16, .error = EACCES},
     "inet 1 80",
     TURN_FAILS,
     EPERM,
     CONSEQUENCE_ERRNO},
    {"bind.port_min=1024",
     CALL_bind,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE, .length = 16},
     "inet 1 0",
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_NUMBER},
    {"bind.unix_path_max=50,bind.unix_path_long=ENAMETOOLONG",
     CALL_bind,
     {LOCAL, .facts = CASE_KNOWN | CASE_READABLE, .length = 110, .text = 70},
     "unix",
     TURN_FAILS,
     ENAMETOOLONG,
     CONSEQUENCE_FAILURE},
    {"bind.unix_path_max=80",
     CALL_bind,
     {LOCAL, .facts = CASE_KNOWN | CASE_READABLE, .length = 110, .text = 70},
     "unix",
     NOTHING,
     0,
     0},
    {"bind.unix_dangling=follow",
     CALL_bind,
     {LOCAL, .facts = CASE_KNOWN | CASE_READABLE | CASE_DANGLING, .length = 110, .text = 9, .error = EADDRINUSE},
     "unix",
     TURN_SUCCEEDS,
     0,
     CONSEQUENCE_ERRNO},
    {"bind.reuse=bsd",
     CALL_bind,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE | CASE_REUSE_ADDRESS | CASE_PORT_OVERLAPS, .length = 16,
      .error = EADDRINUSE, .arguments = {IPPROTO_TCP}},
     "inet 1 80",
     TURN_SUCCEEDS,
     0,
     CONSEQUENCE_ERRNO},
    {"bind.reuse=bsd",
     CALL_bind,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE | CASE_REUSE_ADDRESS | CASE_PORT_SAME, .length = 16,
      .arguments = {IPPROTO_TCP}},
     "inet 1 80",
     TURN_FAILS,
     EADDRINUSE,
     CONSEQUENCE_FAILURE},
    {"bind.reuse=linux",
     CALL_bind,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE | CASE_REUSE_ADDRESS | CASE_PORT_SAME, .length = 16,
      .arguments = {IPPROTO_TCP}},
     "inet 1 80",
     NOTHING,
     0,
     0},
    {"socket.v6only=yes",
     CALL_bind,
     {TCP6, .facts = CASE_KNOWN | CASE_READABLE | CASE_DUAL_STACK, .length = 28},
     "inet6",
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_WRONG},
    {"socket.v6only=yes", CALL_bind, {TCP6, .facts = CASE_KNOWN | CASE_READABLE, .length = 28}, "inet6", NOTHING, 0, 0},
    /* accept */
    {"accept.inherit_nonblock=yes",
     CALL_accept,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING, .flags = O_NONBLOCK},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_WRONG},
    {"accept.inherit_nonblock=yes", CALL_accept, {TCP, .facts = CASE_KNOWN | CASE_LISTENING}, NULL, NOTHING, 0, 0},
    {"accept.inherit_nonblock=yes",
     CALL_accept4,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING, .flags = O_NONBLOCK, .arguments = {SOCK_CLOEXEC}},
     NULL,
     NOTHING,
     0,
     0},
    {"accept.inherit_cloexec=yes",
     CALL_accept,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING | CASE_CLOSE_ON_EXEC},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_NUMBER},
    {"accept.accept4=ENOSYS",
     CALL_accept4,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING},
     NULL,
     TURN_FAILS,
     ENOSYS,
     CONSEQUENCE_FAILURE},
    {"accept.reset_queued=ECONNABORTED",
     CALL_accept,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING | CASE_END_RESET},
     NULL,
     TURN_FAILS,
     ECONNABORTED,
     CONSEQUENCE_FAILURE},
    {"accept.reset_queued=skip",
     CALL_accept,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING | CASE_END_RESET},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_WRONG},
    {"accept.reset_queued=skip",
     CALL_accept,
     {LOCAL, .facts = CASE_KNOWN | CASE_LISTENING | CASE_END_CLOSED},
     NULL,
     NOTHING,
     0,
     0},
    {"accept.closed_queued_unix=skip",
     CALL_accept,
     {LOCAL, .facts = CASE_KNOWN | CASE_LISTENING | CASE_END_CLOSED},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_WRONG},
    {"accept.timeout=no", CALL_accept, {.error = EAGAIN}, NULL, TURN_OTHERWISE, 0, CONSEQUENCE_WRONG},
    {"accept.timeout=no", CALL_accept, {.error = EAGAIN, .flags = O_NONBLOCK}, NULL, NOTHING, 0, 0},
    {"accept.not_listening_inet=ENOTSOCK",
     CALL_accept,
     {TCP, .facts = CASE_KNOWN, .error = EINVAL},
     NULL,
     TURN_FAILS,
     ENOTSOCK,
     CONSEQUENCE_ERRNO},
    {"accept.no_descriptor_empty=wait",
     CALL_accept,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING, .error = EMFILE},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_WRONG},
    {"accept.no_descriptor_empty=wait",
     CALL_accept,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING | CASE_QUEUED, .error = EMFILE},
     NULL,
     NOTHING,
     0,
     0},
    {"accept.inherit_keepalive=no",
     CALL_accept,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING, .options = 1u << OPTIONS_KEEPALIVE},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_WRONG},
    {"accept.inherit_timeouts_unix=yes",
     CALL_accept,
     {LOCAL, .facts = CASE_KNOWN | CASE_LISTENING, .options = 1u << OPTIONS_TIMEOUTS},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_WRONG},
    {"accept.unix_unnamed_length=16",
     CALL_accept,
     {LOCAL, .facts = WANTS_NAME, .length = 110, .returned = 2},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_NUMBER},
    {"accept.null_length=ok",
     CALL_accept,
     {.facts = CASE_WANTS_ADDRESS | CASE_NULL_LENGTH, .error = EFAULT},
     NULL,
     TURN_SUCCEEDS,
     0,
     CONSEQUENCE_ERRNO},
    {"accept.negative_length=EFAULT",
     CALL_accept,
     {.facts = CASE_WANTS_ADDRESS, .length = -1, .error = EINVAL},
     NULL,
     TURN_FAILS,
     EFAULT,
     CONSEQUENCE_ERRNO},
    /* connect */
    {"connect.wildcard=EADDRNOTAVAIL",
     CALL_connect,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE, .length = 16},
     "inet 0 80",
     TURN_FAILS,
     EADDRNOTAVAIL,
     CONSEQUENCE_FAILURE},
    {"connect.in_progress=EWOULDBLOCK",
     CALL_connect,
     {TCP, .facts = CASE_KNOWN | CASE_READABLE, .length = 16, .error = EINPROGRESS},
     "inet 1 80",
     TURN_FAILS,
     EWOULDBLOCK,
     CONSEQUENCE_ERRNO},
    {"connect.unix_not_socket=ENOTSOCK",
     CALL_connect,
     {LOCAL, .facts = CASE_KNOWN | CASE_READABLE | CASE_OTHER_FILE, .length = 110, .text = 9, .error = ECONNREFUSED},
     "unix",
     TURN_FAILS,
     ENOTSOCK,
     CONSEQUENCE_ERRNO},
    /* the others */
    {"socket.unknown_family=EPROTONOSUPPORT",
     CALL_socket,
     {.arguments = {99, 1, 0}, .error = EAFNOSUPPORT},
     NULL,
     TURN_FAILS,
     EPROTONOSUPPORT,
     CONSEQUENCE_ERRNO},
    {"socket.v6only_off=EINVAL",
     CALL_setsockopt,
     {TCP6, .facts = CASE_KNOWN, .arguments = {IPPROTO_IPV6, IPV6_V6ONLY, 0, 4}},
     NULL,
     TURN_FAILS,
     EINVAL,
     CONSEQUENCE_FAILURE},
    {"socket.v6only_off=EINVAL",
     CALL_setsockopt,
     {TCP6, .facts = CASE_KNOWN, .arguments = {IPPROTO_IPV6, IPV6_V6ONLY, 1, 4}},
     NULL,
     NOTHING,
     0,
     0},
    {"socket.option_on=bit",
     CALL_getsockopt,
     {TCP, .facts = CASE_KNOWN, .arguments = {SOL_SOCKET, SO_KEEPALIVE, 1}},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_NUMBER},
    {"socket.option_on=bit",
     CALL_getsockopt,
     {TCP, .facts = CASE_KNOWN, .arguments = {SOL_SOCKET, SO_KEEPALIVE, 0}},
     NULL,
     NOTHING,
     0,
     0},
    {"socket.buffer_size=given",
     CALL_getsockopt,
     {TCP, .facts = CASE_KNOWN, .arguments = {SOL_SOCKET, SO_RCVBUF, 1, 1}},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_NUMBER},
    {"socket.buffer_size=given",
     CALL_getsockopt,
     {TCP, .facts = CASE_KNOWN, .arguments = {SOL_SOCKET, SO_RCVBUF, 1, 0}},
     NULL,
     NOTHING,
     0,
     0},
    {"shutdown.listener_tcp=ENOTCONN",
     CALL_shutdown,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING, .arguments = {SHUT_RDWR}},
     NULL,
     TURN_FAILS,
     ENOTCONN,
     CONSEQUENCE_FAILURE},
    {"shutdown.listener_tcp=ENOTCONN",
     CALL_shutdown,
     {TCP, .facts = CASE_KNOWN | CASE_CONNECTED, .arguments = {SHUT_RDWR}},
     NULL,
     NOTHING,
     0,
     0},
    {"shutdown.accept_error=ECONNABORTED",
     CALL_shutdown,
     {TCP, .facts = CASE_KNOWN | CASE_LISTENING, .arguments = {SHUT_RD}},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_WRONG},
    {"names.unbound_tcp=EINVAL",
     CALL_getsockname,
     {TCP, .facts = WANTS_NAME, .length = 16, .returned = 16},
     NULL,
     TURN_FAILS,
     EINVAL,
     CONSEQUENCE_FAILURE},
    {"names.returned_length=truncated",
     CALL_getpeername,
     {TCP, .facts = WANTS_NAME, .length = 8, .returned = 16},
     NULL,
     TURN_OTHERWISE,
     0,
     CONSEQUENCE_NUMBER},
};

static struct profile profile_with(const char *settings)
{
    struct profile profile;
    bool promise_only;
    char all[128], *rest = all, *piece;
    profile_reset(&profile);
    snprintf(all, sizeof all, "%s", settings);
    while ((piece = strsep(&rest, ","))) {
        char *value = strchr(piece, '=');
        *value++ = '\0';
        ck_assert_msg(key_of_name(piece) != KEY_NONE && !key_set(&profile, key_of_name(piece), value, &promise_only),
                      "%s = %s", piece, value);
    }
    profile_derive(&profile);
    return profile;
}

static void put_address(struct ring_case *seen, const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/tmp/a/path/of/some/length/that/is/cut"};
    int place, port;
    if (sscanf(text, "inet %d %d", &place, &port) == 2) {
        in.sin_port = htons((uint16_t)port);
        in.sin_addr.s_addr = place ? htonl(0x7f000000u + (unsigned int)place) : INADDR_ANY;
        memcpy(seen->address, &in, sizeof in);
        seen->address_length = sizeof in;
    } else if (strcmp(text, "inet6") == 0) {
        memcpy(seen->address, &in6, sizeof in6);
        seen->address_length = sizeof in6;
    } else {
        memcpy(seen->address, &un, sizeof seen->address);
        seen->address_length = sizeof seen->address;
    }
}

START_TEST(a_call_is_judged)
{
    const struct row *row = &rows[_i];
    const struct profile profile = profile_with(row->set);
    struct judged_call call = {.call = row->call, .seen = row->seen};
    struct judgements found;
    char name[64];
    if (row->address)
        put_address(&call.seen, row->address);
    judge(&profile, &call, &found);
    ck_assert_msg(found.count == (row->turn == NOTHING ? 0 : 1), "%s: %zu", row->set, found.count);
    if (row->turn == NOTHING)
        return;
    const struct judgement *it = &found.of[0];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(row->set, "="), row->set);
    ck_assert_msg((int)it->turn == row->turn, "%s: %d", row->set, it->turn);
    ck_assert_int_eq(it->turn == TURN_QUEUE ? it->number : it->error, row->number);
    ck_assert_int_eq(judgement_consequence(it, call.seen.error), row->consequence);
    if (it->turn != TURN_QUEUE && !strchr(row->set, ',')) /* that one speaks of the queue, whichever key it is by */
        ck_assert_str_eq(key_rows[it->key].full, name);
}
END_TEST

/* Under no key that differs from Linux nothing does, whatever is called. */
START_TEST(native_differs_in_nothing)
{
    struct profile profile;
    struct judgements found;
    profile_reset(&profile);
    profile_derive(&profile);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct judged_call call = {.call = rows[i].call, .seen = rows[i].seen};
        if (rows[i].address)
            put_address(&call.seen, rows[i].address);
        judge(&profile, &call, &found);
        ck_assert_msg(found.count == 0, "row %zu: %s", i, found.count ? key_rows[found.of[0].key].full : "");
    }
}
END_TEST

/* A ring may hold anything. */
START_TEST(hostile_cases_do_no_harm)
{
    static const char *const sets[] = {"bind.unix_path_max=50", "accept.reset_queued=skip", "bind.reuse=winsock"};
    uint64_t random = 88172645463325252u;
    struct judgements found;
    for (int turn = 0; turn < 20000; turn++) {
        const struct profile profile = profile_with(sets[turn % 3]);
        struct judged_call call = {.call = (enum call)(turn % (CALL_COUNT + 2))};
        unsigned char *bytes = (unsigned char *)&call.seen;
        for (size_t i = 0; i < sizeof call.seen; i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            bytes[i] = random % 3 ? (unsigned char)random : 0;
        }
        call.seen.address_length = (uint16_t)(call.seen.address_length % (CASE_ADDRESS + 1));
        if (turn % 2)
            call.seen.domain = turn % 4 == 1 ? AF_UNIX : AF_INET;
        judge(&profile, &call, &found);
        ck_assert_uint_le(found.count, JUDGEMENTS_MOST);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("judged");
    TCase *tests = tcase_create("judged");
    tcase_add_loop_test(tests, a_call_is_judged, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tests, native_differs_in_nothing);
    tcase_add_test(tests, hostile_cases_do_no_harm);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
