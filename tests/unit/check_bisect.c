/* Delta debugging finds a least set, whatever must be taken away together. */
#include "../../shim/cli/test/bisect.h"

#include "../../shim/cli/cli.h"
#include "../suite.h"

void say(const char *format, ...)
{
    (void)format;
}

#define MOST 64

/* The case passes once all of these are away. */
struct culprit {
    const size_t *index;
    size_t count, size, tests;
};

static bool passes(const bool *without, void *context)
{
    struct culprit *culprit = context;
    culprit->tests++;
    for (size_t i = 0; i < culprit->count; i++)
        if (!without[culprit->index[i]])
            return false;
    return true;
}

static void assert_found(size_t size, const size_t *index, size_t count, size_t tests)
{
    struct culprit culprit = {.index = index, .count = count, .size = size};
    bool without[MOST];
    ck_assert(bisect(without, size, passes, &culprit));
    for (size_t i = 0; i < size; i++) {
        bool is_culprit = false;
        for (size_t j = 0; j < count; j++)
            is_culprit |= index[j] == i;
        ck_assert_msg(without[i] == is_culprit, "%zu of %zu", i, size);
    }
    ck_assert_uint_le(culprit.tests, tests);
}

START_TEST(one_is_found)
{
    for (size_t size = 1; size <= MOST; size++)
        for (size_t i = 0; i < size; i++)
            assert_found(size, &i, 1, 16);
}
END_TEST

START_TEST(the_first_is_found_at_once)
{
    assert_found(MOST, (const size_t[]){0}, 1, 1);
}
END_TEST

START_TEST(two_are_found)
{
    for (size_t size = 2; size <= 16; size++)
        for (size_t i = 0; i < size; i++)
            for (size_t j = i + 1; j < size; j++)
                assert_found(size, (const size_t[]){i, j}, 2, 64);
}
END_TEST

START_TEST(all_are_found)
{
    assert_found(5, (const size_t[]){0, 1, 2, 3, 4}, 5, 32);
    assert_found(MOST, (const size_t[]){3, 17, 18, 40, 63}, 5, 256);
}
END_TEST

static bool never(const bool *without, void *context)
{
    (void)without;
    (void)context;
    return false;
}

static bool always(const bool *without, void *context)
{
    (void)without;
    (void)context;
    return true;
}

START_TEST(none_is_found_where_none_is)
{
    bool without[4];
    ck_assert(!bisect(without, 4, never, NULL));
    ck_assert(!bisect(without, 1, never, NULL));
    ck_assert(!bisect(without, 0, always, NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bisect");
    TCase *tests = tcase_create("bisect");
    tcase_add_test(tests, one_is_found);
    tcase_add_test(tests, the_first_is_found_at_once);
    tcase_add_test(tests, two_are_found);
    tcase_add_test(tests, all_are_found);
    tcase_add_test(tests, none_is_found_where_none_is);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
