/*
 * The table of listeners: who is in it, who has to leave, and what a worker leaves that is killed; and whose drops are
 * new.
 */
#include <string.h>

#include "../../shim/refuser/listeners.h"
#include "../suite.h"

#define MS 1000000

static struct listeners table;
static int gone;

static void set_up(void)
{
    memset(&table, 0, sizeof table);
}

static struct listener *take(int network, uint64_t cookie, uid_t owner)
{
    return listeners_take(&table, network, cookie, owner, &gone);
}

/* `count` listeners of a user, with cookies that no other user has. */
static int take_many(uid_t owner, int count)
{
    int taken = 0;
    for (int i = 0; i < count; i++)
        taken += take(0, (uint64_t)owner << 32 | (uint64_t)i, owner) != NULL;
    return taken;
}

static int count_of(uid_t owner)
{
    int count = 0;
    for (int i = 0; i < LISTENERS_MAX; i++)
        count += table.of[i].used && table.of[i].owner == owner;
    return count;
}

/* Every place in use is found once, no other is, and they are counted. */
static void check_index(void)
{
    int used = 0, linked = 0;
    for (int i = 0; i < LISTENERS_MAX; i++) {
        struct listener *at = &table.of[i];
        used += at->used;
        if (at->used)
            ck_assert_ptr_eq(listeners_find(&table, at->network, at->cookie), at);
    }
    for (int i = 0; i < LISTENERS_BUCKETS; i++)
        for (int at = table.first[i]; at; at = table.of[at - 1].next)
            linked += table.of[at - 1].used;
    ck_assert_int_eq(used, linked);
    ck_assert_int_eq(used, table.count);
}

START_TEST(what_is_taken_is_found_until_it_is_dropped)
{
    struct listener *a = take(0, 7, 1000), *b = take(1, 7, 1000), *c = take(0, 8, 1001);
    ck_assert(a && b && c && a != b && b != c && a != c);
    ck_assert_int_eq(gone, -1);
    ck_assert_ptr_eq(take(0, 7, 4000), a); /* known, whoever asks */
    ck_assert_uint_eq(a->owner, 1000);
    ck_assert_ptr_eq(listeners_find(&table, 1, 7), b);
    ck_assert_ptr_null(listeners_find(&table, 1, 8));
    ck_assert_ptr_null(listeners_find(&table, 2, 7));
    listeners_drop(&table, a);
    ck_assert_ptr_null(listeners_find(&table, 0, 7));
    ck_assert_ptr_eq(listeners_find(&table, 1, 7), b);
    check_index();
}
END_TEST

START_TEST(a_network_is_gone_through_in_turn)
{
    struct listener *a = take(3, 1, 0), *other = take(2, 2, 0), *b = take(3, 3, 0);
    ck_assert_ptr_eq(listeners_next(&table, 3, NULL), a);
    ck_assert_ptr_eq(listeners_next(&table, 3, a), b);
    ck_assert_ptr_null(listeners_next(&table, 3, b));
    ck_assert_ptr_eq(listeners_next(&table, 2, NULL), other);
    ck_assert_ptr_null(listeners_next(&table, 1, NULL));
}
END_TEST

START_TEST(many_come_and_go)
{
    for (int round = 0; round < 5; round++) {
        ck_assert_int_eq(take_many(1000, LISTENERS_MAX), LISTENERS_MAX);
        check_index();
        for (int i = round; i < LISTENERS_MAX; i += 3)
            listeners_drop(&table, &table.of[i]);
        check_index();
    }
}
END_TEST

/* As memory is after each step of a take and of a drop, and with an index that means nothing at all. */
START_TEST(the_next_worker_finds_what_a_killed_one_has_left)
{
    take_many(1000, 20);
    struct listener *half = &table.of[20];
    switch (_i) {
    case 0: /* taken, but not counted nor linked */
        *half = (struct listener){.used = true, .network = 0, .cookie = 99, .owner = 5};
        break;
    case 1: /* counted, not linked */
        *half = (struct listener){.used = true, .network = 0, .cookie = 99, .owner = 5};
        table.count++;
        break;
    case 2: /* written, not used yet */
        *half = (struct listener){.used = false, .network = 0, .cookie = 99, .owner = 5, .next = 3};
        break;
    case 3: /* unlinked, still used */
        take(0, 99, 5);
        for (int i = 0; i < LISTENERS_BUCKETS; i++)
            if (table.first[i] == 21)
                table.first[i] = half->next;
        break;
    case 4: /* unused, still counted and linked */
        take(0, 99, 5);
        half->used = false;
        break;
    default:
        memset(table.first, 0x7f, sizeof table.first);
        table.count = -5;
        break;
    }
    listeners_recover(&table);
    check_index();
    for (int i = 0; i < 20; i++)
        ck_assert_ptr_nonnull(listeners_find(&table, 0, (uint64_t)1000 << 32 | (uint64_t)i));
    ck_assert((listeners_find(&table, 0, 99) != NULL) == (_i == 0 || _i == 1 || _i == 3));
}
END_TEST

