/* The long texts of the keys: each key has a page, in the form that it is printed in. */
#include <check.h>
#include <string.h>

#include "../../shim/profile/advice.h"
#include "../suite.h"

#define LINES_MOST 5

static int count(const char *text, const char *part)
{
    int found = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        found++;
    return found;
}

START_TEST(each_key_has_a_page)
{
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        ck_assert_msg(advice_page(key) != NULL, "%s has no page", key_rows[key].full);
    ck_assert_ptr_null(advice_page(KEY_NONE));
}
END_TEST

static bool ends_with(const char *text, char end)
{
    size_t length = strlen(text);
    return length > 0 && text[length - 1] == end;
}

START_TEST(each_page_is_whole)
{
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const struct advice_page *page = advice_page(key);
        const char *name = key_rows[key].full;
        ck_assert_msg(count(page->bug, ". ") == 1 && ends_with(page->bug, '.'), "%s: the bug in two sentences", name);
        ck_assert_msg(ends_with(page->breaks, '.'), "%s: what breaks", name);
        ck_assert_msg(ends_with(page->portable, '\n') && count(page->portable, "\n") <= LINES_MOST, "%s: C", name);
        ck_assert_msg(count(page->links, "\n") == count(page->links, "https://"), "%s: a link each line", name);
    }
}
END_TEST

/* Words of values that make a call neither fail nor succeed otherwise than on Linux. */
START_TEST(what_is_done_otherwise_has_words)
{
    static const enum key keys[] = {KEY_accept_inherit_nonblock, KEY_accept_inherit_cloexec, KEY_accept_reset_queued,
                                    KEY_socket_v6only,           KEY_bind_port_min,          KEY_bind_unix_mode,
                                    KEY_shutdown_accept_after,   KEY_names_returned_length,  KEY_accept_timeout};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        ck_assert_msg(advice_otherwise(keys[i])[0] != '\0', "%s", key_rows[keys[i]].full);
    ck_assert_str_eq(advice_otherwise(KEY_NONE), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("advice");
    TCase *tests = tcase_create("advice");
    tcase_add_test(tests, each_key_has_a_page);
    tcase_add_test(tests, each_page_is_whole);
    tcase_add_test(tests, what_is_done_otherwise_has_words);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
