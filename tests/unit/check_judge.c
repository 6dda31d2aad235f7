/*
 * Which SYNs get an answer, by what the kernel is made to say here: no socket, no packet.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "../../shim/refuser/judge_look.h"
#include "../../shim/refuser/network.h"
#include "../../shim/refuser/protocol.h"
#include "../../shim/refuser/segment.h"
#include "../suite.h"

#define COOKIE 77u
#define ANOTHERS 78u
#define MS 1000000
#define LATEST_NS (5 * MS)

static struct network network;
static struct listeners listeners;

/* What the kernel says of each client's port, and how often it was asked. */
static struct found kernel[256];
static int asked[256], first_asked;
static int answers, answered[4096];
static enum segment last_segment;
static uint32_t last_acknowledged;

void lookup_each(int diag, struct lookup *of, int count)
{
    (void)diag;
    ck_assert_int_le(count, LOOKUP_MOST);
    for (int i = 0; i < count; i++) {
        uint16_t port = ntohs(of[i].id.idiag_dport);
        of[i].found = kernel[port % 256];
        if (asked[port % 256]++ == 0 && first_asked < 0)
            first_asked = port;
    }
}

int segment_send(int four, int six, int family, const struct inet_diag_sockid *id, enum segment what,
                 uint32_t acknowledged)
{
    (void)four;
    (void)six;
    (void)family;
    answered[answers++] = ntohs(id->idiag_dport);
    last_segment = what;
    last_acknowledged = acknowledged;
    return 0;
}

static bool has_dropped; /* as the namespace's own counter says */

bool network_has_dropped(struct network *of, int64_t now_ns)
{
    (void)of;
    (void)now_ns;
    return has_dropped;
}

void network_note_recent(struct network *of, const struct local_end *end)
{
    (void)of;
    ck_assert_int_eq(end->family, AF_INET);
}

static void say_all(struct found found)
{
    for (size_t i = 0; i < sizeof kernel / sizeof *kernel; i++)
        kernel[i] = found;
}

static void say_drops(uint32_t drops)
{
    say_all((struct found){.state = TCP_LISTEN, .cookie = COOKIE, .queued = 4, .backlog = 3, .drops = drops});
}

static struct listener *set_up_listener(enum refuser_wish wish)
{
    int gone;
    memset(&network, 0, sizeof network);
    memset(&listeners, 0, sizeof listeners);
    memset(asked, 0, sizeof asked);
    first_asked = -1;
    answers = 0;
    struct listener *listener = listeners_take(&listeners, 0, COOKIE, 0, &gone);
    listener->overflow = (int)wish;
    say_drops(0);
    return listener;
}

static void come(int first, int count, int64_t now_ns)
{
    for (int i = first; i < first + count; i++) {
        struct syn syn = {.family = AF_INET, .id.idiag_dport = htons((uint16_t)i), .sequence = 1000u + (uint32_t)i};
        judge_take(&network.judge, &syn, 1, now_ns);
    }
}

/* Looks whenever that is due, until nothing waits. */
static void look_until_done(void)
{
    while (judge_due(&network.judge) != INT64_MAX)
        judge_look(&network, &listeners, judge_due(&network.judge));
}

START_TEST(a_dropped_syn_is_answered_once)
{
    static const enum segment segments[] = {SEGMENT_REFUSE, SEGMENT_RESET};
    set_up_listener(_i ? REFUSER_RESET : REFUSER_REFUSE);
    say_drops(1);
    come(5, 1, MS);
    look_until_done();
    ck_assert_int_eq(answers, 1);
    ck_assert_int_eq(answered[0], 5);
    ck_assert_int_eq(last_segment, segments[_i]);
    ck_assert_uint_eq(last_acknowledged, 1006);
    come(5, 1, 2 * MS);
    look_until_done();
    ck_assert_int_eq(answers, 1);
}
END_TEST

/* The kernel may be at work on the SYN: its counter has risen for another one. */
START_TEST(a_syn_that_the_kernel_takes_just_then_is_not_answered)
{
    set_up_listener(REFUSER_REFUSE);
    say_drops(100);
    come(5, 1, MS);
    judge_look(&network, &listeners, MS);
    ck_assert_int_eq(asked[5], 1);
    say_all((struct found){.state = TCP_SYN_RECV, .cookie = 1});
    look_until_done();
    ck_assert_int_eq(answers, 0);
}
END_TEST

