/* Which records a selection stands for, and what is said of a selection that is wrong. */
#include "../suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>

#include "../../shim/cli/select/address.h"
#include "../../shim/cli/select/select.h"

static struct select_address inet(const char *host, unsigned short port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, host, &in.sin_addr) == 1)
        return select_address_of(&in, sizeof in);
    ck_assert_int_eq(inet_pton(AF_INET6, host, &in6.sin6_addr), 1);
    return select_address_of(&in6, sizeof in6);
}

static struct select_address local(const char *path, size_t length)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    memcpy(un.sun_path, path, length);
    return select_address_of(&un, offsetof(struct sockaddr_un, sun_path) + length);
}

/* An accept that was changed and failed, on a listener of a web server. */
static struct subject failed_accept(void)
{
    return (struct subject){
        .time_ns = 1000,
        .last_ns = 5000,
        .call = "accept",
        .is_call = true,
        .changed = true,
        .failed = true,
        .error = EAGAIN,
        .fd = 7,
        .result = -1,
        .pid = 100,
        .tid = 101,
        .program = "legacyd",
        .profile = "/etc/listenas/mine.conf",
        .keys = {"accept.inherit_nonblock", "accept.accept4"},
        .listener = inet("127.0.0.1", 8080),
        .places =
            {{.function = "serve", .file = "/src/server.c", .module = "/usr/bin/legacyd", .line = 12, .offset = 0x1234},
             {.function = "main", .file = "/src/main.c", .module = "/usr/bin/legacyd", .line = 3, .offset = 0x99}},
        .places_count = 2,
    };
}

static struct subject accepted(void)
{
    struct subject subject = failed_accept();
    subject.changed = subject.failed = false;
    subject.error = 0;
    subject.result = 9;
    subject.keys[0] = subject.keys[1] = "";
    subject.address = inet("10.1.2.3", 40000);
    subject.places_count = 0;
    return subject;
}

static struct subject bound_path(void)
{
    struct subject subject = accepted();
    subject.call = "bind";
    subject.result = 0;
    subject.address = local("/run/legacy/socket", 18);
    subject.listener = (struct select_address){.family = AF_UNSPEC};
    return subject;
}

static struct subject started(void)
{
    struct subject subject = accepted();
    subject.call = "start";
    subject.is_call = false;
    subject.fd = 0;
    subject.result = 0;
    subject.address = subject.listener = (struct select_address){.family = AF_UNSPEC};
    return subject;
}

static const struct {
    const char *word;
    bool failed_accept, accepted, bound_path, started;
} rows[] = {
    {"call=accept", true, true, false, false},
    {"call!=accept", false, false, true, true},
    {"call=bind,listen", false, false, true, false},
    {"call=acc*", true, true, false, false},
    {"call=accept4", false, false, false, false},
    {"err=EAGAIN", true, false, false, false},
    {"err=EWOULDBLOCK", true, false, false, false},
    {"errno=EMFILE,EAGAIN", true, false, false, false},
    {"err=11", true, false, false, false},
    {"err=0", false, true, true, false},
    {"err!=0", true, false, false, true},
    {"fd=7", true, true, true, false},
    {"fd=0..6", false, false, false, true},
    {"fd=7..", true, true, true, false},
    {"fd=..7", true, true, true, true},
    {"fd>7", false, false, false, false},
    {"fd>=7", true, true, true, false},
    {"fd<7", false, false, false, true},
    {"fd<=7", true, true, true, true},
    {"fd!=1,7", false, false, false, true},
    {"result=-1", true, false, false, false},
    {"result>=0", false, true, true, false},
    {"pid=100", true, true, true, true},
    {"pid!=100", false, false, false, false},
    {"tid=101", true, true, true, true},
    {"program=legacyd", true, true, true, true},
    {"program=leg*", true, true, true, true},
    {"program=legacy", false, false, false, false},
    {"profile=mine.conf", true, true, true, true},
    {"profile=/etc/*", true, true, true, true},
    {"profile=mks", false, false, false, false},
    {"port=8080", true, true, false, false},
    {"port=40000", false, true, false, false},
    {"port=8000..8099,1", true, true, false, false},
    {"port!=8080", false, false, true, true},
    {"address=127.0.0.1", true, true, false, false},
    {"address=127.0.0.1:8080", true, true, false, false},
    {"address=127.0.0.1:80", false, false, false, false},
    {"address=10.0.0.0/8", false, true, false, false},
    {"address=10.1.2.2/31", false, true, false, false},
    {"address=10.1.2.0/31", false, false, false, false},
    {"address=0.0.0.0/0", true, true, false, false},
    {"address=::ffff:127.0.0.1", true, true, false, false},
    {"address=::ffff:10.0.0.0/104", false, true, false, false},
    {"address=::1", false, false, false, false},
    {"address=/run/legacy/socket", false, false, true, false},
    {"address=/run/*", false, false, true, false},
    {"address=@run", false, false, false, false},
    {"key=accept.inherit_nonblock", true, false, false, false},
    {"key=inherit_nonblock", true, false, false, false},
    {"key=accept4", true, false, false, false},
    {"key=accept.*", true, false, false, false},
    {"key=listen.*", false, false, false, false},
    {"key!=*", false, true, true, true},
    {"site=serve", true, false, false, false},
    {"site=server.c", true, false, false, false},
    {"site=server.c:12", true, false, false, false},
    {"site=server.c:13", false, false, false, false},
    {"site=/src/server.c:12", true, false, false, false},
    {"site=legacyd+0x1234", true, false, false, false},
    {"site=/usr/bin/*", true, false, false, false},
    {"site=main", false, false, false, false},
    {"caller=main", true, false, false, false},
    {"caller=main.c:3", true, false, false, false},
    {"caller=nosuch", false, false, false, false},
};

