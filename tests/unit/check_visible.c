/* What a terminal would obey is written out, and nothing else is. */
#include "../suite.h"

#include <stdio.h>
#include <string.h>

#include "../../shim/profile/loader/visible.h"

static const struct {
    const char *bytes, *text, *exact;
} rows[] = {
    {"", "", ""},
    {"plain ~", "plain ~", "plain ~"},
    {"a\033[31mb", "a\\x1b[31mb", "a\\x1b[31mb"},
    {"\a\b\t\n\r\x7f", "\\x07\\x08\\x09\\x0a\\x0d\\x7f", "\\x07\\x08\\x09\\x0a\\x0d\\x7f"},
    {"C:\\x1b", "C:\\x1b", "C:\\x5cx1b"},
    {"\x9b"
     "31m",
     "\\x9b31m", "\\x9b31m"},
    {"\xc2\x9b"
     "31m",
     "\\xc2\\x9b31m", "\\xc2\\x9b31m"}, /* C1, as UTF-8 */
    {"\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\\xc2\\xa0"},
    {"na\xc3\xafve", "na\xc3\xafve", "na\\xc3\\xafve"},
    {"\xe2\x82\xac\xf0\x9f\x98\x80", "\xe2\x82\xac\xf0\x9f\x98\x80", "\\xe2\\x82\\xac\\xf0\\x9f\\x98\\x80"},
    {"\xc0\x9b\xe0\x80\x9b\xf0\x80\x80\x9b", "\\xc0\\x9b\\xe0\\x80\\x9b\\xf0\\x80\\x80\\x9b",
     "\\xc0\\x9b\\xe0\\x80\\x9b\\xf0\\x80\\x80\\x9b"}, /* ESC and CSI in forms that are too long */
    {"\xc3", "\\xc3", "\\xc3"},                        /* cut */
    {"\xe2\x82", "\\xe2\\x82", "\\xe2\\x82"},
    {"\xe2\x82"
     "a",
     "\\xe2\\x82"
     "a",
     "\\xe2\\x82"
     "a"},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"},               /* half of a pair */
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80"}, /* beyond Unicode */
    {"\xff\xfe", "\\xff\\xfe", "\\xff\\xfe"},
    /* NOLINTNEXTLINE(misc-misleading-bidirectional) */
    {"\xe2\x80\xae"
     "x",
     "\\xe2\\x80\\xae"
     "x",
     "\\xe2\\x80\\xae"
     "x"},                                                  /* right to left */
    {"\xe2\x80\xa8", "\\xe2\\x80\\xa8", "\\xe2\\x80\\xa8"}, /* line separator */
};

START_TEST(by_table)
{
    char text[128], again[128];
    size_t length = strlen(rows[_i].bytes);
    ck_assert_uint_eq(visible_copy(text, sizeof text, rows[_i].bytes, length, VISIBLE_TEXT), strlen(rows[_i].text));
    ck_assert_str_eq(text, rows[_i].text);
    visible_copy(again, sizeof again, text, strlen(text), VISIBLE_TEXT);
    ck_assert_str_eq(again, text);
    visible_copy(text, sizeof text, rows[_i].bytes, length, VISIBLE_EXACT);
    ck_assert_str_eq(text, rows[_i].exact);
}
END_TEST

/* Between characters, wherever the room ends, and never beyond it. */
START_TEST(is_cut_to_fit)
{
    static const char bytes[] = "a\033\xc3\xaf"
                                "b";
    static const size_t lengths[] = {0, 0, 1, 1, 1, 1, 5, 5, 7, 8, 8};
    for (size_t size = 1; size < sizeof lengths / sizeof *lengths; size++) {
        char text[16];
        memset(text, '#', sizeof text);
        ck_assert_uint_eq(visible_copy(text, size, bytes, sizeof bytes - 1, VISIBLE_TEXT), lengths[size]);
        ck_assert_uint_eq(strlen(text), lengths[size]);
        ck_assert_int_eq(text[size], '#');
    }
}
END_TEST

START_TEST(a_nul_is_a_byte_as_any)
{
    char text[16];
    visible_copy(text, sizeof text, "a\0b", 3, VISIBLE_TEXT);
    ck_assert_str_eq(text, "a\\x00b");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("visible");
    TCase *tests = tcase_create("visible");
    tcase_add_loop_test(tests, by_table, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tests, is_cut_to_fit);
    tcase_add_test(tests, a_nul_is_a_byte_as_any);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
