/* The model of listeners: what the kernel's word changes, rates, and the order of rows. */
#include <check.h>
#include <netinet/in.h>

#include "../../shim/cli/live/words.h"
#include "../../shim/cli/top/rows.h"
#include "../suite.h"

#define SECOND UINT64_C(1000000000)

START_TEST(the_kernel_tells_the_queue)
{
    struct listener listener = {.depth = {.highest = 2}};
    const struct queue full = {.waiting = 6, .capacity = 5}, less = {.waiting = 4, .capacity = 5};
    listener_take_queue(&listener, &full, 100);
    ck_assert_int_eq(listener.depth.source, DEPTH_KERNEL);
    ck_assert_uint_eq(listener.depth.waiting, 5); /* one more may wait for a moment */
    ck_assert_uint_eq(listener.depth.highest, 5);
    ck_assert_uint_eq(listener.depth.full_since_ns, 100);
    listener_take_queue(&listener, &full, 200);
    ck_assert_uint_eq(listener.depth.full_since_ns, 100);
    listener_take_queue(&listener, &less, 300);
    ck_assert_uint_eq(listener.depth.full_since_ns, 0);
    ck_assert_uint_eq(listener.depth.highest, 5);
    listener_take_queue(&listener, &full, 400);
    ck_assert_uint_eq(listener.depth.full_since_ns, 400);
}
END_TEST

/* The library may have seen it full before this reader; once it is not, that is over. */
START_TEST(the_library_knows_since_when_it_is_full)
{
    struct listener listener = {.depth = {.full_since_ns = 50}};
    listener_take_queue(&listener, &(struct queue){.waiting = 5, .capacity = 5}, 100);
    ck_assert_uint_eq(listener.depth.full_since_ns, 50);
    listener_take_queue(&listener, &(struct queue){.waiting = 0, .capacity = 5}, 200);
    ck_assert_uint_eq(listener.depth.full_since_ns, 0);
}
END_TEST

/* The kernel counts in 32 bits; the library may have looked after the kernel told. */
START_TEST(drops_go_round_and_never_back)
{
    struct listener listener = {.counts = {.dropped = UINT32_MAX}};
    listener_take_queue(&listener, &(struct queue){.drops = 4, .capacity = 5}, 1);
    ck_assert_uint_eq(listener.counts.dropped, UINT32_MAX + UINT64_C(5));
    listener_take_queue(&listener, &(struct queue){.drops = 2, .capacity = 5}, 1);
    ck_assert_uint_eq(listener.counts.dropped, UINT32_MAX + UINT64_C(5));
}
END_TEST

START_TEST(a_rate_needs_two_readings)
{
    struct listener listener = {.counts = {.accepted = 10, .failed = 4}, .read_ns = 5 * SECOND};
    struct rates rates;
    ck_assert(!listener_rates(&listener, &rates));
    ck_assert_double_eq(rates.accepted, 0);
    listener.before = listener.counts;
    listener.before_ns = listener.read_ns;
    listener.counts = (struct counts){.accepted = 30, .failed = 5, .dropped = 1};
    listener.read_ns = 7 * SECOND;
    ck_assert(listener_rates(&listener, &rates));
    ck_assert_double_eq(rates.accepted, 10);
    ck_assert_double_eq(rates.failed, 0.5);
    ck_assert_double_eq(rates.over, 0.5);
}
END_TEST

START_TEST(an_average_is_over_its_life)
{
    const struct listener listener = {.counts = {.accepted = 40}, .since_ns = 10 * SECOND};
    ck_assert_double_eq(listener_average(&listener, 30 * SECOND).accepted, 2);
    ck_assert_double_eq(listener_average(&listener, 10 * SECOND).accepted, 0);
    ck_assert_double_eq(listener_average(&listener, 5 * SECOND).accepted, 0); /* the clock was set */
}
END_TEST

/* A port that the kernel chose, and nobody has asked for. */
START_TEST(the_kernel_names_a_listener_without_a_port)
{
    struct listener listener = {.address = "0.0.0.0:0"};
    struct queue queue = {.capacity = 1};
    const struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(1234)};
    queue.name.address_length = sizeof in;
    memcpy(queue.name.address, &in, sizeof in);
    listener_take_queue(&listener, &queue, 1);
    ck_assert_str_eq(listener.address, "0.0.0.0:1234");
}
END_TEST

