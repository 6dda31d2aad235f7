/* What the server of a page answers to requests, whole and broken. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../../shim/cli/export/http.h"
#include "../suite.h"

static const struct asked {
    const char *request;
    enum http_answer answer;
} requests[] = {
    {"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", HTTP_PAGE},
    {"GET / HTTP/1.0\r\n\r\n", HTTP_PAGE},
    {"GET /metrics?name=x HTTP/1.1\r\nhost: LOCALHOST:9100\r\n\r\n", HTTP_PAGE},
    {"GET /metrics HTTP/1.1\nHost: 127.0.0.1:80\n\n", HTTP_PAGE},
    {"GET /metrics HTTP/1.1\r\nHost: [::1]:9100\r\n\r\nmore", HTTP_PAGE},
    {"GET /metrics HTTP/1.1\r\nHost: 127.3.2.1\r\n\r\n", HTTP_PAGE},
    {"HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", HTTP_PAGE_HEAD},
    {"GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n", HTTP_FORBIDDEN},
    {"GET /metrics HTTP/1.1\r\nX: localhost\r\nHost: localhost.evil.example\r\n\r\n", HTTP_FORBIDDEN},
    {"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n", HTTP_FORBIDDEN},
    {"GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", HTTP_FORBIDDEN},
    {"GET /metrics HTTP/1.1\r\nHost: [::1]evil\r\n\r\n", HTTP_FORBIDDEN},
    {"GET /metrics HTTP/1.1\r\nHost:\r\n\r\n", HTTP_FORBIDDEN},
    {"GET /other HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND},
    {"GET /metricsx HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND},
    {"POST /metrics HTTP/1.1\r\n\r\n", HTTP_NOT_ALLOWED},
    {"GETX /metrics HTTP/1.1\r\n\r\n", HTTP_NOT_ALLOWED},
    {"GET /metrics\r\n\r\n", HTTP_BAD},
    {"GET /metrics HTTP/2\r\n\r\n", HTTP_BAD},
    {"GET  HTTP/1.1\r\n\r\n", HTTP_BAD},
    {" / HTTP/1.1\r\n\r\n", HTTP_BAD},
    {"\r\n\r\n", HTTP_BAD},
    {"\x16\x03\x01\x02\r\n\r\n", HTTP_BAD},
    {"GET /metrics HTTP/1.1\r\n", HTTP_MORE},
    {"", HTTP_MORE},
};

START_TEST(requests_get_their_answers)
{
    const struct asked *asked = &requests[_i];
    ck_assert_msg(http_judge(asked->request, strlen(asked->request), true) == asked->answer, "%s", asked->request);
}
END_TEST

/* However it is cut, the beginning of a good request is no mistake. */
START_TEST(a_request_may_come_in_pieces)
{
    static const char whole[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";
    for (size_t size = 0; size < sizeof whole - 1; size++)
        ck_assert_int_eq(http_judge(whole, size, true), HTTP_MORE);
    ck_assert_int_eq(http_judge(whole, sizeof whole - 1, true), HTTP_PAGE);
}
END_TEST

START_TEST(a_path_needs_no_host)
{
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: anything\r\n\r\n";
    ck_assert_int_eq(http_judge(request, sizeof request - 1, false), HTTP_PAGE);
}
END_TEST

START_TEST(what_has_no_end_is_too_large)
{
    char request[HTTP_REQUEST_MOST + 100];
    memset(request, 'x', sizeof request);
    ck_assert_int_eq(http_judge(request, HTTP_REQUEST_MOST - 1, true), HTTP_MORE);
    ck_assert_int_eq(http_judge(request, HTTP_REQUEST_MOST, true), HTTP_TOO_LARGE);
    ck_assert_int_eq(http_judge(request, sizeof request, true), HTTP_TOO_LARGE);
    memset(request, '\0', sizeof request);
    ck_assert_int_eq(http_judge(request, sizeof request, true), HTTP_BAD);
}
END_TEST

START_TEST(each_refusal_is_a_whole_answer)
{
    for (enum http_answer answer = HTTP_MORE; answer <= HTTP_TOO_LARGE; answer++) {
        const char *text = http_refusal(answer);
        ck_assert_int_eq(text != NULL, answer >= HTTP_BAD);
        ck_assert(!text || strncmp(text, "HTTP/1.1 4", 10) == 0);
        ck_assert(!text || (strstr(text, "\r\n\r\n") && strstr(text, "\r\nConnection: close\r\n")));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http");
    TCase *tests = tcase_create("requests");
    tcase_add_loop_test(tests, requests_get_their_answers, 0, (int)(sizeof requests / sizeof *requests));
    tcase_add_test(tests, a_request_may_come_in_pieces);
    tcase_add_test(tests, a_path_needs_no_host);
    tcase_add_test(tests, what_has_no_end_is_too_large);
    tcase_add_test(tests, each_refusal_is_a_whole_answer);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
