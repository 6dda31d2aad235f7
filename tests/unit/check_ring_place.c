/* What LISTENAS_RING can say. */
#include "../suite.h"
#include "ring_fixture.h"

#define BORN UINT64_C(0x18b1c0de5eed0000)
#define BORN_HEX "18b1c0de5eed0000"

#include "../../shim/ring/place.h"

static const char *const wrong =
    "expected off, a size such as 512K, or an absolute path, of a directory or of a file NAME.ring";

static const struct {
    const char *setting; /* NULL: unset */
    uint32_t slots;      /* 0: the setting is wrong */
} sizes[] = {
    {NULL, RING_SLOTS_USUAL},
    {"", RING_SLOTS_USUAL},
    {"0", 64},
    {"1", 64},
    {"53247", 64},
    {"53248", 128},
    {"65536", 128},
    {"64K", 128},
    {"64k", 128},
    {"786432", 4096},
    {"786431", 2048},
    {"2M", 8192},
    {"2m", 8192},
    {"128M", 1u << 19},
    {"129M", 1u << 20},
    {"1G", 1u << 20},
    {"8000000000G", 1u << 20},
    {"-1", 0},
    {"+1", 0},
    {" 1", 0},
    {"1 ", 0},
    {"K", 0},
    {"64KB", 0},
    {"64 K", 0},
    {"0x1000", 0},
    {"1.5M", 0},
    {"99999999999999999999", 0},
    {"on", 0},
    {"OFF", 0},
    {"off ", 0},
    {"a/relative/path", 0},
    {"./a.ring", 0},
    {"~", 0},
};

START_TEST(size)
{
    struct ring_place place;
    const char *fault = ring_place(sizes[_i].setting, "inetd", 77, BORN, &place);
    ck_assert_pstr_eq(fault, sizes[_i].slots ? NULL : wrong);
    ck_assert(!place.off);
    if (sizes[_i].slots) {
        ck_assert_uint_eq(place.slots, sizes[_i].slots);
        ck_assert_str_eq(place.path, "/dev/shm/listenas-inetd-77-" BORN_HEX ".ring");
    }
}
END_TEST

START_TEST(off)
{
    struct ring_place place;
    ck_assert_ptr_null(ring_place("off", "inetd", 77, BORN, &place));
    ck_assert(place.off);
}
END_TEST

START_TEST(directory_gets_a_file_of_its_own)
{
    struct ring_place place;
    char expected[128];
    ck_assert_ptr_null(ring_place(directory, "inetd", 77, BORN, &place));
    snprintf(expected, sizeof expected, "%s/listenas-inetd-77-" BORN_HEX ".ring", directory);
    ck_assert_str_eq(place.path, expected);
    ck_assert_ptr_null(ring_place("/", "a", UINT32_MAX, UINT64_MAX, &place));
    ck_assert_str_eq(place.path, "//listenas-a-4294967295-ffffffffffffffff.ring");
}
END_TEST

START_TEST(any_other_path_is_the_file)
{
    struct ring_place place;
    ck_assert_ptr_null(ring_place(path, "inetd", 77, BORN, &place));
    ck_assert_str_eq(place.path, path);
    ck_assert_ptr_null(ring_place("/no/such/directory/a.ring", "inetd", 77, BORN, &place));
    ck_assert_str_eq(place.path, "/no/such/directory/a.ring");
    ck_assert_uint_eq(place.slots, RING_SLOTS_USUAL);
}
END_TEST

START_TEST(a_directory_that_is_not_there_is_no_file)
{
    struct ring_place place;
    static const char missing[] = "there is no such directory; a file's name would end in .ring";
    ck_assert_pstr_eq(ring_place("/no/such/directory", "inetd", 77, BORN, &place), missing);
    ck_assert_pstr_eq(ring_place("/no/such/directory/", "inetd", 77, BORN, &place), missing);
    ck_assert_pstr_eq(ring_place("/no/such/a.rings", "inetd", 77, BORN, &place), missing);
    ck_assert_pstr_eq(ring_place("/etc/passwd", "inetd", 77, BORN, &place),
                      NULL); /* no ring, as whoever opens it sees */
}
END_TEST

START_TEST(long_names)
{
    struct ring_place place;
    char name[4096];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    ck_assert_ptr_null(ring_place(NULL, name, 77, BORN, &place));
    ck_assert_str_eq(place.path, "/dev/shm/listenas-nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn-77-" BORN_HEX ".ring");
    name[0] = '/';
    strcpy(name + sizeof name - sizeof ".ring", ".ring");
    ck_assert_str_eq(ring_place(name, "inetd", 77, BORN, &place), "the path is too long");
    strcpy(name + RING_PATH_MAX - strlen(".ring"), ".ring");
    ck_assert_str_eq(ring_place(name, "inetd", 77, BORN, &place), "the path is too long");
    strcpy(name + RING_PATH_MAX - sizeof ".ring", ".ring");
    ck_assert_ptr_null(ring_place(name, "inetd", 77, BORN, &place));
    ck_assert_str_eq(place.path, name);
}
END_TEST

