/* The ring's tables of modules and sites. */
#include "../../shim/ring/sites.h"
#include "../suite.h"
#include "one_ring.h"

#include <pthread.h>
#include <sys/wait.h>

static struct module_seen module_named(const char *name, const char *build_id)
{
    return (struct module_seen){.path = name,
                                .path_length = strlen(name),
                                .build_id = (const uint8_t *)build_id,
                                .build_id_size = strlen(build_id)};
}

static uint32_t enter_module(const char *path_of_it, const char *build_id)
{
    const struct module_seen seen = module_named(path_of_it, build_id);
    return ring_module_index(&ring, &seen, 77);
}

START_TEST(a_module_has_one_entry)
{
    struct module module;
    uint32_t number = enter_module("/bin/server", "abc");
    ck_assert_uint_ne(number, 0);
    ck_assert_uint_eq(enter_module("/bin/server", "abc"), number);
    ck_assert_uint_ne(enter_module("/bin/server", "abd"), number);
    ck_assert_uint_ne(enter_module("/bin/server", ""), number);
    ck_assert_uint_ne(enter_module("/bin/servers", "abc"), number);
    ck_assert(ring_module(&ring, number, &module));
    ck_assert_str_eq(module.path, "/bin/server");
    ck_assert(!module.path_is_cut);
    ck_assert_uint_eq(module.build_id_size, 3);
    ck_assert_mem_eq(module.build_id, "abc", 3);
    ck_assert_uint_eq(module.seen_ns, 77);
    ck_assert(!ring_module(&ring, 0, &module));
    ck_assert(!ring_module(&ring, ring.tables[TABLE_MODULES].entries + 1, &module));
    ck_assert(!ring_module(&ring, UINT32_MAX, &module));
}
END_TEST

START_TEST(a_long_path_keeps_its_end)
{
    char long_path[1000];
    struct module module;
    memset(long_path, 'x', sizeof long_path);
    memcpy(long_path + sizeof long_path - 5, "/end", 5);
    ck_assert(ring_module(&ring, enter_module(long_path, "abc"), &module));
    ck_assert(module.path_is_cut);
    ck_assert_uint_eq(strlen(module.path), MODULE_PATH);
    ck_assert_str_eq(module.path + MODULE_PATH - 4, "/end");
    long_path[0] = 'y'; /* which is cut away, yet tells it from the other */
    uint32_t other = enter_module(long_path, "abc");
    ck_assert_uint_ne(other, 0);
    ck_assert(ring_module(&ring, other, &module));
}
END_TEST

static uint32_t enter_site(uint64_t place, uint32_t pid, uint16_t call, bool *is_new)
{
    const struct site_seen seen = {.place = place, .pid = pid, .call = call, .now_ns = 5};
    const uint64_t frames[] = {place, ring_place_of(3, 99)};
    uint32_t number = ring_site_index(&ring, &seen, is_new);
    if (*is_new)
        ring_site_write(&ring, number, &seen, frames, 2);
    return number;
}

START_TEST(a_site_has_one_entry)
{
    struct site site;
    bool is_new;
    uint32_t number = enter_site(ring_place_of(1, 0x1234), 7, 2, &is_new);
    ck_assert(is_new && number);
    ck_assert_uint_eq(enter_site(ring_place_of(1, 0x1234), 8, 2, &is_new), number);
    ck_assert(!is_new);
    ck_assert_uint_ne(enter_site(ring_place_of(1, 0x1234), 7, 3, &is_new), number);
    ck_assert(is_new);
    ck_assert_uint_ne(enter_site(ring_place_of(2, 0x1234), 7, 2, &is_new), number);
    ck_assert(is_new);
    ck_assert(ring_site(&ring, number, &site));
    ck_assert_uint_eq(site.pid, 7);
    ck_assert_uint_eq(site.call, 2);
    ck_assert_uint_eq(site.seen_ns, 5);
    ck_assert_uint_eq(site.count, 2);
    ck_assert_uint_eq(site.frames[0].module, 1);
    ck_assert_uint_eq(site.frames[0].offset, 0x1234);
    ck_assert_uint_eq(site.frames[1].module, 3);
    ck_assert_uint_eq(site.frames[1].offset, 99);
    ck_assert(!ring_site(&ring, 0, &site));
    ck_assert(!ring_site(&ring, UINT32_MAX, &site));
}
END_TEST

