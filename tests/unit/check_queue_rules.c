/* What a platform tells of a listener's queue, by table. */
#include <check.h>
#include <errno.h>
#include <limits.h>

#include "../../shim/rules/listen.h"
#include "../../shim/rules/queue_option.h"
#include "../suite.h"
#include "profile_fixture.h"

START_TEST(formulas_turned_round)
{
    static const char *const formulas[] = {"b", "b + 1", "3/2 b + 1", "3 b + 1", "2 b + 3 min 1 max 128"};
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        struct formula formula;
        ck_assert(formula_parse(formulas[i], &formula));
        for (int backlog = 0; backlog < 60; backlog++)
            ck_assert_msg(formula_backlog(&formula, formula_capacity(&formula, backlog)) == backlog, "%s: %d",
                          formulas[i], backlog);
    }
}
END_TEST

START_TEST(queues_are_told_by_table)
{
    static const struct {
        const char *settings[4];
        int domain, backlog;
        enum queue_option option;
        enum decision decision;
        int error, number;
    } rows[] = {
        {{"listen.queue_options=kernel"}, AF_INET, 9, SO_LISTENQLIMIT, DECIDE_CALL, 0, 0},
        {{"listen.queue_options=EXDEV"}, AF_INET, 9, SO_LISTENQLIMIT, DECIDE_FAIL, EXDEV, 0},
        {{"listen.queue_options=yes"}, AF_INET, 9, SO_LISTENQLIMIT, DECIDE_ANSWER, 0, 9},
        {{"listen.queue_options=yes", "listen.capacity_tcp=3/2 b + 1"},
         AF_INET,
         192,
         SO_LISTENQLIMIT,
         DECIDE_ANSWER,
         0,
         128},
        {{"listen.queue_options=yes", "listen.capacity_tcp=3/2 b + 1"},
         AF_UNIX,
         192,
         SO_LISTENQLIMIT,
         DECIDE_ANSWER,
         0,
         192},
        {{"listen.queue_options=yes", "listen.capacity_unix=3/2 b + 1"},
         AF_UNIX,
         0,
         SO_LISTENQLIMIT,
         DECIDE_ANSWER,
         0,
         0},
        {{"listen.queue_options=yes", "listen.capacity_tcp=3/2 b + 1"},
         AF_INET,
         INT_MAX,
         SO_LISTENQLIMIT,
         DECIDE_ANSWER,
         0,
         INT_MAX},
        {{"listen.queue_options=yes"}, AF_INET, 9, SO_LISTENQLEN, DECIDE_ANSWER, 0, 3},
        {{"listen.queue_options=yes"}, AF_INET, 9, SO_LISTENINCQLEN, DECIDE_ANSWER, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile = profile_of(rows[i].settings);
        struct queue_facts facts = {.domain = rows[i].domain, .queued = 3, .backlog = rows[i].backlog};
        struct queue_verdict it = queue_verdict(&profile, &facts, rows[i].option);
        ck_assert_msg(it.verdict.decision == rows[i].decision, "row %zu", i);
        ck_assert_int_eq(it.verdict.error, rows[i].error);
        ck_assert_msg(it.number == rows[i].number, "row %zu: %d", i, it.number);
        it = queue_verdict(&profile, NULL, rows[i].option);
        ck_assert(it.verdict.decision == rows[i].decision && it.number == 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("queue rules");
    TCase *whole = tcase_create("queue");
    tcase_add_test(whole, formulas_turned_round);
    tcase_add_test(whole, queues_are_told_by_table);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