/* What follows a path, and how a setting is made of a place: one gives the other. */
START_TEST(words_after_a_path)
{
    static const struct {
        const char *words;
        uint32_t slots;
        bool isolated;
        const char *setting;
    } rows[] = {
        {"", RING_SLOTS_USUAL, false, ""},
        {",64K", 128, false, NULL},
        {",64K,isolated", 128, true, NULL},
        {",isolated,64K", 128, true, NULL},
        {",isolated", RING_SLOTS_USUAL, true, ",isolated"},
    };
    char setting[RING_SETTING_MAX + 64], made[RING_SETTING_MAX];
    struct ring_place place, again;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(setting, sizeof setting, "/no/such/directory/a.ring%s", rows[i].words);
        ck_assert_ptr_null(ring_place(setting, "inetd", 77, BORN, &place));
        ck_assert_str_eq(place.path, "/no/such/directory/a.ring");
        ck_assert_uint_eq(place.slots, rows[i].slots);
        ck_assert(place.isolated == rows[i].isolated && !place.is_clamped);
        ring_place_setting(&place, made);
        if (rows[i].setting)
            ck_assert_str_eq(made + strlen(place.path), rows[i].setting);
        ck_assert_ptr_null(ring_place(made, "inetd", 77, BORN, &again));
        ck_assert_str_eq(again.path, place.path);
        ck_assert_uint_eq(again.slots, place.slots);
        ck_assert(again.isolated == place.isolated);
    }
    snprintf(setting, sizeof setting, "%s,2M", directory);
    ck_assert_ptr_null(ring_place(setting, "inetd", 77, BORN, &place));
    ck_assert_uint_eq(place.slots, 8192);
    ck_assert(!place.named);
    ck_assert_ptr_nonnull(ring_place("/no/such/directory/a.ring,", "inetd", 77, BORN, &place));
    ck_assert_ptr_nonnull(ring_place("/no/such/directory/a.ring,64K,1M", "inetd", 77, BORN, &place));
    ck_assert_ptr_nonnull(ring_place("/no/such/directory/a.ring,64K,isolated,1M", "inetd", 77, BORN, &place));
    ck_assert_ptr_nonnull(ring_place("/no/such/directory/a.ring,Isolated", "inetd", 77, BORN, &place));
}
END_TEST

/* A file whose name has such words is itself. */
START_TEST(a_file_of_that_name_comes_first)
{
    struct ring_place place;
    char name[128];
    snprintf(name, sizeof name, "%s/a.ring,64K", directory);
    FILE *file = fopen(name, "we");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    ck_assert_ptr_null(ring_place(name, "inetd", 77, BORN, &place));
    ck_assert_str_eq(place.path, name);
    ck_assert_int_eq(unlink(name), 0);
}
END_TEST

START_TEST(usual_directory_is_the_runtime_directory)
{
    setenv("XDG_RUNTIME_DIR", directory, 1);
    ck_assert_str_eq(ring_directory(), directory);
    setenv("XDG_RUNTIME_DIR", "/no/such/directory", 1);
    ck_assert_str_eq(ring_directory(), "/dev/shm");
    setenv("XDG_RUNTIME_DIR", "tmp", 1);
    ck_assert_str_eq(ring_directory(), "/dev/shm");
    setenv("XDG_RUNTIME_DIR", "", 1);
    ck_assert_str_eq(ring_directory(), "/dev/shm");
}
END_TEST

static void set_up(void)
{
    unsetenv("XDG_RUNTIME_DIR");
    make_directory();
}

int main(void)
{
    Suite *suite = suite_create("ring place");
    TCase *place = tcase_create("place");
    tcase_add_checked_fixture(place, set_up, remove_directory);
    tcase_add_loop_test(place, size, 0, (int)(sizeof sizes / sizeof *sizes));
    tcase_add_test(place, off);
    tcase_add_test(place, directory_gets_a_file_of_its_own);
    tcase_add_test(place, any_other_path_is_the_file);
    tcase_add_test(place, a_directory_that_is_not_there_is_no_file);
    tcase_add_test(place, long_names);
    tcase_add_test(place, words_after_a_path);
    tcase_add_test(place, a_file_of_that_name_comes_first);
    tcase_add_test(place, usual_directory_is_the_runtime_directory);
    suite_add_tcase(suite, place);
    return suite_run(suite);
}