START_TEST(each_word_selects_what_it_says)
{
    const struct subject subjects[] = {failed_accept(), accepted(), bound_path(), started()};
    const bool expected[] = {rows[_i].failed_accept, rows[_i].accepted, rows[_i].bound_path, rows[_i].started};
    struct selection selection = {0};
    ck_assert(select_is_word(rows[_i].word));
    ck_assert_msg(select_add(&selection, rows[_i].word), "%s", selection.fault);
    for (int i = 0; i < 4; i++)
        ck_assert_msg(select_matches(&selection, &subjects[i]) == expected[i], "%s of subject %d", rows[_i].word, i);
    select_free(&selection);
}
END_TEST

static const struct {
    const char *word, *fault;
} wrong[] = {
    {"cal=accept", "cal=accept: unknown field \"cal\"; did you mean call?"},
    {"zzz=1", "zzz=1: unknown field \"zzz\"; expected one of call, err, fd, result, pid, tid, program, profile, "
              "address, port, site, caller, key"},
    {"call=acept", "call=acept: unknown call \"acept\"; did you mean accept?"},
    {"call=accept,lsiten", "call=accept,lsiten: unknown call \"lsiten\"; did you mean listen?"},
    {"call=zzzzzz", "call=zzzzzz: unknown call \"zzzzzz\"; calls are listen, bind, accept, accept4 ..."},
    {"call=", "call=: a value is missing"},
    {"call=accept,", "call=accept,: a value is missing"},
    {"call<accept", "call<accept: call is no number; expected call= or call!="},
    {"err=EAGIAN", "err=EAGIAN: unknown errno \"EAGIAN\"; did you mean EAGAIN?"},
    {"err=99999", "err=99999: unknown errno \"99999\"; expected a name such as EAGAIN, or 0 for success"},
    {"err=11x", "err=11x: unknown errno \"11x\"; expected a name such as EAGAIN, or 0 for success"},
    {"fd=x", "fd=x: \"x\" is no number; expected one, or a range such as 8000..8099"},
    {"fd=..", "fd=..: \"..\" is no number; expected one, or a range such as 8000..8099"},
    {"fd=1..2..3", "fd=1..2..3: \"1..2..3\" is no number; expected one, or a range such as 8000..8099"},
    {"fd=99999999999999999999",
     "fd=99999999999999999999: \"99999999999999999999\" is no number; expected one, or a range such as 8000..8099"},
    {"port=9..3", "port=9..3: the range 9..3 ends before it begins"},
    {"fd<1,2x", "fd<1,2x: expected one number after <"},
    {"fd>=", "fd>=: a value is missing"},
    {"address=300.0.0.1", "address=300.0.0.1: \"300.0.0.1\" is no address; expected such as 127.0.0.1, 10.0.0.0/8, "
                          "[::1]:80, /run/socket, @name"},
    {"address=10.0.0.0/33", "address=10.0.0.0/33: \"10.0.0.0/33\" is no address; expected such as 127.0.0.1, "
                            "10.0.0.0/8, [::1]:80, /run/socket, @name"},
    {"address=127.0.0.1:65536", "address=127.0.0.1:65536: \"127.0.0.1:65536\" is no address; expected such as "
                                "127.0.0.1, 10.0.0.0/8, [::1]:80, /run/socket, @name"},
    {"key=backlog_mx", "key=backlog_mx: unknown key \"backlog_mx\"; did you mean backlog_max?"},
    {"key=listen.backlog_mx",
     "key=listen.backlog_mx: unknown key \"listen.backlog_mx\"; did you mean listen.backlog_max?"},
    {"key=q", "key=q: unknown key \"q\"; `listenas profiles keys` lists all"},
    {"accept", "accept: expected a field, an operator (=, !=, <, >) and a value, such as call=accept"},
    {"fd!7", "fd!7: expected a field, an operator (=, !=, <, >) and a value, such as call=accept"},
};

