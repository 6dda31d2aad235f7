/* TAP of all versions is read as it was meant. */
#include "../../shim/cli/test/tap.h"

#include <stdarg.h>
#include <string.h>

#include "../../shim/cli/cli.h"
#include "../suite.h"

void say(const char *format, ...)
{
    (void)format;
}

static const struct row {
    const char *text, *points; /* "+name" for each that passes, "-name" for each other */
} rows[] = {
    {"1..2\nok 1 - one\nnot ok 2 - two\n", "+one-two"},
    {"TAP version 14\nok one\nnot ok two\n1..2\n", "+one-two"},
    {"ok 1\nnot ok 2\n", "+1-2"},
    {"ok 1 - a # SKIP no network\nnot ok 2 - b # TODO later\nnot ok 3 - c # todo\n", "+a+b+c"},
    {"ok 1 - bug #5\nok 2 - a \\# b\n", "+bug #5+a \\# b"},
    {"ok 1 - one\r\nok 2 - two  \r\n", "+one+two"},
    {"# Subtest: group\n    ok 1 - a\n    not ok 2 - b\n    1..2\nnot ok 1 - group\nok 2 - c\n",
     "+group > a-group > b+c"},
    {"        ok 1 - deep\n    ok 1 - middle\nok 1 - top\n", "+top > middle > deep"},
    {"1..3\nok 1 - one\n", "+one-plan"},
    {"1..0 # SKIP nothing\n", ""},
    {"ok 1 - one\nBail out! no memory\n", "+one-Bail out!"},
    {"okay, this is no point\nnothing\n   ---\n   a: b\n   ...\nok 1 - one", "+one"},
    {"", ""},
};

START_TEST(each_text_is_read)
{
    struct points points = {0};
    char seen[256] = "";
    tap_read(&points, rows[_i].text);
    for (size_t i = 0; i < points.count; i++) {
        strcat(seen, points.point[i].mark == MARK_PASS ? "+" : "-");
        strcat(seen, points.point[i].name);
    }
    points_drop(&points);
    ck_assert_msg(strcmp(seen, rows[_i].points) == 0, "\"%s\" from: %s", seen, rows[_i].text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tap");
    TCase *tests = tcase_create("tap");
    tcase_add_loop_test(tests, each_text_is_read, 0, (int)(sizeof rows / sizeof *rows));
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