START_TEST(four_users_who_want_all_leave_room_for_a_fifth)
{
    for (uid_t user = 1001; user <= 1004; user++)
        take_many(user, 1100);
    ck_assert_int_eq(table.count, LISTENERS_MAX);
    ck_assert_int_eq(take_many(1005, 3), 3);
    for (uid_t user = 1001; user <= 1004; user++)
        take_many(user, 1300);
    ck_assert_int_eq(count_of(1005), 3);
    check_index();
}
END_TEST

/* Nor do those who have few push each other out by asking again and again. */
START_TEST(who_has_as_many_gives_none_up)
{
    for (uid_t user = 1000; user < 1000 + LISTENERS_MAX; user++)
        ck_assert_int_eq(take_many(user, 1), 1);
    ck_assert_int_eq(take_many(9999, 5), 0);
    ck_assert_int_eq(gone, -1);
    ck_assert_ptr_null(take(0, 1, 1000));
    for (uid_t user = 1000; user < 1000 + LISTENERS_MAX; user++)
        ck_assert_int_eq(count_of(user), 1);
    check_index();
}
END_TEST

START_TEST(others_take_nothing_from_root)
{
    take_many(0, 100);
    for (uid_t user = 1000; user < 1000 + LISTENERS_MAX; user++)
        take_many(user, 1);
    take_many(5000, 300);
    ck_assert_int_eq(count_of(0), 100);
    ck_assert_int_eq(take_many(0, LISTENERS_MAX), LISTENERS_MAX);
    ck_assert_int_eq(take_many(5000, 1), 0);
    check_index();
}
END_TEST

START_TEST(whose_place_goes_is_told_by_its_network)
{
    for (int i = 0; i < LISTENERS_MAX; i++)
        ck_assert_ptr_nonnull(take(6, (uint64_t)i, 1000));
    ck_assert_int_eq(gone, -1);
    ck_assert_ptr_nonnull(take(2, 1, 1001));
    ck_assert_int_eq(gone, 6);
    ck_assert_int_eq(count_of(1000), LISTENERS_MAX - 1);
}
END_TEST

/* A line: the counter, when it is asked, what is new then, and how many of that are answered. */
static const struct {
    uint32_t now;
    int64_t at_ns;
    uint32_t expected, answered;
} drops_table[] = {
    {0, 0, 0, 0},
    {3, 1 * MS, 3, 2},
    {3, 2 * MS, 1, 0},
    {3, 50 * MS, 1, 1},                             /* the worker was without a processor */
    {3, 51 * MS, 0, 0},                             /**/
    {10, 52 * MS, 7, 0},                            /**/
    {10, 52 * MS + DROPS_FRESH_NS - 1, 7, 0},       /**/
    {10, 52 * MS + 2 * DROPS_FRESH_NS - 1, 0, 0},   /* asked that long ago, so nobody waits for those */
    {12, 52 * MS + 9 * DROPS_FRESH_NS, 2, 2},       /* but what has come since is new */
    {12, 52 * MS + 9 * DROPS_FRESH_NS + 1, 0, 0},   /**/
    {15, 52 * MS + 9 * DROPS_FRESH_NS + MS, 3, 0},  /**/
    {16, 52 * MS + 10 * DROPS_FRESH_NS + MS, 1, 0}, /* three are too old, one is not */
};

/* From several beginnings: the counter has 32 bits and goes around. */
START_TEST(drops_are_new_until_answered_or_old)
{
    static const uint32_t beginnings[] = {0, 5, UINT32_MAX, UINT32_MAX - 1, UINT32_MAX - 9, UINT32_MAX - 12};
    uint32_t base = beginnings[_i];
    struct drops drops = {.seen = base, .answered = base};
    for (size_t i = 0; i < sizeof drops_table / sizeof *drops_table; i++) {
        uint32_t found = drops_new(&drops, base + drops_table[i].now, drops_table[i].at_ns);
        ck_assert_msg(found == drops_table[i].expected, "line %zu: %u", i, found);
        drops.answered += drops_table[i].answered;
    }
}
END_TEST

static Suite *listeners(void)
{
    Suite *suite = suite_create("listeners");
    TCase *whole = tcase_create("listeners");
    tcase_add_checked_fixture(whole, set_up, NULL);
    tcase_add_test(whole, what_is_taken_is_found_until_it_is_dropped);
    tcase_add_test(whole, a_network_is_gone_through_in_turn);
    tcase_add_test(whole, many_come_and_go);
    tcase_add_loop_test(whole, the_next_worker_finds_what_a_killed_one_has_left, 0, 6);
    tcase_add_test(whole, four_users_who_want_all_leave_room_for_a_fifth);
    tcase_add_test(whole, who_has_as_many_gives_none_up);
    tcase_add_test(whole, others_take_nothing_from_root);
    tcase_add_test(whole, whose_place_goes_is_told_by_its_network);
    tcase_add_loop_test(whole, drops_are_new_until_answered_or_old, 0, 6);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return suite_run(listeners());
}