START_TEST(a_wrong_word_gets_the_nearest)
{
    struct selection selection = {0};
    ck_assert(!select_add(&selection, wrong[_i].word));
    ck_assert_str_eq(selection.fault, wrong[_i].fault);
    ck_assert_uint_eq(selection.terms_count, 0);
    select_free(&selection);
}
END_TEST

START_TEST(all_words_must_hold)
{
    const struct subject one = failed_accept(), other = accepted();
    struct selection selection = {0};
    ck_assert(select_matches(&selection, &one));
    ck_assert(select_add(&selection, "call=accept") && select_add(&selection, "err=EAGAIN"));
    ck_assert(select_matches(&selection, &one));
    ck_assert(!select_matches(&selection, &other));
    ck_assert(select_add(&selection, "port=80"));
    ck_assert(!select_matches(&selection, &one));
    select_free(&selection);
}
END_TEST

START_TEST(failed_changed_and_times)
{
    const struct subject one = failed_accept(), other = accepted();
    struct selection failed = {.failed = true}, changed = {.changed = true};
    struct selection after = {.since_ns = 5001}, during = {.since_ns = 4000, .until_ns = 4500},
                     before = {.until_ns = 999};
    ck_assert(select_matches(&failed, &one) && !select_matches(&failed, &other));
    ck_assert(select_matches(&changed, &one) && !select_matches(&changed, &other));
    ck_assert(!select_matches(&after, &one) && select_matches(&during, &one) && !select_matches(&before, &one));
}
END_TEST

START_TEST(calls_as_strace_has_them)
{
    static const char *const lists[] = {"accept,listen", "trace=accept", "!bind", "trace=!bind,listen"};
    const struct subject accept = failed_accept(), bind = bound_path();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct selection selection = {0};
        ck_assert_msg(select_add_calls(&selection, lists[i]), "%s", selection.fault);
        ck_assert(select_matches(&selection, &accept) && !select_matches(&selection, &bind));
        select_free(&selection);
    }
    struct selection selection = {0};
    ck_assert(!select_add_calls(&selection, "listne"));
    ck_assert_str_eq(selection.fault, "call=listne: unknown call \"listne\"; did you mean listen?");
    ck_assert(!select_add_calls(&selection, ""));
}
END_TEST

START_TEST(limits_are_told)
{
    struct selection selection = {0};
    char word[4096] = "fd=0";
    for (int i = 0; i < SELECT_TERMS; i++)
        ck_assert(select_add(&selection, "fd=1"));
    ck_assert(!select_add(&selection, "fd=1"));
    ck_assert_str_eq(selection.fault, "fd=1: more than 32 words");
    select_free(&selection);
    for (int i = 1; i <= SELECT_VALUES; i++)
        sprintf(word + strlen(word), ",%d", i);
    ck_assert(!select_add(&selection, word));
    ck_assert_ptr_nonnull(strstr(selection.fault, "more than 256 values"));
    select_free(&selection);
}
END_TEST

