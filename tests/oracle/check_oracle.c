/*
 * The probe under the profiles of two platforms whose kernels were asked, or read, case by case: each answer must be
 * theirs, or one that a key calls not enforced.
 */
#include <fnmatch.h>

#include "../../shim/profile/book.h"
#include "../conformance/job.h"

#define LINE_SIZE 256

enum platform { NETBSD, FREEBSD, PLATFORMS };

static const char *const profiles[] = {"netbsd-7", "freebsd-13"};

static const struct {
    const char *cases, *answers[PLATFORMS], *source;
} rows[] = {
#define ROW(cases, netbsd, freebsd, source) {cases, {netbsd, freebsd}, source},
#include "answers.def"
};

#define ROWS (sizeof rows / sizeof *rows)

static struct job jobs[PLATFORMS];
static char library[PATH_MAX];

static void run_all(void)
{
    snprintf(library, sizeof library, "%s/liblistenas.so", build_folder());
    for (int i = 0; i < PLATFORMS; i++) {
        jobs[i] = (struct job){.preload = library, .profile = profiles[i], .ring = "off", .own_network = true};
        snprintf(jobs[i].program, sizeof jobs[i].program, "%s/tests/oracle/probe", build_folder());
    }
    jobs_run(jobs, PLATFORMS, PLATFORMS);
}

static size_t row_of(const char *name)
{
    size_t row = 0;
    while (row < ROWS && fnmatch(rows[row].cases, name, FNM_EXTMATCH) != 0)
        row++;
    return row;
}

static bool is_not_enforced(const struct book *book, const char *key)
{
    enum key known = key_of_name(key);
    ck_assert_msg(known != KEY_NONE, "%s is no key", key);
    return book->entries[known].standing == STANDING_NOT_ENFORCED;
}

struct tally {
    int right, wrong, not_enforced;
};

/* One line of the probe's, "NAME = ANSWER". */
static void check_line(char *line, enum platform platform, const struct book *book, struct tally *tally)
{
    char *answer = strstr(line, " = ");
    ck_assert_ptr_nonnull(answer);
    *answer = '\0';
    answer += 3;
    size_t row = row_of(line);
    if (row == ROWS)
        return;
    const char *expected = rows[row].answers[platform];
    if (expected[0] == '!' && is_not_enforced(book, expected + 1)) {
        tally->not_enforced++;
    } else if (strcmp(answer, expected) == 0) {
        tally->right++;
    } else {
        tally->wrong++;
        fprintf(stderr, "%s: %s: expected %s (%s), observed %s\n", profiles[platform], line, expected, rows[row].source,
                answer);
    }
}

START_TEST(every_answer_is_the_kernels)
{
    struct complaints complaints = {0};
    struct book book;
    struct tally tally = {0};
    ck_assert(book_load(&book, profiles[_i], NULL, NULL, &complaints));
    ck_assert_msg(jobs[_i].status == 0, "%s: status %x: %s", profiles[_i], jobs[_i].status, jobs[_i].text);
    for (char *rest = jobs[_i].text, *line; (line = strtok_r(rest, "\n", &rest));)
        check_line(line, (enum platform)_i, &book, &tally);
    printf("%s: %d cases right, %d wrong, %d not enforced\n", profiles[_i], tally.right, tally.wrong,
           tally.not_enforced);
    ck_assert_int_eq(tally.wrong, 0);
    ck_assert_int_gt(tally.right, 0);
}
END_TEST

/* A row that fits no case of the probe's says nothing. */
START_TEST(every_row_speaks)
{
    char line[LINE_SIZE];
    bool speaks[ROWS] = {false};
    for (const char *at = jobs[NETBSD].text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
        char *answer = strstr(line, " = ");
        ck_assert_ptr_nonnull(answer);
        *answer = '\0';
        size_t row = row_of(line);
        if (row < ROWS)
            speaks[row] = true;
    }
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_msg(speaks[i], "%s", rows[i].cases);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("oracle");
    TCase *whole = tcase_create("oracle");
    tcase_add_loop_test(whole, every_answer_is_the_kernels, 0, PLATFORMS);
    tcase_add_test(whole, every_row_speaks);
    suite_add_tcase(suite, whole);
    SRunner *runner = srunner_create(suite);
    enter_own_network();
    forget_user();
    unsetenv("LISTENAS_GATE");
    run_all();
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