START_TEST(numbers_stay_short)
{
    static const struct {
        double rate;
        const char *text;
    } rates[] = {{0, "0.0"},     {0.04, "0.0"},     {12.34, "12.3"},  {99.94, "99.9"},  {99.96, "100"},
                 {9999, "9999"}, {9999.6, "10.0k"}, {56700, "56.7k"}, {999499, "999k"}, {999600, "1.0M"}};
    static const struct {
        uint64_t seconds;
        const char *text;
    } ages[] = {{0, "0s"},       {59, "59s"},       {60, "1m00s"},    {3599, "59m59s"},
                {3600, "1h00m"}, {86399, "23h59m"}, {86400, "1d00h"}, {400 * 86400, "400d00h"}};
    char text[24];
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        format_rate(rates[i].rate, text, sizeof text);
        ck_assert_str_eq(text, rates[i].text);
    }
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        format_age(ages[i].seconds * SECOND, text, sizeof text);
        ck_assert_str_eq(text, ages[i].text);
    }
}
END_TEST

/* --- rows --- */

#define LISTENERS 3

static struct listener listeners[LISTENERS] = {
    {.address = "10.0.0.2:80", .program = "b", .profile = "mks", .seen = true, .listens = true},
    {.address = "10.0.0.10:80", .program = "c", .profile = "bsd", .seen = true, .listens = true},
    {.address = "10.0.0.1:80", .program = "a", .profile = "bsd", .seen = true, .listens = true, .closed = true},
};

static struct live_ring ring = {.lives = true, .listeners = listeners, .count = LISTENERS};
static struct live_ring *rings[] = {&ring};
static const struct live live = {.rings = {.of = rings, .count = 1}};

/* The programs, in the order of the rows. */
static const char *order(const struct view *view)
{
    static char text[LISTENERS + 1];
    struct rows rows = {0};
    ck_assert(rows_fill(&rows, &live, view));
    for (size_t i = 0; i < rows.count; i++)
        text[i] = rows.of[i].listener->program[0];
    text[rows.count] = '\0';
    rows_free(&rows);
    return text;
}

START_TEST(rows_have_an_order)
{
    for (int i = 0; i < 2; i++)
        listeners[i].depth = (struct depth){.source = DEPTH_KERNEL, .waiting = (uint32_t)i + 1, .capacity = 5};
    ck_assert_str_eq(order(&(struct view){.sort = SORT_QUEUE}), "cb");
    ck_assert_str_eq(order(&(struct view){.sort = SORT_QUEUE, .is_reversed = true}), "bc");
    ck_assert_str_eq(order(&(struct view){.sort = SORT_PROGRAM}), "bc");
    ck_assert_str_eq(order(&(struct view){.sort = SORT_ADDRESS}), "bc"); /* 2 before 10 */
    ck_assert_str_eq(order(&(struct view){.sort = SORT_FAILED}), "bc");  /* equal: by address */
}
END_TEST

START_TEST(rows_are_chosen)
{
    ck_assert_str_eq(order(&(struct view){.sort = SORT_ADDRESS, .shows_ended = true}), "abc");
    ck_assert_str_eq(order(&(struct view){.shows_ended = true, .filter = "BSD", .sort = SORT_PROGRAM}), "ac");
    ck_assert_str_eq(order(&(struct view){.filter = "10.0.0.2"}), "b");
    ck_assert_str_eq(order(&(struct view){.filter = "none"}), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("live");
    TCase *model = tcase_create("model");
    tcase_add_test(model, the_kernel_tells_the_queue);
    tcase_add_test(model, the_library_knows_since_when_it_is_full);
    tcase_add_test(model, drops_go_round_and_never_back);
    tcase_add_test(model, a_rate_needs_two_readings);
    tcase_add_test(model, an_average_is_over_its_life);
    tcase_add_test(model, the_kernel_names_a_listener_without_a_port);
    tcase_add_test(model, numbers_stay_short);
    tcase_add_test(model, rows_have_an_order);
    tcase_add_test(model, rows_are_chosen);
    suite_add_tcase(suite, model);
    return suite_run(suite);
}
