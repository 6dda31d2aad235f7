/* How a line of the log is folded to a terminal, and how a record's time is written. */
#include "../suite.h"

#include <string.h>
#include <time.h>

#include "../../shim/cli/log/text_line.h"
#include "../../shim/cli/log/times.h"

static const struct {
    int width, indent;
    const char *line, *folded;
} folds[] = {
    {0, 4, "any length; any clause", "any length; any clause"},
    {20, 4, "", ""},
    {20, 4, "12345678901234567890", "12345678901234567890"},
    {20, 4, "1234567890 123456789", "1234567890 123456789"},
    {20, 4, "1234567890 1234567890", "1234567890\n    1234567890"},
    {20, 4, "one; two three; four", "one; two three; four"},
    {20, 4, "one two; three four; five", "one two; three four;\n    five"},
    {20, 4, "one two three; four five", "one two three;\n    four five"},
    {20, 2, "a clause; another that is longer than a line; end",
     "a clause; another\n  that is longer\n  than a line; end"},
    {20, 4, "123456789012345678901234567890 end", "123456789012345678901234567890\n    end"},
    {20, 15, "1234567890 1234567890", "1234567890\n  1234567890"},
    {20, 4, "a b  c", "a b  c"},
    {12, 2, "\033[2m123456\033[0m 12345\033[31m; x\033[0m", "\033[2m123456\033[0m\n  12345\033[31m; x\033[0m"},
    {20, 4, "one two three\033[31m; four five\033[0m", "one two three\033[31m;\n    four five\033[0m"},
    {8, 2, "\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
     "\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"},
};

START_TEST(lines_are_folded)
{
    char text[256];
    text_line_fold(folds[_i].line, folds[_i].width, folds[_i].indent, text, sizeof text);
    ck_assert_str_eq(text, folds[_i].folded);
}
END_TEST

START_TEST(what_has_no_room_is_cut)
{
    static struct text_line line;
    char text[8];
    text_line_fold("one two three", 4, 2, text, sizeof text);
    ck_assert_str_eq(text, "one\n  t");
    for (int i = 0; i < LINE_SIZE; i++)
        text_line_add(&line, "%s", "xy");
    ck_assert_uint_eq(line.length, LINE_SIZE - 1);
    ck_assert_uint_eq(strlen(line.text), LINE_SIZE - 1);
}
END_TEST

#define NS UINT64_C(1795264612123456789) /* 2026-11-21 12:36:52 UTC */

static const struct {
    enum times_style style;
    uint64_t begin_ns, last_ns, ns;
    const char *text, *other;
} styles[] = {
    {TIMES_LOCAL, 0, 0, NS, "13:36:52.123456", "13:36:52.123"},
    {TIMES_UTC, 0, 0, NS, "12:36:52.123456Z", "12:36:52.123Z"},
    {TIMES_RELATIVE, NS - 1500000000, NS, NS, "    1.500000", "1.500000"},
    {TIMES_RELATIVE, NS + 1500000, 0, NS, "   -0.001500", "-0.001500"},
    {TIMES_DELTA, 0, 0, NS, "    0.000000", "13:36:52.123"},
    {TIMES_DELTA, 0, NS - 12000, NS, "    0.000012", "13:36:52.123"},
    {TIMES_DELTA, 0, NS + 1000000000, NS, "   -1.000000", "13:36:52.123"},
};

START_TEST(times_are_written)
{
    const struct times times = {
        .style = styles[_i].style, .begin_ns = styles[_i].begin_ns, .last_ns = styles[_i].last_ns};
    char text[64];
    setenv("TZ", "CET-1", 1);
    tzset();
    times_format(&times, styles[_i].ns, text, sizeof text);
    ck_assert_str_eq(text, styles[_i].text);
    times_format_other(&times, styles[_i].ns, 3, text, sizeof text);
    ck_assert_str_eq(text, styles[_i].other);
}
END_TEST

START_TEST(a_new_day_is_told_once)
{
    struct times times = {.style = TIMES_UTC};
    char day[32];
    ck_assert(times_next(&times, NS, day, sizeof day));
    ck_assert_str_eq(day, "2026-11-21");
    ck_assert(!times_next(&times, NS + UINT64_C(3600000000000), day, sizeof day));
    ck_assert(times_next(&times, NS + UINT64_C(43200000000000), day, sizeof day));
    ck_assert_str_eq(day, "2026-11-22");
    times.style = TIMES_RELATIVE;
    ck_assert(!times_next(&times, NS, day, sizeof day));
}
END_TEST

START_TEST(styles_have_names)
{
    ck_assert_int_eq(times_style_of("utc"), TIMES_UTC);
    ck_assert_int_eq(times_style_of("relative"), TIMES_RELATIVE);
    ck_assert_int_eq(times_style_of("utcx"), -1);
    ck_assert_int_eq(times_style_of(""), -1);
}
END_TEST

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

int main(void)
{
    Suite *suite = suite_create("log_line");
    TCase *tests = tcase_create("log_line");
    tcase_add_loop_test(tests, lines_are_folded, 0, ROWS(folds));
    tcase_add_loop_test(tests, times_are_written, 0, ROWS(styles));
    tcase_add_test(tests, what_has_no_room_is_cut);
    tcase_add_test(tests, a_new_day_is_told_once);
    tcase_add_test(tests, styles_have_names);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
