/*
 * The kernel's answers taken apart, whole and damaged: nothing is read that is not there.
 */
#include <linux/sock_diag.h>
#include <stdint.h>
#include <string.h>

#include "../../shim/kernel/netlink.h"
#include "../suite.h"

#define BODY 12u
/* As much as is claimed is there, and not a byte more: a sanitizer would tell. */
static char *answer;
static size_t filled;

static void start(void)
{
    answer = NULL;
    filled = 0;
}

static void end(void)
{
    free(answer);
}

static void *put(size_t size)
{
    answer = realloc(answer, filled + size);
    ck_assert_ptr_nonnull(answer);
    memset(answer + filled, 0, size);
    filled += size;
    return answer + filled - size;
}

static void put_message(int type, size_t length)
{
    struct nlmsghdr *head = put(NLMSG_HDRLEN);
    head->nlmsg_type = (uint16_t)type;
    head->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + length);
}

static void put_attribute(int name, size_t claimed, const char *value)
{
    struct nlattr *attribute = put(sizeof *attribute);
    attribute->nla_type = (uint16_t)name;
    attribute->nla_len = (uint16_t)claimed;
    memcpy(put(4), value, 4);
}

/* A message of two attributes, the second of which says that it has so many bytes. */
static const char *second_of(size_t claimed, size_t size)
{
    put_message(SOCK_DIAG_BY_FAMILY, BODY + 16);
    put(BODY);
    put_attribute(1, 8, "one");
    put_attribute(2, claimed, "two");
    return netlink_attribute((const void *)answer, BODY, 2, size);
}

START_TEST(attribute_is_found)
{
    ck_assert_str_eq(second_of(8, 4), "two");
    const char *first = netlink_attribute((const void *)answer, BODY, 1, 4);
    ck_assert_str_eq(first, "one");
    ck_assert_ptr_null(netlink_attribute((const void *)answer, BODY, 3, 1));
    ck_assert_ptr_null(netlink_attribute((const void *)answer, BODY, 1, 5));
}
END_TEST

/* Of any length but its own, it holds what fits into it at most. */
START_TEST(attribute_of_a_wrong_length)
{
    for (size_t claimed = 0; claimed < 300; claimed++) {
        const char *told = second_of(claimed, 4);
        ck_assert_msg(!told == (claimed != 8), "%zu", claimed);
        end();
        start();
    }
}
END_TEST

START_TEST(message_that_ends_in_an_attribute)
{
    second_of(8, 4);
    ((struct nlmsghdr *)(void *)answer)->nlmsg_len = (uint32_t)_i;
    answer = realloc(answer, (size_t)_i);
    const char *first = netlink_attribute((const void *)answer, BODY, 1, 4);
    ck_assert_int_eq(first != NULL, _i >= NLMSG_HDRLEN + (int)BODY + 8);
    ck_assert_ptr_null(netlink_attribute((const void *)answer, BODY, 2, 4));
}
END_TEST

static void count(const struct nlmsghdr *message, void *context)
{
    ck_assert_uint_ge(message->nlmsg_len, NLMSG_LENGTH(BODY));
    ++*(int *)context;
}

static int visited(int expected)
{
    int sockets = 0;
    ck_assert_int_eq(netlink_sockets(answer, filled, BODY, count, &sockets), expected);
    return sockets;
}

START_TEST(dump_goes_on_until_it_is_done)
{
    for (int i = 1; i <= 3; i++) {
        put_message(SOCK_DIAG_BY_FAMILY, BODY);
        put(BODY);
        ck_assert_int_eq(visited(0), i);
    }
    put_message(NLMSG_DONE, 4);
    put(4);
    ck_assert_int_eq(visited(1), 3);
}
END_TEST

START_TEST(dump_that_fails)
{
    put_message(SOCK_DIAG_BY_FAMILY, BODY);
    put(BODY);
    put_message(_i ? SOCK_DIAG_BY_FAMILY : NLMSG_ERROR, BODY - (_i ? 4 : 0));
    put(BODY - (_i ? 4 : 0));
    ck_assert_int_eq(visited(-1), 1);
}
END_TEST

/* A message that is not padded to four bytes, as the last need not be. */
START_TEST(dump_of_an_odd_length)
{
    put_message(SOCK_DIAG_BY_FAMILY, BODY + (size_t)_i);
    put(BODY + (size_t)_i);
    ck_assert_int_eq(visited(0), 1);
}
END_TEST

/* A message that claims more bytes than were received is not looked at. */
START_TEST(dump_that_is_cut)
{
    put_message(SOCK_DIAG_BY_FAMILY, BODY);
    put(BODY);
    put_message(SOCK_DIAG_BY_FAMILY, BODY);
    put((size_t)_i);
    ck_assert_int_eq(visited(0), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("netlink");
    TCase *answers = tcase_create("answers");
    tcase_add_checked_fixture(answers, start, end);
    tcase_add_test(answers, attribute_is_found);
    tcase_add_test(answers, attribute_of_a_wrong_length);
    tcase_add_loop_test(answers, message_that_ends_in_an_attribute, NLMSG_HDRLEN + (int)BODY,
                        NLMSG_HDRLEN + (int)BODY + 16);
    tcase_add_test(answers, dump_goes_on_until_it_is_done);
    tcase_add_loop_test(answers, dump_that_fails, 0, 2);
    tcase_add_loop_test(answers, dump_of_an_odd_length, 0, 5);
    tcase_add_loop_test(answers, dump_that_is_cut, 0, (int)BODY);
    suite_add_tcase(suite, answers);
    return suite_run(suite);
}
