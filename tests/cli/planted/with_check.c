/* Tests by the Check library, of what planted.c has as cases: two suites, of which one has two test cases. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

static int bind_to(const char *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    inet_pton(AF_INET, host, &address.sin_addr);
    return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address);
}

START_TEST(sound)
{
    ck_assert_int_eq(bind_to("127.0.0.1"), 0);
}
END_TEST

START_TEST(other_loopback)
{
    ck_assert_int_eq(bind_to("127.0.0.2"), 0);
}
END_TEST

START_TEST(unbound)
{
    ck_assert_int_eq(listen(socket(AF_INET, SOCK_STREAM, 0), 5), 0);
}
END_TEST

START_TEST(rounds)
{
    ck_assert_int_eq(bind_to(_i == 0 ? "127.0.0.1" : "127.0.0.3"), 0);
}
END_TEST

int main(void)
{
    Suite *addresses = suite_create("addresses"), *queues = suite_create("queues & more");
    TCase *one = tcase_create("one"), *two = tcase_create("two"), *listening = tcase_create("listening");
    tcase_add_test(one, sound);
    tcase_add_test(one, other_loopback);
    tcase_add_loop_test(two, rounds, 0, 2);
    tcase_add_test(listening, unbound);
    suite_add_tcase(addresses, one);
    suite_add_tcase(addresses, two);
    suite_add_tcase(queues, listening);
    SRunner *runner = srunner_create(addresses);
    srunner_add_suite(runner, queues);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