START_TEST(what_is_not_for_a_listener_of_ours_is_not_answered)
{
    static const struct found others[] = {
        {.state = TCP_LISTEN, .cookie = ANOTHERS, .drops = 50},
        {.state = TCP_ESTABLISHED, .cookie = COOKIE, .drops = 50},
        {.state = TCP_SYN_RECV, .cookie = 3, .drops = 50},
        {.state = TCP_TIME_WAIT, .cookie = 3, .drops = 50},
        {.error = ENOENT, .state = TCP_LISTEN, .cookie = COOKIE, .drops = 50},
        {.error = EAGAIN, .state = TCP_LISTEN, .cookie = COOKIE, .drops = 50},
    };
    struct listener *listener = set_up_listener(REFUSER_REFUSE);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        say_all(others[i]);
        come((int)i, 1, MS);
        look_until_done();
        ck_assert_int_eq(asked[i], 1);
    }
    listener->overflow = 0; /* it only holds */
    say_drops(50);
    come(100, 1, MS);
    look_until_done();
    ck_assert_int_eq(answers, 0);
}
END_TEST

/* Of 200 SYNs 70 were dropped; one that is never said to be is asked for until it is too old. */
START_TEST(there_are_no_more_answers_than_drops)
{
    set_up_listener(REFUSER_REFUSE);
    say_drops(70);
    come(0, 200, MS);
    look_until_done();
    ck_assert_int_eq(answers, 70);
    ck_assert_int_eq(network.judge.count, 0);
    for (int i = 1; i < answers; i++)
        ck_assert_int_gt(answered[i], answered[i - 1]);
}
END_TEST

/*
 * A queue with room that drops something: the last packets of handshakes, under TCP_DEFER_ACCEPT. One that was full a
 * while ago is one with room; one that was full a moment ago has dropped the SYN.
 */
START_TEST(a_drop_is_answered_only_of_a_queue_that_was_full)
{
    const struct found with_room = {.state = TCP_LISTEN, .cookie = COOKIE, .queued = 3, .backlog = 3, .drops = 50};
    set_up_listener(REFUSER_REFUSE);
    say_all(with_room);
    come(0, 1, MS);
    look_until_done();
    ck_assert_int_eq(answers, 0);
    say_drops(51);
    come(1, 1, 2 * MS);
    judge_look(&network, &listeners, 2 * MS);
    say_all(with_room);
    look_until_done();
    ck_assert_int_eq(answers, 1);
    come(2, 1, 3 * MS + FULL_FRESH_NS);
    judge_look(&network, &listeners, 3 * MS + FULL_FRESH_NS);
    say_all((struct found){.state = TCP_LISTEN, .cookie = COOKIE, .queued = 3, .backlog = 3, .drops = 60});
    look_until_done();
    ck_assert_int_eq(answers, 1);
    has_dropped = true; /* full only between two looks */
    come(3, 1, 4 * MS + FULL_FRESH_NS);
    look_until_done();
    ck_assert_int_eq(answers, 2);
}
END_TEST

START_TEST(a_drop_that_shows_late_is_answered)
{
    set_up_listener(REFUSER_REFUSE);
    come(9, 1, MS);
    while (judge_due(&network.judge) < MS + LATEST_NS)
        judge_look(&network, &listeners, judge_due(&network.judge));
    ck_assert_int_eq(answers, 0);
    say_drops(1);
    look_until_done();
    ck_assert_int_eq(answers, 1);
}
END_TEST

/* However many come later, each is looked at when it is due, and the oldest first. */
START_TEST(nobody_waits_for_those_who_come_later)
{
    set_up_listener(REFUSER_REFUSE);
    come(0, 3 * LOOKUP_MOST + 7, MS);
    judge_look(&network, &listeners, MS);
    ck_assert_int_eq(first_asked, 0);
    for (int i = 0; i < 3 * LOOKUP_MOST + 7; i++)
        ck_assert_int_eq(asked[i], 1);
    ck_assert_int_gt(judge_due(&network.judge), MS);
}
END_TEST

START_TEST(more_than_there_is_room_for_are_left_to_the_kernel)
{
    set_up_listener(REFUSER_REFUSE);
    come(0, JUDGE_MOST + 50, MS);
    ck_assert_int_eq(network.judge.count, JUDGE_MOST);
    say_drops(JUDGE_MOST + 50);
    look_until_done();
    ck_assert_int_eq(answers, JUDGE_MOST);
}
END_TEST

static Suite *judge(void)
{
    Suite *suite = suite_create("judge");
    TCase *whole = tcase_create("judge");
    tcase_add_loop_test(whole, a_dropped_syn_is_answered_once, 0, 2);
    tcase_add_test(whole, a_syn_that_the_kernel_takes_just_then_is_not_answered);
    tcase_add_test(whole, what_is_not_for_a_listener_of_ours_is_not_answered);
    tcase_add_test(whole, there_are_no_more_answers_than_drops);
    tcase_add_test(whole, a_drop_is_answered_only_of_a_queue_that_was_full);
    tcase_add_test(whole, a_drop_that_shows_late_is_answered);
    tcase_add_test(whole, nobody_waits_for_those_who_come_later);
    tcase_add_test(whole, more_than_there_is_room_for_are_left_to_the_kernel);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return suite_run(judge());
}