START_TEST(words_are_told_from_names)
{
    static const char *const words[] = {"call=x", "cal=x", "fd<3", "fd>=3", "err!=EAGAIN", "a_b=c"};
    static const char *const names[] = {"call", "", "=x", "7", "./a=b", "/tmp/a=b", "python3.11=x", "a!b"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ck_assert_msg(select_is_word(words[i]), "%s", words[i]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_msg(!select_is_word(names[i]), "%s", names[i]);
}
END_TEST

START_TEST(only_what_asks_places_pays_for_them)
{
    struct selection selection = {0};
    ck_assert(select_add(&selection, "call=accept"));
    ck_assert(!select_asks_places(&selection));
    ck_assert(select_add(&selection, "caller=main"));
    ck_assert(select_asks_places(&selection));
    select_free(&selection);
}
END_TEST

#define NOW UINT64_C(1795264612500000000) /* 2026-11-21 12:36:52.5 UTC; in Berlin an hour more */

static const struct {
    const char *text, *zone;
    uint64_t ns; /* 0 for a mistake */
} times[] = {
    {"now", "UTC0", NOW},
    {"-5s", "UTC0", NOW - 5000000000},
    {"-5", "UTC0", NOW - 5000000000},
    {"-1.5s", "UTC0", NOW - 1500000000},
    {"-200ms", "UTC0", NOW - 200000000},
    {"-2m", "UTC0", NOW - UINT64_C(120000000000)},
    {"-1h", "UTC0", NOW - UINT64_C(3600000000000)},
    {"-1d", "UTC0", NOW - UINT64_C(86400000000000)},
    {"-99999d", "UTC0", 1},
    {"@1795264612.5", "UTC0", NOW},
    {"12:36:52.5", "UTC0", NOW},
    {"13:36:52.5", "CET-1", NOW},
    {"12:36:52.5Z", "CET-1", NOW},
    {"12:36", "UTC0", NOW - UINT64_C(52500000000)},
    {"2026-11-21", "UTC0", NOW - UINT64_C(45412500000000)},
    {"2026-11-21Z", "CET-1", NOW - UINT64_C(45412500000000)},
    {"2026-11-21 12:36:52.5", "UTC0", NOW},
    {"2026-11-21T12:36:52.500Z", "CET-1", NOW},
    {"2026-11-21T13:36:52.5", "CET-1", NOW},
    {"", "UTC0", 0},
    {"-", "UTC0", 0},
    {"-5w", "UTC0", 0},
    {"5s", "UTC0", 0},
    {"-5s ", "UTC0", 0},
    {"noon", "UTC0", 0},
    {"25:00", "UTC0", 0},
    {"12:36:52.", "UTC0", 0},
    {"2026-13-01", "UTC0", 0},
    {"2026-04-31", "UTC0", 0},
    {"2026-11-21x", "UTC0", 0},
    {"2026-11-21T", "UTC0", 0},
    {"@", "UTC0", 0},
    {"@99999999999999999999", "UTC0", 0},
    {"@1x", "UTC0", 0},
};

START_TEST(times_are_read)
{
    uint64_t ns;
    setenv("TZ", times[_i].zone, 1);
    tzset();
    bool read = select_time(times[_i].text, NOW, &ns);
    ck_assert_msg(read == (times[_i].ns != 0), "%s", times[_i].text);
    if (read)
        ck_assert_msg(ns == times[_i].ns, "%s: %llu, not %llu", times[_i].text, (unsigned long long)ns,
                      (unsigned long long)times[_i].ns);
}
END_TEST

START_TEST(odd_addresses_are_none)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    ck_assert_int_eq(select_address_of(&in, 0).family, AF_UNSPEC);
    ck_assert_int_eq(select_address_of(&in, 1).family, AF_UNSPEC);
    ck_assert_int_eq(select_address_of(&in, 3).family, AF_UNSPEC);
    ck_assert_str_eq(local("\0name", 5).text, "@name");
    ck_assert_str_eq(local("", 0).text, "");
    char path[108];
    memset(path, 'x', sizeof path);
    ck_assert_uint_eq(strlen(local(path, sizeof path).text), sizeof path);
}
END_TEST

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

int main(void)
{
    Suite *suite = suite_create("select");
    TCase *tests = tcase_create("select");
    tcase_add_loop_test(tests, each_word_selects_what_it_says, 0, ROWS(rows));
    tcase_add_loop_test(tests, a_wrong_word_gets_the_nearest, 0, ROWS(wrong));
    tcase_add_loop_test(tests, times_are_read, 0, ROWS(times));
    tcase_add_test(tests, all_words_must_hold);
    tcase_add_test(tests, failed_changed_and_times);
    tcase_add_test(tests, calls_as_strace_has_them);
    tcase_add_test(tests, limits_are_told);
    tcase_add_test(tests, words_are_told_from_names);
    tcase_add_test(tests, only_what_asks_places_pays_for_them);
    tcase_add_test(tests, odd_addresses_are_none);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
