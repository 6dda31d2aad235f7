/* The ring's table of cases: calls that are equal to a rule are one. */
#include "../../shim/ring/cases.h"
#include "../suite.h"
#include "one_ring.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

static void set_up_cases(void)
{
    struct ring_identity identity = identity_of(SLOTS);
    identity.cases = true;
    make_directory();
    ck_assert_int_eq(ring_open(&ring, path, &identity), 0);
}

static struct ring_case listen_case(int backlog)
{
    return (struct ring_case){.seen_ns = 5, .pid = 7, .fd = 3, .call = 1, .site = 2, .arguments = {backlog}};
}

/* How many there are, and in all how often they were seen. */
static uint32_t count(uint64_t *seen)
{
    uint32_t found = 0;
    struct ring_case it;
    *seen = 0;
    for (uint32_t place = 0; place < ring_case_places(&ring); place++)
        if (ring_case_read(&ring, place, &it)) {
            found++;
            *seen += it.seen;
        }
    return found;
}

static void expect(uint32_t cases, uint64_t calls)
{
    uint64_t seen;
    ck_assert_uint_eq(count(&seen), cases);
    ck_assert_uint_eq(seen, calls);
}

START_TEST(equal_calls_are_one_case)
{
    struct ring_case one = listen_case(5), other = listen_case(5);
    other.seen_ns = 99;
    other.pid = 100;
    other.fd = 101;
    ck_assert(ring_has_cases(&ring));
    expect(0, 0);
    ck_assert(ring_case_note(&ring, &one));
    ck_assert(ring_case_note(&ring, &other));
    expect(1, 2);
}
END_TEST

START_TEST(each_field_of_a_call_counts)
{
    struct ring_case it = listen_case(5);
    ring_case_note(&ring, &it);
    it.arguments[0] = 6;
    ring_case_note(&ring, &it);
    it.facts = CASE_BOUND;
    ring_case_note(&ring, &it);
    it.error = 22;
    ring_case_note(&ring, &it);
    it.site = 3;
    ring_case_note(&ring, &it);
    it.options = 1;
    ring_case_note(&ring, &it);
    expect(6, 6);
}
END_TEST

START_TEST(a_case_is_read_as_it_was_noted)
{
    struct ring_case found, it = listen_case(5);
    it.facts = CASE_KNOWN | CASE_PORT_CONNECTIONS;
    it.kernel_max = 4096;
    it.text = -1;
    memset(it.address, 0xab, sizeof it.address);
    it.address_length = sizeof it.address;
    ring_case_note(&ring, &it);
    uint32_t place = 0;
    while (!ring_case_read(&ring, place, &found))
        place++;
    ck_assert_uint_eq(found.seen, 1);
    it.seen = 1;
    ck_assert_mem_eq(&found, &it, sizeof it);
}
END_TEST

static struct ring_case connect_case(const char *to, int port)
{
    struct ring_case it = {.call = 1, .domain = AF_INET, .address_length = sizeof(struct sockaddr_in)};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, to, &in.sin_addr);
    memcpy(it.address, &in, sizeof in);
    return it;
}

START_TEST(addresses_of_one_kind_are_one)
{
    static const struct {
        const char *to;
        int port;
        uint32_t cases; /* there are after this one */
    } rows[] = {{"10.0.0.1", 8000, 1},  {"10.9.9.9", 65000, 1},  {"10.0.0.1", 0, 2},       {"10.0.0.1", 80, 3},
                {"10.0.0.2", 1023, 3},  {"10.0.0.2", 1024, 3},   {"0.0.0.0", 8000, 4},     {"127.0.0.1", 8000, 5},
                {"127.0.0.2", 8000, 6}, {"127.99.0.3", 8001, 6}, {"224.0.0.1", 8000, 7},   {"239.1.1.1", 9000, 7},
                {"0.0.0.0", 9000, 7},   {"127.0.0.1", 9000, 7},  {"255.255.255.255", 9, 8}};
    uint64_t seen;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring_case it = connect_case(rows[i].to, rows[i].port);
        ck_assert(ring_case_note(&ring, &it));
        ck_assert_msg(count(&seen) == rows[i].cases, "%s:%d", rows[i].to, rows[i].port);
    }
}
END_TEST

START_TEST(a_path_is_told_by_its_length_and_first_byte)
{
    static const char *const paths[] = {"/tmp/one", "/tmp/two", "/tmp/three"};
    for (size_t i = 0; i < 3; i++) {
        struct ring_case it = {.call = 1, .domain = AF_UNIX, .text = (int)strlen(paths[i])};
        struct sockaddr_un un = {.sun_family = AF_UNIX};
        strcpy(un.sun_path, paths[i]);
        memcpy(it.address, &un, sizeof it.address);
        it.address_length = sizeof it.address;
        ring_case_note(&ring, &it);
    }
    expect(2, 3);
}
END_TEST

START_TEST(a_full_table_says_so)
{
    uint32_t noted = 0;
    for (int backlog = 0; backlog < 2000; backlog++) {
        struct ring_case it = listen_case(backlog);
        noted += ring_case_note(&ring, &it);
    }
    ck_assert_uint_gt(noted, ring_case_places(&ring) / 2);
    ck_assert_uint_le(noted, ring_case_places(&ring));
    expect(noted, noted);
}
END_TEST

START_TEST(a_ring_without_the_table_takes_none)
{
    struct ring_case it = listen_case(5);
    ck_assert(!ring_has_cases(&ring));
    ck_assert(!ring_case_note(&ring, &it));
    ck_assert_uint_eq(ring_case_places(&ring), 0);
}
END_TEST

/* Whoever joins takes the table that is there, whatever it would have made. */
START_TEST(a_ring_is_joined_with_and_without)
{
    struct ring_identity identity = identity_of(SLOTS);
    struct ring joined;
    ck_assert_int_eq(ring_open(&joined, path, &identity), 0);
    ck_assert(ring_has_cases(&joined));
    struct ring_case it = listen_case(5);
    ck_assert(ring_case_note(&joined, &it));
    ring_close(&joined);
    expect(1, 1);
    ck_assert_ptr_null(ring_open_to_read(&joined, path));
    ck_assert_uint_eq(ring_case_places(&joined), ring_case_places(&ring));
    ring_close(&joined);
}
END_TEST

#define THREADS 4
#define TURNS 2000

static void *note_many(void *argument)
{
    (void)argument;
    for (int turn = 0; turn < TURNS; turn++) {
        struct ring_case it = listen_case(turn % 16);
        ring_case_note(&ring, &it);
    }
    return NULL;
}

START_TEST(threads_count_all)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, note_many, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    expect(16, THREADS * TURNS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cases");
    TCase *tests = tcase_create("cases"), *without = tcase_create("without");
    tcase_add_checked_fixture(tests, set_up_cases, tear_down);
    tcase_add_checked_fixture(without, set_up, tear_down);
    tcase_add_test(tests, equal_calls_are_one_case);
    tcase_add_test(tests, each_field_of_a_call_counts);
    tcase_add_test(tests, a_case_is_read_as_it_was_noted);
    tcase_add_test(tests, addresses_of_one_kind_are_one);
    tcase_add_test(tests, a_path_is_told_by_its_length_and_first_byte);
    tcase_add_test(tests, a_full_table_says_so);
    tcase_add_test(tests, a_ring_is_joined_with_and_without);
    tcase_add_test(tests, threads_count_all);
    tcase_add_test(without, a_ring_without_the_table_takes_none);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, without);
    return suite_run(suite);
}