/* An address means something in one process only. */
START_TEST(a_site_without_a_module_is_its_processs_own)
{
    bool is_new;
    uint32_t number = enter_site(ring_place_of(0, 0x7f0012345678), 7, 2, &is_new);
    ck_assert_uint_eq(enter_site(ring_place_of(0, 0x7f0012345678), 7, 2, &is_new), number);
    ck_assert_uint_ne(enter_site(ring_place_of(0, 0x7f0012345678), 8, 2, &is_new), number);
}
END_TEST

START_TEST(a_full_table_has_no_place_and_keeps_what_it_has)
{
    bool is_new;
    uint32_t kept = 0;
    const uint32_t entries = ring.tables[TABLE_SITES].entries;
    for (uint32_t i = 0; i < 2 * entries; i++)
        kept += enter_site(ring_place_of(1, i + 1), 7, 2, &is_new) != 0;
    ck_assert_uint_eq(kept, entries);
    kept = 0;
    for (uint32_t i = 0; i < 2 * entries; i++) {
        struct site site;
        uint32_t number = enter_site(ring_place_of(1, i + 1), 7, 2, &is_new);
        ck_assert(!is_new);
        kept += number != 0 && ring_site(&ring, number, &site) && site.frames[0].offset == i + 1;
    }
    ck_assert_uint_eq(kept, entries);
}
END_TEST

/* A writer that died after it had claimed an entry. */
START_TEST(an_entry_of_the_dead_is_completed_by_the_next)
{
    const struct site_seen seen = {.place = ring_place_of(1, 9), .pid = 7, .call = 2, .now_ns = 5};
    const struct module_seen module_seen = module_named("/bin/server", "abc");
    struct site site;
    struct module module;
    bool is_new;
    uint32_t number = ring_site_index(&ring, &seen, &is_new);
    ck_assert(is_new);
    ck_assert(!ring_site(&ring, number, &site));
    ck_assert_uint_eq(ring_site_index(&ring, &seen, &is_new), number);
    ck_assert(!is_new);
    ck_assert(ring_site(&ring, number, &site));
    ck_assert_uint_eq(site.count, 1);
    ck_assert_uint_eq(site.frames[0].offset, 9);
    uint32_t index = ring_module_index(&ring, &module_seen, 1);
    struct ring_module *entry =
        (struct ring_module *)(ring.tables[TABLE_MODULES].first + (size_t)(index - 1) * sizeof *entry);
    atomic_store(&entry->ready, 0);
    ck_assert(!ring_module(&ring, index, &module));
    ck_assert_uint_eq(ring_module_index(&ring, &module_seen, 1), index);
    ck_assert(ring_module(&ring, index, &module));
}
END_TEST

#define THREADS 4
#define SITES 40

static void *enter_many(void *context)
{
    uint32_t *numbers = context;
    bool is_new;
    for (uint32_t i = 0; i < SITES; i++)
        numbers[i] = enter_site(ring_place_of(1, i + 1), 7, 2, &is_new);
    return NULL;
}

START_TEST(threads_that_meet_agree)
{
    uint32_t numbers[THREADS][SITES];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, enter_many, numbers[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 1; i < THREADS; i++)
        ck_assert_mem_eq(numbers[i], numbers[0], sizeof numbers[0]);
    for (int i = 0; i < SITES; i++) {
        struct site site;
        ck_assert(ring_site(&ring, numbers[0][i], &site));
        ck_assert_uint_eq(site.frames[0].offset, (uint64_t)i + 1);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sites");
    TCase *tables = tcase_create("tables");
    tcase_add_checked_fixture(tables, set_up, tear_down);
    tcase_add_test(tables, a_module_has_one_entry);
    tcase_add_test(tables, a_long_path_keeps_its_end);
    tcase_add_test(tables, a_site_has_one_entry);
    tcase_add_test(tables, a_site_without_a_module_is_its_processs_own);
    tcase_add_test(tables, a_full_table_has_no_place_and_keeps_what_it_has);
    tcase_add_test(tables, an_entry_of_the_dead_is_completed_by_the_next);
    tcase_add_loop_test(tables, threads_that_meet_agree, 0, 20);
    suite_add_tcase(suite, tables);
    return suite_run(suite);
}
