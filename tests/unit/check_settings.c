/* The table of what processes were started with. */
#include "../../shim/ring/settings.h"
#include "../suite.h"
#include "ring_fixture.h"

static struct ring ring;
static struct settings settings;

static void open_least(void)
{
    make_directory();
    ring = ring_made(RING_SLOTS_LEAST);
}

static void close_all(void)
{
    ring_close(&ring);
    remove_directory();
}

START_TEST(equal_texts_share_an_entry)
{
    int32_t one = ring_settings_enter(&ring, "listen.backlog_max=1");
    int32_t two = ring_settings_enter(&ring, "listen.backlog_max=2");
    ck_assert_int_gt(one, 0);
    ck_assert_int_gt(two, 0);
    ck_assert_int_ne(one, two);
    ck_assert_int_eq(ring_settings_enter(&ring, "listen.backlog_max=1"), one);
    ring_settings(&ring, two, &settings);
    ck_assert(settings.is_known);
    ck_assert_str_eq(settings.text, "listen.backlog_max=2");
    ck_assert_int_eq(ring_settings_enter(&ring, ""), SETTINGS_NONE);
    ring_settings(&ring, SETTINGS_NONE, &settings);
    ck_assert(settings.is_known);
    ck_assert_str_eq(settings.text, "");
}
END_TEST

START_TEST(a_full_table_is_told)
{
    char text[32];
    for (uint32_t i = 0; i < ring.tables[TABLE_SETTINGS].entries; i++) {
        snprintf(text, sizeof text, "listen.backlog_max=%u", i);
        ck_assert_int_gt(ring_settings_enter(&ring, text), 0);
    }
    ck_assert_int_eq(ring_settings_enter(&ring, "listen.backlog_max=x"), SETTINGS_NO_PLACE);
    ck_assert_int_gt(ring_settings_enter(&ring, "listen.backlog_max=0"), 0);
    ring_settings(&ring, SETTINGS_NO_PLACE, &settings);
    ck_assert(!settings.is_known);
}
END_TEST

/* Half an assignment would say something false. */
START_TEST(a_long_text_is_cut_between_assignments)
{
    char text[SETTINGS_TEXT + 64] = "a=1";
    memset(text + 3, ' ', SETTINGS_TEXT - 8);
    strcpy(text + SETTINGS_TEXT - 5, ",b=23456789");
    ring_settings(&ring, ring_settings_enter(&ring, text), &settings);
    ck_assert(!settings.is_known);
    ck_assert_uint_eq(strlen(settings.text), SETTINGS_TEXT - 5);
    strcpy(text + SETTINGS_TEXT - 5, ",b=23");
    ck_assert_uint_eq(strlen(text), SETTINGS_TEXT);
    ring_settings(&ring, ring_settings_enter(&ring, text), &settings);
    ck_assert(settings.is_known);
    ck_assert_str_eq(settings.text, text);
}
END_TEST

/* Its writer died after it had claimed the entry. */
START_TEST(the_next_with_the_same_text_completes_an_entry)
{
    struct ring_settings *first = (struct ring_settings *)ring.tables[TABLE_SETTINGS].first;
    int32_t number = ring_settings_enter(&ring, "a=1");
    atomic_store(&first[number - 1].ready, 0);
    memset(first[number - 1].text, 0, SETTINGS_TEXT);
    ring_settings(&ring, number, &settings);
    ck_assert(!settings.is_known);
    ck_assert_int_eq(ring_settings_enter(&ring, "a=1"), number);
    ring_settings(&ring, number, &settings);
    ck_assert(settings.is_known);
    ck_assert_str_eq(settings.text, "a=1");
}
END_TEST

START_TEST(a_damaged_entry_is_not_known)
{
    struct ring_settings *first = (struct ring_settings *)ring.tables[TABLE_SETTINGS].first;
    int32_t number = ring_settings_enter(&ring, "a=1");
    first[number - 1].kept = UINT32_MAX;
    ring_settings(&ring, number, &settings);
    ck_assert(!settings.is_known);
    ring_settings(&ring, INT32_MAX, &settings);
    ck_assert(!settings.is_known);
    ring_settings(&ring, INT32_MIN, &settings);
    ck_assert(!settings.is_known);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("settings");
    TCase *tests = tcase_create("entries");
    tcase_add_checked_fixture(tests, open_least, close_all);
    tcase_add_test(tests, equal_texts_share_an_entry);
    tcase_add_test(tests, a_full_table_is_told);
    tcase_add_test(tests, a_long_text_is_cut_between_assignments);
    tcase_add_test(tests, the_next_with_the_same_text_completes_an_entry);
    tcase_add_test(tests, a_damaged_entry_is_not_known);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
